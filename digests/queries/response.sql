-- One row: how many bad experiences of a period were answered, wait, or come from sources that cannot tell.
select
    count(*) filter (where has_reply) as answered_count,
    count(*) filter (where not has_reply) as open_count,
    count(*) filter (where has_reply is null) as unknown_count,
    median(date_diff('minute', told_at, reply_at) / 60.0) filter (where has_reply and reply_at >= told_at)
        as median_hours
from marts.mentions
where brand = $brand and told_date between $first_day and $last_day and label = 'bad' and not is_duplicate
    and not coalesce(is_gone, false)
