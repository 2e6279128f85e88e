-- Which input moves a figure most, so that a team knows what to measure first: each input alone at the lower and upper
-- 5 % end of what is believed of it, the others as published. Ends are lognormal and pooled weights stay fixed, as in all
-- ranges here (exact tails: transforms/sensitivity.py). Weeks and longer, brands of the settings.
{%- set z = 1.6448536269514722 %}
with rate as (
    select
        *,
        sum(share_rate * audience_mean) over (partition by valence) as reach,
        {{ rate_relative_variance('rate_alpha', 'rate_beta') }} as rate_variance
    from {{ source('raw', 'rate_profile') }}
    where is_current
),

heard as (  -- a: the part of the estimate that rests on the channel
    select
        channel.*,
        channel.weight / sum(channel.weight) over (
            partition by channel.brand, channel.period_kind, channel.period_start_date, channel.valence
        ) as part
    from {{ ref('channel_estimate') }} as channel
    inner join {{ source('raw', 'brand') }} as brand on channel.brand = brand.brand
    where brand.is_configured and channel.period_kind <> 'day'
),

input as (  -- what an input does at `times` its value: to the experiences of a valence, and to their exposures
    select
        estimate.brand,
        estimate.period_kind,
        estimate.period_start_date,
        estimate.valence,
        estimate.experiences,
        estimate.exposures,
        rate.valence || ' told: ' || rate.channel as input,
        rate.mark,
        exp(ending.z * sqrt(ln(1 + rate.rate_variance))) as times,
        1 - coalesce(heard.part, 0) + coalesce(heard.part, 0) / times as experience_factor,
        experience_factor * (1 + rate.share_rate * rate.audience_mean / rate.reach * (times - 1)) as exposure_factor,
        ending.z
    from {{ ref('estimate') }} as estimate
    inner join rate on estimate.valence = rate.valence
    left join heard
        on estimate.brand = heard.brand
        and estimate.period_kind = heard.period_kind
        and estimate.period_start_date = heard.period_start_date
        and estimate.valence = heard.valence
        and rate.channel = heard.channel
    cross join (values (-{{ z }}), ({{ z }})) as ending (z)
    where estimate.brand in (select brand from heard) and estimate.period_kind <> 'day'
    union all
    select
        estimate.brand,
        estimate.period_kind,
        estimate.period_start_date,
        estimate.valence,
        estimate.experiences,
        estimate.exposures,
        'audience of one telling: ' || rate.channel,
        'A',
        exp(ending.z * sqrt(ln(1 + 1 / rate.audience_shape)) - ln(1 + 1 / rate.audience_shape) / 2) as times,
        1,
        1 + rate.share_rate * rate.audience_mean / rate.reach * (times - 1),
        ending.z
    from {{ ref('estimate') }} as estimate
    inner join rate on estimate.valence = rate.valence and rate.audience_mean > 0
    cross join (values (-{{ z }}), ({{ z }})) as ending (z)
    where estimate.brand in (select brand from heard) and estimate.period_kind <> 'day'
    union all
    select
        estimate.brand,
        estimate.period_kind,
        estimate.period_start_date,
        estimate.valence,
        estimate.experiences,
        estimate.exposures,
        'coverage: ' || heard.channel,
        'own',
        exp(ending.z * sqrt(heard.coverage_log_variance)) as times,
        1 - heard.part + heard.part / times as experience_factor,
        experience_factor,
        ending.z
    from {{ ref('estimate') }} as estimate
    inner join heard
        on estimate.brand = heard.brand
        and estimate.period_kind = heard.period_kind
        and estimate.period_start_date = heard.period_start_date
        and estimate.valence = heard.valence
    cross join (values (-{{ z }}), ({{ z }})) as ending (z)
    where heard.coverage_log_variance > 0
),

figure as (
    select *, valence || '_exposure_count' as figure, exposures * exposure_factor as value
    from input
    union all
    select *, 'estimated_' || valence || '_count', experiences * experience_factor
    from input
),

bar as (
    select
        brand,
        period_kind,
        period_start_date,
        figure,
        input,
        any_value(mark) as mark,
        any_value(value) filter (where z < 0) as figure_at_low,
        any_value(value) filter (where z > 0) as figure_at_high,
        greatest(figure_at_low, figure_at_high) / nullif(least(figure_at_low, figure_at_high), 0) as swing
    from figure
    group by brand, period_kind, period_start_date, figure, input
)

select
    brand,
    period_kind,
    period_start_date,
    figure,
    input,
    mark,
    figure_at_low,
    figure_at_high,
    swing,
    row_number() over (
        partition by brand, period_kind, period_start_date, figure order by swing desc, input
    )::integer as swing_rank
from bar
where swing > 1 + 1e-9
