-- The iceberg: what is seen and what is told, by channel; not additive over channels.
select
    channel, is_collected, bad_count, good_count,
    estimated_bad_telling_count, estimated_bad_telling_count_low, estimated_bad_telling_count_high,
    estimated_good_telling_count, estimated_good_telling_count_low, estimated_good_telling_count_high
from marts.channel_period
where brand = $brand and period_kind = $period_kind and period_start_date = $period_start
order by list_position(['friends', 'coworkers', 'online', 'company', 'review_site'], channel)
