-- Every day on which a source was listened to for a brand, from its first telling to the run's as_of: counts (0 where
-- nothing was told) and the coverage that held. A source that has said nothing about any brand for silent_days has
-- ended with its last telling: zeros of a file that nobody continues would pull estimates down. A brand's own coverage
-- goes before the general one, the newest valid_from before older ones. Brands made from a column (hundreds of them, over
-- many years) have only the days on which something was told.
with counted as (
    select
        brand,
        source,
        channel,
        told_date,
        count(*) filter (where episode_no = 1) as mention_count,
        count(*) filter (where episode_no > 1) as changed_count,
        count(*) filter (where label = 'bad' and not is_duplicate) as bad_count,
        count(*) filter (where label = 'neutral' and not is_duplicate) as neutral_count,
        count(*) filter (where label = 'good' and not is_duplicate) as good_count,
        count(*) filter (where label is null and not is_duplicate) as unscored_count,
        count(*) filter (where is_duplicate) as duplicate_count,
        count(*) filter (where is_recovered and not is_duplicate) as recovered_count,
        count(rating_of_five) filter (where not is_duplicate) as rating_count,
        sum(rating_of_five) filter (where not is_duplicate) as rating_sum
    from {{ ref('experience') }}
    group by brand, source, channel, told_date
),

newest as (
    select source, max(told_date) as newest_date
    from counted
    group by source
),

span as (
    select
        counted.brand,
        counted.source,
        counted.channel,
        min(counted.told_date) as first_date,
        any_value(newest.newest_date) as newest_date,
        any_value(timezone(brand.time_zone, clock.as_of)::date) as today,
        any_value(brand.is_configured) as is_configured
    from counted
    inner join newest on counted.source = newest.source
    inner join {{ source('raw', 'brand') }} as brand on counted.brand = brand.brand
    cross join {{ source('raw', 'clock') }} as clock
    group by counted.brand, counted.source, counted.channel
),

day as (
    select
        brand, source, channel,
        unnest(generate_series(
            first_date,
            case when newest_date < today - {{ var('silent_days') }} then newest_date else greatest(newest_date, today) end,
            interval 1 day
        ))::date as told_date
    from span
    where is_configured
    union all
    select counted.brand, counted.source, counted.channel, counted.told_date
    from counted
    inner join span
        on counted.brand = span.brand and counted.source = span.source and counted.channel = span.channel
    where not span.is_configured
),

coverage as (
    select *, coalesce(valid_from, date '0001-01-01') as from_date
    from {{ source('raw', 'coverage') }}
),

own as (select * from coverage where brand is not null),

general as (select * from coverage where brand is null)

select
    day.brand,
    day.source,
    day.channel,
    day.told_date,
    coalesce(counted.mention_count, 0) as mention_count,
    coalesce(counted.changed_count, 0) as changed_count,
    coalesce(counted.bad_count, 0) as bad_count,
    coalesce(counted.neutral_count, 0) as neutral_count,
    coalesce(counted.good_count, 0) as good_count,
    coalesce(counted.unscored_count, 0) as unscored_count,
    coalesce(counted.duplicate_count, 0) as duplicate_count,
    coalesce(counted.recovered_count, 0) as recovered_count,
    coalesce(counted.rating_count, 0) as rating_count,
    coalesce(counted.rating_sum, 0) as rating_sum,
    coalesce(own.low, general.low) as coverage_low,
    coalesce(own.mode, general.mode) as coverage_mode,
    coalesce(own.high, general.high) as coverage_high,
    coalesce(own.inverse_mean, general.inverse_mean) as coverage_inverse_mean,
    coalesce(own.inverse_square_mean, general.inverse_square_mean) as coverage_inverse_square_mean,
    coalesce(own.log_variance, general.log_variance) as coverage_log_variance,
    coalesce(own.is_disjoint, general.is_disjoint, false) as is_disjoint
from day
left join counted
    on day.brand = counted.brand
    and day.source = counted.source
    and day.channel = counted.channel
    and day.told_date = counted.told_date
asof left join own
    on day.brand = own.brand and day.source = own.source and day.told_date >= own.from_date
asof left join general
    on day.source = general.source and day.told_date >= general.from_date
