-- Links to the bad experiences of a day, those that carry furthest first.
select url
from marts.mentions
where brand = $brand and told_date = $day and label = 'bad' and not is_duplicate and url is not null
    and not coalesce(is_gone, false)
order by
    greatest(
        coalesce(exposure_count, 0),
        coalesce(like_count, 0) + coalesce(repost_count, 0) + coalesce(reply_count, 0) + coalesce(helpful_count, 0)
    ) desc,
    mention_id
limit 3
