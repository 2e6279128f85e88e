-- Links to the bad experiences of a day that name a driver, those that carry furthest first.
select url
from marts.mentions
where brand = $brand and told_date = $day and label = 'bad' and not is_duplicate and url is not null
    and not coalesce(is_gone, false) and list_contains(string_split(drivers, ', '), $driver)
order by coalesce(exposure_count, 0) desc, mention_id
limit 3
