-- Mentions as evidence: counted ones that are still there, those that carry furthest first.
select
    mention_id::varchar as mention_id,
    source,
    channel,
    told_at,
    label,
    label_basis,
    p_bad,
    p_good,
    rating,
    rating_max,
    exposure_count,
    is_recovered,
    has_reply,
    language,
    url,
    title,
    text
from mentions
where
    brand = $brand
    and told_date between $first_day and $last_day
    and ($label is null or label = $label)
    and ($words is null or contains(lower(concat_ws(' ', title, text)), lower($words)))
    and not is_duplicate
    and not is_gone
order by
    greatest(
        coalesce(exposure_count, 0),
        coalesce(like_count, 0) + coalesce(repost_count, 0) + coalesce(reply_count, 0) + coalesce(helpful_count, 0)
    ) desc,
    told_at desc,
    mention_id
limit $count
