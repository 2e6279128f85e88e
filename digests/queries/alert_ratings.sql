-- One row per day with ratings: how many, their sum and sum of squares, as shares of their scales.
select told_date, count(*) as rating_count, sum(rating / rating_max) as total, sum((rating / rating_max) ** 2) as squares
from marts.mentions
where brand = $brand and told_date between $first_day and $last_day and rating_max > 0 and not is_duplicate
group by told_date
order by told_date
