-- One row per source heard from in the last days: the first day on which it brought the brand anything, and its share
-- of what was heard in those days.
select
    source,
    min(told_date) as first_date,
    count(*) filter (where told_date > $recent_after) as recent_count
from marts.mentions
where brand = $brand and told_date <= $last_day
group by source
having recent_count > 0
order by source
