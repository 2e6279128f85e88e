-- Links to the bad experiences of a day, of those that name a driver where one is asked for, the farthest first.
select url
from marts.mentions
where brand = $brand and told_date = $day and label = 'bad' and not is_duplicate and url is not null
    and not coalesce(is_gone, false) and ($driver is null or list_contains(string_split(drivers, ', '), $driver))
order by
    coalesce(least_reach_count, 0) desc,
    mention_id
limit 3
