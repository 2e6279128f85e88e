-- At most one row: the newest period, at or before the one asked for, in which anything was mentioned.
select period_start_date
from marts.brand_period
where brand = $brand and period_kind = $period_kind and mention_count > 0 and period_start_date <= $period_start
order by period_start_date desc
limit 1
