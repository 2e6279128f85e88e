-- Bad cases without an answer, the one whose answer is worth most first.
select
    queue_rank,
    mention_id::varchar as mention_id,
    source,
    channel,
    told_at,
    age_hours,
    swing_exposure_count,
    already_told_share,
    has_reply,
    rating,
    rating_max,
    language,
    url,
    title,
    text
from response_queue
where brand = $brand
order by queue_rank, mention_id
limit $count
