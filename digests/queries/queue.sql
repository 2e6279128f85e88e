-- Bad experiences that can still be answered, those first in which an answer is worth most; has_reply is null where the
-- source cannot tell whether there is one.
select
    cast(queue.mention_id as varchar) as mention_id, mention.source, mention.channel, mention.label, mention.told_date,
    mention.title, mention.text, mention.url, mention.language, mention.rating, mention.rating_max,
    cast(mention.exposure_count as double) as exposure_count, mention.view_count, mention.like_count,
    mention.repost_count, mention.reply_count, mention.helpful_count, mention.follower_count, mention.is_recovered,
    queue.swing_exposure_count, queue.age_hours, queue.has_reply
from marts.response_queue as queue
inner join marts.mentions as mention on queue.mention_id = mention.mention_id and queue.brand = mention.brand
where queue.brand = $brand and queue.told_date between $since and $last_day
order by queue.queue_rank
limit $queue_limit
