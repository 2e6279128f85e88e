-- The five channels on which an experience is told, seen or not: what was seen, and how often it is told there.
with rate as (
    select
        *,
        {{ rate_mean('rate_alpha', 'rate_beta') }} as rate_mean,
        {{ rate_relative_variance('rate_alpha', 'rate_beta') }} as relative_variance
    from {{ source('raw', 'rate_profile') }}
    where is_current
),

information as (
    select period_no, valence, sum(weight) as weight
    from {{ ref('channel_estimate') }}
    group by period_no, valence
),

told as (
    select
        estimate.period_no,
        estimate.valence,
        rate.channel,
        seen.observed_count,
        seen.period_no is not null as is_collected,
        seen.is_coverage_known,
        1 - coalesce(seen.coverage, 0) as hidden_share,
        greatest(estimate.experiences * rate.share_rate, coalesce(seen.heard_count, 0)) as tellings,
        seen.least_count,
        greatest(
            tellings * rate.audience_mean
            + coalesce(seen.audience_sum - seen.audience_count * rate.audience_mean, 0), coalesce(seen.audience_sum, 0)
        ) as exposures,
        estimate.mean,
        estimate.variance,
        rate.rate_mean,
        rate.rate_mean * rate.rate_mean * rate.relative_variance as rate_variance,
        coalesce(seen.weight / information.weight, 0) * rate.relative_variance as shared,
        estimate.profile
    from {{ ref('estimate') }} as estimate
    inner join rate on estimate.valence = rate.valence
    inner join information
        on estimate.period_no = information.period_no
        and estimate.valence = information.valence
    left join {{ ref('channel_estimate') }} as seen
        on estimate.period_no = seen.period_no
        and estimate.valence = seen.valence
        and rate.channel = seen.channel
),

ranged as (
    select
        *,
        greatest(
            {{ told_low('tellings', 'mean', 'variance', 'rate_mean', 'rate_variance', 'shared') }},
            coalesce(least_count, 0)
        ) as tellings_low,
        {{ told_high('tellings', 'mean', 'variance', 'rate_mean', 'rate_variance', 'shared') }} as tellings_high
    from told
)

select
    period.brand,
    period.period_kind,
    period.period_start_date,
    period.period_end_date,
    period.period_name,
    bad.channel,
    bad.is_collected,
    bad.observed_count as bad_count,
    good.observed_count as good_count,
    bad.tellings as estimated_bad_telling_count,
    bad.tellings_low as estimated_bad_telling_count_low,
    bad.tellings_high as estimated_bad_telling_count_high,
    good.tellings as estimated_good_telling_count,
    good.tellings_low as estimated_good_telling_count_low,
    good.tellings_high as estimated_good_telling_count_high,
    bad.exposures as bad_exposure_count,
    good.exposures as good_exposure_count,
    bad.hidden_share as bad_hidden_share,
    good.hidden_share as good_hidden_share,
    period.is_complete,
    bad.is_coverage_known,
    bad.profile
from ranged as bad
inner join ranged as good
    on bad.period_no = good.period_no
    and bad.channel = good.channel
inner join {{ ref('period') }} as period on bad.period_no = period.period_no
where bad.valence = 'bad' and good.valence = 'good'
