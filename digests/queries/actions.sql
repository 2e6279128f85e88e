-- What was done and what was told before and after: actions begun by the period's end, newest first.
select
    driver, driver_title, from_date, note, day_count, bad_count_before, bad_count_after,
    bad_change_ratio, bad_change_ratio_low, bad_change_ratio_high, is_bad_change_finding
from marts.action
where brand = $brand and from_date <= $last_day
order by from_date desc, action_id
limit 3
