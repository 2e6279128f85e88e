-- One row per day on which anything was mentioned: a brand's bad experiences, from the first day of the history on.
select told_date, bad_count
from marts.brand_day
where brand = $brand and told_date between $first_day and $last_day
order by told_date
