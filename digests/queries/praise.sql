-- Good words to pass on to the team: a wow first, then what people praise, then what carries furthest.
select
    cast(mention_id as varchar) as mention_id, source, channel, label, told_date, title, text, url, language, rating,
    rating_max, cast(exposure_count as double) as exposure_count, view_count, like_count, repost_count, reply_count,
    helpful_count, follower_count, is_recovered
from marts.mentions
where brand = $brand and told_date between $first_day and $last_day
    and label = 'good' and not is_duplicate and not coalesce(is_gone, false)
    and trim(coalesce(title, '') || coalesce(text, '')) <> ''
order by
    coalesce(is_wow, false) desc,
    drivers is not null desc,
    coalesce(least_reach_count, 0) desc,
    coalesce(p_good, 0) desc,
    told_at,
    mention_id
limit 5
