-- What the experiences of a period were about, the driver whose mending is worth most first.
select told.*, driver.advice, driver.owner_role, driver.owner
from driver_period as told
left join driver on told.driver = driver.driver
where told.brand = $brand and told.period_kind = $kind and told.period_start_date = $first_day
order by told.priority_exposure_count desc nulls last, told.driver
limit $count
