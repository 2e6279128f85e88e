-- The channels together: how many experiences stand behind what was seen, how far they are told, and whether it moved.
-- The formula is transforms/amplification.py; the macros carry its names. Mentions that are not known to be one person's
-- are counted as experiences of their own, so the estimate is never below their number, also where several channels
-- together would explain them with fewer.
with reach as (
    select
        valence,
        sum(share_rate) as tellings_per_experience,
        sum(share_rate * audience_mean) as exposures_per_experience,
        {{ factor_mean(rate_mean('rate_alpha', 'rate_beta'), 'audience_mean') }} as reach_mean,
        {{ factor_variance(
            rate_mean('rate_alpha', 'rate_beta'), rate_relative_variance('rate_alpha', 'rate_beta'),
            'audience_mean', 'audience_shape'
        ) }} as reach_variance
    from {{ source('raw', 'rate_profile') }}
    where is_current
    group by valence
),

pooled as (
    select
        channel.brand,
        channel.period_kind,
        channel.period_start_date,
        channel.valence,
        any_value(channel.profile) as profile,
        bool_and(channel.is_coverage_known) as is_coverage_known,
        sum(channel.observed_count)::bigint as observed_count,
        greatest(
            {{ pooled_experiences('observed_count', 'capture_probability', 'weight') }}, sum(channel.observed_count)
        ) as experiences,
        {{ pooled_mean_factor('capture_probability', 'inverse_mean', 'weight') }} as mean_factor,
        {{ pooled_noise('capture_probability', 'inverse_mean', 'inverse_square_mean', 'weight') }} as noise,
        {{ pooled_spread('capture_probability', 'inverse_mean', 'inverse_square_mean', 'weight') }} as spread,
        {{ pooled_seen('capture_probability', 'weight') }} as seen,
        {{ pooled_effective_count('observed_count', 'capture_probability', 'weight') }} as effective_count,
        {{ pooled_variance('rate_variance', 'weight') }} as rate_variance,
        {{ pooled_shared(
            'rate_mean * channel.audience_mean / reach.reach_mean', 'rate_variance', 'weight'
        ) }} as shared,
        1 - sum(channel.capture_probability) / any_value(reach.tellings_per_experience) as hidden_share,
        any_value(reach.exposures_per_experience) as exposures_per_experience,
        any_value(reach.reach_mean) as reach_mean,
        any_value(reach.reach_variance) as reach_variance
    from {{ ref('channel_estimate') }} as channel
    inner join reach on channel.valence = reach.valence
    group by channel.brand, channel.period_kind, channel.period_start_date, channel.valence
),

estimated as (
    select
        *,
        experiences * exposures_per_experience as exposures,
        {{ experience_mean('experiences', 'mean_factor', 'seen') }} as mean,
        {{ experience_variance('experiences', 'noise', 'spread', 'seen') }} as variance
    from pooled
),

-- Rates and audiences are the same in both periods and cancel, and so does a coverage that did not change: the change is
-- that of the counts, those of now put at the coverage of before. Compared are channels that were collected in the whole
-- of both periods, once the period is over; one whose coverage is known in only one of them is left out.
compared as (
    select
        after.brand,
        after.period_kind,
        after.period_start_date,
        after.valence,
        sum(after.observed_count) as count_after,
        sum(before.observed_count) as count_before,
        sum(scaled.count_after) as scaled_after,
        sum(scaled.count_after * before.coverage / after.coverage) as scaled_noise,
        sum(pow(scaled.count_after, 2) * scaled.drift) as scaled_drift
    from {{ ref('channel_estimate') }} as after
    inner join {{ ref('period') }} as period
        on after.brand = period.brand
        and after.period_kind = period.period_kind
        and after.period_start_date = period.period_start_date
    inner join {{ ref('channel_estimate') }} as before
        on after.brand = before.brand
        and after.period_kind = before.period_kind
        and after.channel = before.channel
        and after.valence = before.valence
        and period.previous_start_date = before.period_start_date
        and after.is_coverage_known = before.is_coverage_known
    cross join lateral (
        select
            after.observed_count * before.coverage / after.coverage as count_after,
            case when after.coverage = before.coverage then 0
                else after.coverage_log_variance + before.coverage_log_variance end as drift
    ) as scaled
    where period.is_complete and after.is_whole and before.is_whole
    group by after.brand, after.period_kind, after.period_start_date, after.valence
),

moved as (
    select
        *,
        scaled_after / nullif(count_before, 0) as change_ratio,
        {{ change_log_variance(
            'count_before', 'pow(scaled_after, 2) / nullif(scaled_noise, 0)',
            'scaled_drift / nullif(pow(scaled_after, 2), 0)'
        ) }} as change_variance
    from compared
)

select
    estimated.brand,
    estimated.period_kind,
    estimated.period_start_date,
    estimated.valence,
    estimated.observed_count,
    estimated.experiences,
    {{ experiences_low('experiences', 'mean', 'variance', 'observed_count') }} as experiences_low,
    {{ experiences_high('experiences', 'mean', 'variance') }} as experiences_high,
    estimated.exposures,
    {{ told_low('exposures', 'mean', 'variance', 'reach_mean', 'reach_variance', 'shared') }} as exposures_low,
    {{ told_high('exposures', 'mean', 'variance', 'reach_mean', 'reach_variance', 'shared') }} as exposures_high,
    estimated.hidden_share,
    estimated.mean,
    estimated.variance,
    estimated.effective_count,
    estimated.rate_variance,
    moved.change_ratio,
    {{ ratio_low('change_ratio', 'change_variance') }} as change_ratio_low,
    {{ ratio_high('change_ratio', 'change_variance') }} as change_ratio_high,
    {{ is_change_finding(
        ratio_low('change_ratio', 'change_variance'), ratio_high('change_ratio', 'change_variance'),
        'count_before', 'count_after', var('min_n')
    ) }} as is_change_finding,
    estimated.is_coverage_known,
    estimated.profile
from estimated
left join moved
    on estimated.brand = moved.brand
    and estimated.period_kind = moved.period_kind
    and estimated.period_start_date = moved.period_start_date
    and estimated.valence = moved.valence
