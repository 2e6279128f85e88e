-- The channels together: how many experiences stand behind what was seen, and how far they are told.
-- The formula is transforms/amplification.py; the macros carry its names. Channels see the same experiences, and one that
-- is told on two of them is seen twice: so the estimate is never below what one channel has shown, the largest of them,
-- but may be below the sum of all.
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
        max(channel.least_count) as most_seen_count,
        sum(channel.weight) as weight,
        min(channel.correction_basis) as correction_basis,
        greatest(
            {{ pooled_experiences('heard_count', 'capture_probability', 'weight') }}, max(channel.heard_count)
        ) as experiences,
        {{ pooled_mean_factor('capture_probability', 'inverse_mean', 'weight') }} as mean_factor,
        {{ pooled_noise('capture_probability', 'inverse_mean', 'inverse_square_mean', 'weight') }} as noise,
        {{ pooled_spread('capture_probability', 'inverse_mean', 'inverse_square_mean', 'weight') }} as spread,
        {{ pooled_seen('capture_probability', 'weight') }} as seen,
        {{ pooled_effective_count('heard_count', 'capture_probability', 'weight') }} as effective_count,
        {{ pooled_variance('rate_variance', 'weight') }} as rate_variance,
        {{ pooled_shared(
            'rate_mean * channel.audience_mean / reach.reach_mean', 'rate_variance', 'weight'
        ) }} as shared,
        {{ pooled_label_variance('inverse_mean', 'inverse_square_mean', 'label_noise', 'label_doubt', 'weight') }}
            as label_variance,
        {{ pooled_variance('label_covariance', 'weight') }} as label_covariance,
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
        {{ experience_variance('experiences', 'noise', 'spread', 'seen') }} + label_variance as variance
    from pooled
)

select
    brand,
    period_kind,
    period_start_date,
    valence,
    observed_count,
    most_seen_count,
    experiences,
    {{ experiences_low('experiences', 'mean', 'variance', 'most_seen_count', 'label_variance') }} as experiences_low,
    {{ experiences_high('experiences', 'mean', 'variance', 'label_variance') }} as experiences_high,
    exposures,
    {{ told_low('exposures', 'mean', 'variance', 'reach_mean', 'reach_variance', 'shared') }} as exposures_low,
    {{ told_high('exposures', 'mean', 'variance', 'reach_mean', 'reach_variance', 'shared') }} as exposures_high,
    hidden_share,
    mean,
    variance,
    effective_count,
    weight,
    mean_factor,
    noise,
    spread,
    seen,
    exposures_per_experience,
    reach_mean,
    reach_variance,
    shared,
    rate_variance,
    label_variance,
    label_covariance,
    correction_basis,
    is_coverage_known,
    profile
from estimated
