-- One row per driver and day on which it was told: bad experiences that name it.
select driver, driver_title, period_start_date as told_date, bad_count
from marts.driver_period
where brand = $brand and period_kind = 'day' and period_start_date between $first_day and $last_day and bad_count > 0
order by driver, told_date
