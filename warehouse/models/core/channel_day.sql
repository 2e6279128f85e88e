-- The sources of one channel together: counts add up; coverages combine (overlapping sources see some of the same
-- tellings, disjoint ones add up to at most 1). One source without a coverage makes the channel's unknown: 1, flagged.
with combined as (
    select
        brand,
        channel,
        told_date,
        sum(bad_count) as bad_count,
        sum(good_count) as good_count,
        count(*) as source_count,
        bool_and(coverage_mode is not null) as is_coverage_known,
        {{ channel_coverage_mode('coverage_mode', 'is_disjoint') }} as mode,
        {{ channel_coverage_mean('coverage_low', 'coverage_mode', 'coverage_high', 'is_disjoint') }} as mean,
        {{ channel_coverage_variance('coverage_low', 'coverage_mode', 'coverage_high', 'is_disjoint') }} as variance,
        any_value(coverage_inverse_mean) as only_inverse_mean,
        any_value(coverage_inverse_square_mean) as only_inverse_square_mean,
        any_value(coverage_log_variance) as only_log_variance
    from {{ ref('source_day') }}
    group by brand, channel, told_date
)

select
    brand,
    channel,
    told_date,
    bad_count::bigint as bad_count,
    good_count::bigint as good_count,
    is_coverage_known,
    case when is_coverage_known then mode else 1 end as coverage,
    case
        when not is_coverage_known then 1
        when source_count = 1 then only_inverse_mean
        else {{ coverage_inverse_mean('mean', 'variance') }}
    end as coverage_inverse_mean,
    case
        when not is_coverage_known then 1
        when source_count = 1 then only_inverse_square_mean
        else {{ coverage_inverse_square_mean('mean', 'variance') }}
    end as coverage_inverse_square_mean,
    case
        when not is_coverage_known then 0
        when source_count = 1 then only_log_variance
        else {{ coverage_log_variance('mean', 'variance') }}
    end as coverage_log_variance
from combined
