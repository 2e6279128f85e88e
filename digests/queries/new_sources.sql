-- Sources first heard from after the period before had begun, with what they brought in this period.
select
    source,
    min(told_date) as first_date,
    count(*) filter (where told_date between $first_day and $last_day) as mention_count
from marts.mentions
where brand = $brand and told_date <= $last_day
group by source
having min(told_date) > $before_start and mention_count > 0
order by source
