-- One row per day on which anything was mentioned; the days between them are zeros, the days before the first unknown.
select told_date, bad_count, good_count
from marts.brand_day
where brand = $brand and told_date between $first_day and $last_day
order by told_date
