-- One row: customers who took a bad experience back in the period, and how long that took them.
select count(*) as recovered_count, median(recovery_hours) as median_hours
from marts.recovery
where brand = $brand and recovered_date between $first_day and $last_day
