-- Which input moves a figure most, so that a team knows what to measure first: each input alone at the lower and upper
-- 5 % end of what is believed of it, the others as published. Ends are lognormal and pooled weights stay fixed, as in all
-- ranges here (exact tails: transforms/sensitivity.py). The periods that a team plans with.
{%- set z = 1.6448536269514722 %}
{%- set inputs = [
    {
        'name': "rate.valence || ' told: ' || rate.channel",
        'mark': 'rate.mark',
        'times': 'exp(ending.z * sqrt(ln(1 + rate.rate_variance)))',
        'experience_factor': '1 - leans + leans / times',
        'exposure_factor': 'experience_factor * (1 + reaches * (times - 1))',
        'where': 'true',
    },
    {
        'name': "'audience of one telling: ' || rate.channel",
        'mark': 'rate.audience_mark',
        'times': 'exp(ending.z * sqrt(ln(1 + 1 / rate.audience_shape)) - ln(1 + 1 / rate.audience_shape) / 2)',
        'experience_factor': '1',
        'exposure_factor': '1 + reaches * (times - 1)',
        'where': 'rate.reach_part > 0',
    },
    {
        'name': "'coverage: ' || rate.channel",
        'mark': "'own'",
        'times': 'exp(ending.z * sqrt(heard.coverage_log_variance))',
        'experience_factor': '1 - leans + leans / times',
        'exposure_factor': 'experience_factor',
        'where': 'heard.coverage_log_variance > 0',
    },
] %}
with {{ planned() }},

rate as (  -- reach_part: the channel's part of all who hear of an experience
    select
        *,
        share_rate * audience_mean / nullif(sum(share_rate * audience_mean) over (partition by valence), 0) as reach_part,
        {{ rate_relative_variance('rate_alpha', 'rate_beta') }} as rate_variance
    from {{ source('raw', 'rate_profile') }}
    where is_current
),

heard as (
    select
        *,
        weight / sum(weight) over (partition by brand, period_kind, period_start_date, valence) as part
    from {{ ref('channel_estimate') }}
    semi join planned using (brand, period_kind, period_start_date)
),

input as (  -- what an input does at `times` its value: to the experiences of a valence, and to their exposures
    {%- for input in inputs %}
    select
        estimate.brand,
        estimate.period_kind,
        estimate.period_start_date,
        estimate.valence,
        estimate.experiences,
        estimate.exposures,
        {{ input.name }} as input,
        {{ input.mark }} as mark,
        ending.z,
        coalesce(heard.part, 0) as leans,  -- part of the estimate that rests on the channel
        coalesce(rate.reach_part, 0) as reaches,
        {{ input.times }} as times,
        {{ input.experience_factor }} as experience_factor,
        {{ input.exposure_factor }} as exposure_factor
    from {{ ref('estimate') }} as estimate
    semi join planned
        on estimate.brand = planned.brand
        and estimate.period_kind = planned.period_kind
        and estimate.period_start_date = planned.period_start_date
    inner join rate on estimate.valence = rate.valence
    left join heard
        on estimate.brand = heard.brand
        and estimate.period_kind = heard.period_kind
        and estimate.period_start_date = heard.period_start_date
        and estimate.valence = heard.valence
        and rate.channel = heard.channel
    cross join (values (-{{ z }}), ({{ z }})) as ending (z)
    where {{ input.where }}
    {{- " union all" if not loop.last }}
    {%- endfor %}
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
