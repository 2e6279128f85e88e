-- The drivers told of in a period, with what is known and advised about each; largest stake first.
select
    now.driver, driver.title, driver.driver_group, now.bad_count, now.good_count,
    coalesce(before.bad_count, 0) as bad_count_before, coalesce(before.good_count, 0) as good_count_before,
    now.bad_exposure_count, now.bad_exposure_count_low, now.bad_exposure_count_high,
    now.good_exposure_count, now.good_exposure_count_low, now.good_exposure_count_high,
    now.bad_change_ratio, now.bad_change_ratio_low, now.bad_change_ratio_high, now.is_bad_change_finding,
    now.good_change_ratio, now.good_change_ratio_low, now.good_change_ratio_high, now.is_good_change_finding,
    now.priority_exposure_count, driver.published_figure, driver.rated_by, driver.advice, driver.owner_role, driver.owner
from marts.driver_period as now
inner join marts.driver as driver on now.driver = driver.driver
left join marts.driver_period as before
    on now.brand = before.brand and now.period_kind = before.period_kind and now.driver = before.driver
    and before.period_start_date = $before_start
where now.brand = $brand and now.period_kind = $period_kind and now.period_start_date = $period_start
    and now.bad_count + now.good_count > 0
order by now.priority_exposure_count desc, now.good_exposure_count desc, now.driver
