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
    select brand, period_kind, period_start_date, valence, sum(weight) as weight
    from {{ ref('channel_estimate') }}
    group by brand, period_kind, period_start_date, valence
),

told as (
    select
        estimate.brand,
        estimate.period_kind,
        estimate.period_start_date,
        estimate.valence,
        rate.channel,
        seen.observed_count,
        seen.brand is not null as is_collected,
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
        on estimate.brand = information.brand
        and estimate.period_kind = information.period_kind
        and estimate.period_start_date = information.period_start_date
        and estimate.valence = information.valence
    left join {{ ref('channel_estimate') }} as seen
        on estimate.brand = seen.brand
        and estimate.period_kind = seen.period_kind
        and estimate.period_start_date = seen.period_start_date
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
    bad.brand,
    bad.period_kind,
    bad.period_start_date,
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
    on bad.brand = good.brand
    and bad.period_kind = good.period_kind
    and bad.period_start_date = good.period_start_date
    and bad.channel = good.channel
inner join {{ ref('period') }} as period
    on bad.brand = period.brand
    and bad.period_kind = period.period_kind
    and bad.period_start_date = period.period_start_date
where bad.valence = 'bad' and good.valence = 'good'
