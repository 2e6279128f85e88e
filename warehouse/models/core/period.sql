-- Every period from a brand's first telling to the run's as_of, also those in which nobody spoke, so that a chart shows
-- the gap. Days, and all periods of brands made from a column (hundreds of them, over many years), only where something
-- was told.
with started as (
    {%- for kind in period_kinds() %}
    select
        brand, '{{ kind }}' as period_kind, period_start_date, {{ period_length(kind) }} as length,
        {{ period_name(kind, 'period_start_date') }} as period_name
    from (
        select distinct brand, {{ period_start(kind, 'told_date') }} as period_start_date
        from {{ ref('source_day') }}
        {%- if kind != 'day' %}
        union
        select
            brand,
            unnest(generate_series(
                {{ period_start(kind, 'first_date') }}, {{ period_start(kind, 'last_date') }}, {{ period_length(kind) }}
            ))::date
        from {{ ref('brand_span') }}
        where is_configured
        {%- endif %}
    )
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

ended as (
    select *, (period_start_date + length - interval 1 day)::date as period_end_date
    from started
)

select
    row_number() over (order by ended.brand, ended.period_kind, ended.period_start_date)::integer as period_no,
    ended.brand,
    ended.period_kind,
    ended.period_start_date,
    ended.period_end_date,
    ended.period_name,
    (ended.period_start_date - ended.length)::date as previous_start_date,
    span.local_as_of >= ended.period_end_date + interval 1 day as is_complete,
    span.local_as_of >= ended.period_end_date + interval 15 days as is_final
from ended
inner join {{ ref('brand_span') }} as span on ended.brand = span.brand
