-- One row: the first day on which the brand was mentioned at all.
select min(told_date) as first_day
from marts.brand_day
where brand = $brand and mention_count > 0
