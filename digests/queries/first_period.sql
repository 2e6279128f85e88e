-- At most one row: the earliest period with a mention, to fall back to when all data are newer than what was asked.
select period_start_date
from marts.brand_period
where brand = $brand and period_kind = $period_kind and mention_count > 0
order by period_start_date
limit 1
