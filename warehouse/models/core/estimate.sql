-- The channels together: how many experiences stand behind what was seen, and how far they are told.
-- The formula is transforms/amplification.py; the macros carry its names. Channels see the same experiences, and one that
-- is told on two of them is seen twice: so the estimate is never below what one channel has shown, the largest of them,
-- but may be below the sum of all. Where person keys say who told (nearly) every one, people are counted once however
-- many channels they use (transforms/linked.py). The audiences that sources tell take the place of the profile's mean for
-- the tellings seen; for those not seen the mean stands.
with opposite as (
    select valence, sum(share_rate * audience_mean) as exposures_per_experience
    from {{ source('raw', 'rate_profile') }}
    where profile = 'satisfied_post_more'
    group by valence
),

profile_reach as (
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

reach as (
    select profile_reach.*, opposite.exposures_per_experience as opposite_exposures_per_experience
    from profile_reach
    left join opposite on profile_reach.valence = opposite.valence
),

pooled as (
    select
        channel.period_no,
        any_value(channel.brand) as brand,
        any_value(channel.period_kind) as period_kind,
        any_value(channel.period_start_date) as period_start_date,
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
        count(*) as channel_count,
        count(*) > 1
        and coalesce(sum(channel.linked_count) >= 0.95 * sum(channel.observed_count), false)
        and sum(channel.observed_count) > 0 as is_linked,
        greatest(sum(channel.heard_count), max(channel.heard_count)) as people,
        {{ seen_probability('capture_probability') }} as any_seen,
        {{ linked_rate_variance('capture_probability', 'rate_variance + coverage_log_variance') }} as any_variance,
        {{ linked_shared('capture_probability', 'rate_mean * channel.audience_mean / reach.reach_mean * rate_variance') }}
            as any_shared,
        sum(label_noise) + pow(sum(label_doubt), 2) as people_variance,
        case when sum(opposite_weight) > 0 then greatest(
            sum(opposite_weight * heard_count / opposite_probability) / sum(opposite_weight), max(heard_count)
        ) end as opposite_experiences,
        coalesce(sum(audience_count), 0)::bigint as audience_count,
        coalesce(sum(audience_sum), 0) as audience_sum,
        coalesce(sum(audience_sum - audience_count * channel.audience_mean), 0) as audience_gain,
        {{ pooled_reproduction(
            'channel.share_rate * channel.audience_mean / reach.exposures_per_experience', 'reproduction'
        ) }} as reproduction,
        {{ pooled_reproduction_variance(
            'channel.share_rate * channel.audience_mean / reach.exposures_per_experience', 'reproduction_variance'
        ) }} as reproduction_variance,
        1 - sum(channel.capture_probability) / any_value(reach.tellings_per_experience) as hidden_share,
        any_value(reach.exposures_per_experience) as exposures_per_experience,
        any_value(reach.reach_mean) as reach_mean,
        any_value(reach.reach_variance) as reach_variance
    from {{ ref('channel_estimate') }} as channel
    inner join reach on channel.valence = reach.valence
    group by channel.period_no, channel.valence
),

found as (
    select
        * exclude (experiences, effective_count, rate_variance, label_variance, shared),
        shared as pooled_shared,
        case when is_linked then people / any_seen else experiences end as experiences,
        case when is_linked then people else effective_count end as effective_count,
        case when is_linked then any_variance else rate_variance end as rate_variance,
        case when is_linked then people_variance / pow(any_seen, 2) else label_variance end as label_variance,
        case when is_linked then any_shared else shared end as shared,
        case when is_linked then 1 + any_variance else mean_factor end as point_factor,
        case when is_linked then (1 - any_seen) / any_seen else noise end as point_noise,
        case when is_linked then any_variance else spread end as point_spread,
        case when is_linked then any_seen else seen end as point_seen
    from pooled
),

estimated as (
    select
        *,
        experiences * exposures_per_experience as told_exposures,
        {{ experience_mean('experiences', 'point_factor', 'point_seen') }} as mean,
        {{ experience_variance('experiences', 'point_noise', 'point_spread', 'point_seen') }} + label_variance as variance
    from found
),

{{ reached('estimated') }},

apart as (  -- Q: how far the channels' own estimates lie apart, beyond what rates, coverage and luck explain
    select
        estimated.period_no,
        estimated.valence,
        {{ disagreement_weight(
            'channel.capture_probability', 'estimated.experiences', 'channel.rate_variance',
            'channel.coverage_log_variance', 'channel.label_noise + pow(channel.label_doubt, 2)'
        ) }} as information,
        ln((channel.heard_count + 0.5) / channel.capture_probability) as alone
    from estimated
    inner join {{ ref('channel_estimate') }} as channel
        on estimated.period_no = channel.period_no
        and estimated.valence = channel.valence
    where estimated.channel_count > 1 and estimated.is_coverage_known and not estimated.is_linked
        and estimated.experiences > 0
),

disagreement as (
    select
        period_no,
        valence,
        {{ disagreement_given_rates('information', 'alone') }} as disagreement
    from apart
    group by period_no, valence
)

select
    reached.period_no,
    reached.brand,
    reached.period_kind,
    reached.period_start_date,
    reached.valence,
    reached.observed_count,
    reached.most_seen_count,
    reached.experiences,
    {{ experiences_low('experiences', 'mean', 'variance', 'most_seen_count', 'label_variance') }} as experiences_low,
    {{ experiences_high('experiences', 'mean', 'variance', 'label_variance') }} as experiences_high,
    reached.exposures,
    reached.exposures_low,
    reached.exposures_high,
    reached.hidden_share,
    reached.any_seen as recoverable_share,
    reached.audience_count,
    reached.audience_sum,
    reached.reproduction,
    reached.reproduction_variance,
    disagreement.disagreement,
    coalesce(
        disagreement.disagreement > case reached.channel_count when 2 then 3.841459 else 5.991465 end, false
    ) as is_disagreeing,
    reached.opposite_experiences,
    greatest(
        reached.opposite_experiences * reach.opposite_exposures_per_experience + reached.audience_gain, reached.audience_sum
    ) as opposite_exposures,
    reached.mean,
    reached.variance,
    reached.effective_count,
    reached.weight,
    reached.mean_factor,
    reached.noise,
    reached.spread,
    reached.seen,
    reached.exposures_per_experience,
    reached.reach_mean,
    reached.reach_variance,
    reached.pooled_shared as shared,
    reached.rate_variance,
    reached.label_variance,
    reached.label_covariance,
    reached.correction_basis,
    case
        when reached.is_linked then 'linked people'
        when reached.channel_count = 1 then 'one channel'
        when reached.is_coverage_known then 'pooled channels'
        else 'leading channel'
    end as estimate_basis,
    reached.is_coverage_known,
    reached.profile
from reached
inner join reach on reached.valence = reach.valence
left join disagreement
    on reached.period_no = disagreement.period_no
    and reached.valence = disagreement.valence
