-- Bad cases that can still be answered, in the order in which an answer is worth most: the exposures that it saves (those
-- not yet told) and gains (a recovered customer tells of it too); transforms/recovery.py. The reach of a case is that of
-- one bad experience, with this telling's own audience in the place of the channel's average: its views where known.
with rate as (
    select
        channel,
        any_value(profile) as profile,
        sum(share_rate) filter (where valence = 'bad') as bad_rate,
        any_value(audience_mean) filter (where valence = 'bad') as bad_audience,
        sum(sum(share_rate * audience_mean) filter (where valence = 'bad')) over () as bad_reach,
        sum(sum(share_rate * audience_mean) filter (where valence = 'good')) over () as good_reach
    from {{ source('raw', 'rate_profile') }}
    where is_current
    group by channel
),

open_case as (
    select
        mention.*,
        extract(epoch from clock.as_of - mention.told_at) / 3600 as age_hours,
        rate.bad_reach - rate.bad_rate * rate.bad_audience + coalesce(mention.view_count, rate.bad_audience) as case_reach,
        rate.good_reach,
        rate.profile
    from {{ ref('mentions') }} as mention
    inner join rate on mention.channel = rate.channel
    cross join {{ source('raw', 'clock') }} as clock
    where
        mention.label = 'bad'
        and not mention.is_duplicate
        and not mention.is_gone
        and mention.has_reply is not true
        and mention.told_at <= clock.as_of
        and mention.told_at > clock.as_of - interval {{ var('queue_days') }} days
        and mention.told_date >= {{ recent_from(var('queue_days')) }}
),

weighed as (
    select
        *,
        {{ told_by('age_hours', var('telling_half_life_hours')) }} as already_told_share,
        {{ recovery_swing('case_reach', 'good_reach', 'already_told_share', var('recovered_telling_share')) }}
            as swing_exposure_count
    from open_case
)

select
    mention_id,
    brand,
    row_number() over (
        partition by brand order by swing_exposure_count desc, told_at desc, mention_id
    )::integer as queue_rank,
    swing_exposure_count,
    already_told_share,
    age_hours,
    brand_name,
    source,
    channel,
    told_at,
    told_date,
    title,
    text,
    url,
    rating,
    rating_max,
    language,
    exposure_count,
    has_reply,
    place_id,
    product_id,
    profile
from weighed
