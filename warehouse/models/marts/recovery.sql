-- Bad experiences that a customer later took back by editing: how long it took, and whether the company had answered.
select
    bad.mention_id,
    bad.brand,
    bad.episode_no,
    bad.source,
    bad.channel,
    bad.told_at as bad_told_at,
    bad.told_date as bad_told_date,
    good.told_at as recovered_at,
    good.told_date as recovered_date,
    extract(epoch from good.told_at - bad.told_at) / 3600 as recovery_hours,
    mention.has_reply,
    mention.reply_at,
    mention.url
from {{ ref('experience') }} as bad
inner join {{ ref('experience') }} as good
    on bad.mention_id = good.mention_id and bad.brand = good.brand and good.episode_no = bad.episode_no + 1
inner join {{ ref('mention') }} as mention on bad.mention_id = mention.mention_id
where bad.is_recovered and not bad.is_duplicate
