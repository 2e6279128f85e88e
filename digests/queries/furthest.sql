-- The experiences of a period that carry furthest, or of those the bad ones that nobody has answered: by the fewest people
-- reached, then by followers, then by how plainly they speak; one row per mention.
select
    cast(mention_id as varchar) as mention_id, source, channel, label, told_date, title, text, url, language, rating,
    rating_max, cast(exposure_count as double) as exposure_count, view_count, like_count, repost_count, reply_count,
    helpful_count, follower_count, is_recovered
from marts.mentions
where brand = $brand and told_date between $first_day and $last_day
    and label in ('bad', 'good') and not is_duplicate and not coalesce(is_gone, false)
    and (not $is_waiting or (label = 'bad' and not has_reply))
    and (trim(coalesce(title, '') || coalesce(text, '')) <> '' or url is not null)
order by
    coalesce(least_reach_count, 0) desc,
    coalesce(follower_count, 0) desc,
    greatest(coalesce(p_bad, 0), coalesce(p_good, 0)) desc,
    told_at,
    mention_id
limit $mention_limit
