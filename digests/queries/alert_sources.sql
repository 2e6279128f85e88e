-- One row per source and day on which it brought any mention, for all brands together.
select source, told_date, count(distinct mention_id) as mention_count
from marts.mentions
where told_date between $first_day and $last_day
group by source, told_date
order by source, told_date
