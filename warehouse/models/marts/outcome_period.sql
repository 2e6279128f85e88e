-- What a brand measured itself (sales, churn, contacts, NPS), beside what its customers told in the same period.
with spaced as (
    select
        brand,
        series,
        observed_on - lag(observed_on) over (partition by brand, series order by observed_on) as days
    from {{ source('raw', 'outcome') }}
),

paced as (  -- the shortest period in which the series is usually measured once
    select
        brand,
        series,
        case
            when coalesce(median(days), 1) <= 7 then 'week'
            when median(days) <= 31 then 'month'
            when median(days) <= 92 then 'quarter'
            else 'year'
        end as period_kind
    from spaced
    group by brand, series
),

measured as (
    {%- for kind in period_kinds() if kind != 'day' %}
    select
        outcome.brand,
        outcome.series,
        paced.period_kind,
        {{ period_start(kind, 'outcome.observed_on') }} as period_start_date,
        {{ period_name(kind, period_start(kind, 'outcome.observed_on')) }} as period_name,
        avg(outcome.value) as outcome_value,
        count(*) as observation_count
    from {{ source('raw', 'outcome') }} as outcome
    inner join paced on outcome.brand = paced.brand and outcome.series = paced.series
    where paced.period_kind = '{{ kind }}'
    group by outcome.brand, outcome.series, paced.period_kind, 4, 5
    {{- " union all" if not loop.last }}
    {%- endfor %}
)

select
    measured.brand,
    measured.series,
    measured.period_kind,
    measured.period_start_date,
    measured.period_name,
    measured.outcome_value,
    measured.observation_count,
    {%- for metric in relation_metrics() %}
    told.{{ metric }},
    {%- endfor %}
    coalesce(told.is_complete, false) as is_complete
from measured
left join {{ ref('brand_period') }} as told
    on measured.brand = told.brand
    and measured.period_kind = told.period_kind
    and measured.period_start_date = told.period_start_date
