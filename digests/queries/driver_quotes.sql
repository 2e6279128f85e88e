-- For each driver and side, the mention of the period to quote: the one that carries furthest, then the plainest.
select driver, * exclude (driver, p_bad, p_good, told_at, least_reach_count)
from (
    select
        unnest(string_split(drivers, ', ')) as driver, p_bad, p_good, told_at, least_reach_count,
        cast(mention_id as varchar) as mention_id, source, channel, label, told_date, title, text, url, language,
        rating, rating_max, cast(exposure_count as double) as exposure_count, view_count, like_count, repost_count,
        reply_count, helpful_count, follower_count, is_recovered
    from marts.mentions
    where brand = $brand and told_date between $first_day and $last_day and drivers is not null
        and label in ('bad', 'good') and not is_duplicate and not coalesce(is_gone, false)
        and trim(coalesce(title, '') || coalesce(text, '')) <> ''
)
qualify row_number() over (
    partition by driver, label
    order by
        coalesce(least_reach_count, 0) desc,
        coalesce(follower_count, 0) desc,
        greatest(coalesce(p_bad, 0), coalesce(p_good, 0)) desc,
        told_at,
        mention_id
) = 1
order by driver, label
