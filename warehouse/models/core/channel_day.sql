-- Coverage of each channel on the days on which something was told there and, so that silence has a coverage too, on the
-- last day of each period; with the day's counts. Coverages of the sources that were listened to combine (overlapping
-- ones see some of the same tellings, disjoint ones add up to at most 1). One source without makes it unknown: 1, flagged.
with asked as (
    select brand, channel, told_date, bad_count, good_count, {{ beside_counts() | join(', ') }}
    from {{ ref('source_day') }}
    union all
    select listening.brand, listening.channel, least(period.period_end_date, listening.last_date), 0, 0{{ ', 0' * beside_counts() | length }}
    from {{ ref('period') }} as period
    inner join {{ ref('listening') }} as listening
        on period.brand = listening.brand
        and period.period_start_date <= listening.last_date
        and period.period_end_date >= listening.first_date
),

counted as (
    select
        brand,
        channel,
        told_date,
        sum(bad_count)::bigint as bad_count,
        sum(good_count)::bigint as good_count
        {%- for count in beside_counts() %},
        sum({{ count }})::{{ 'double' if count.endswith('_sum') else 'bigint' }} as {{ count }}
        {%- endfor %}
    from asked
    group by brand, channel, told_date
),

combined as (
    select
        counted.brand,
        counted.channel,
        counted.told_date,
        any_value(counted.bad_count) as bad_count,
        any_value(counted.good_count) as good_count,
        {%- for count in beside_counts() %}
        any_value(counted.{{ count }}) as {{ count }},
        {%- endfor %}
        count(*) as source_count,
        bool_and(line.mode is not null) as is_coverage_known,
        {{ channel_coverage_mode('line.mode', 'line.is_disjoint') }} as mode,
        {{ channel_coverage_mean('line.low', 'line.mode', 'line.high', 'line.is_disjoint') }} as mean,
        {{ channel_coverage_variance('line.low', 'line.mode', 'line.high', 'line.is_disjoint') }} as variance,
        any_value(line.inverse_mean) as inverse_mean,
        any_value(line.inverse_square_mean) as inverse_square_mean,
        any_value(line.log_variance) as log_variance
    from counted
    inner join {{ ref('listening') }} as listening
        on counted.brand = listening.brand
        and counted.channel = listening.channel
        and counted.told_date between listening.first_date and listening.last_date
    asof left join {{ ref('source_coverage') }} as line
        on listening.brand = line.brand and listening.source = line.source and counted.told_date >= line.from_date
    group by counted.brand, counted.channel, counted.told_date
)

select
    brand,
    channel,
    told_date,
    bad_count,
    good_count,
    {{ beside_counts() | join(',\n    ') }},
    is_coverage_known,
    case when is_coverage_known then mode else 1 end as coverage,
    case
        when not is_coverage_known then 1
        when source_count = 1 then inverse_mean
        else {{ coverage_inverse_mean('mean', 'variance') }}
    end as coverage_inverse_mean,
    case
        when not is_coverage_known then 1
        when source_count = 1 then inverse_square_mean
        else {{ coverage_inverse_square_mean('mean', 'variance') }}
    end as coverage_inverse_square_mean,
    case
        when not is_coverage_known then 0
        when source_count = 1 then log_variance
        else {{ coverage_log_variance('mean', 'variance') }}
    end as coverage_log_variance
from combined
