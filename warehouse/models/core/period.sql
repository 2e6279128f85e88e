-- Every period from a brand's first telling to the run's as_of, also those in which nobody spoke, so that a chart shows
-- the gap. Days only where something was told: brand_day has them all; and so all periods of brands made from a column.
with started as (
    select distinct
        brand, 'day' as period_kind, told_date as period_start_date, {{ period_length('day') }} as length,
        {{ period_name('day', 'told_date') }} as period_name
    from {{ ref('source_day') }}
    where mention_count + changed_count > 0
    {%- for kind in period_kinds() if kind != 'day' %}
    union all
    select brand, '{{ kind }}', start_date, {{ period_length(kind) }}, {{ period_name(kind, 'start_date') }}
    from (
        select
            brand,
            unnest(generate_series(
                {{ period_start(kind, 'first_date') }}, {{ period_start(kind, 'last_date') }}, {{ period_length(kind) }}
            ))::date as start_date
        from {{ ref('brand_span') }}
        where is_configured
        union
        select day.brand, {{ period_start(kind, 'day.told_date') }}::date
        from {{ ref('source_day') }} as day
        inner join {{ ref('brand_span') }} as span on day.brand = span.brand
        where not span.is_configured
    )
    {%- endfor %}
),

ended as (
    select *, (period_start_date + length - interval 1 day)::date as period_end_date
    from started
)

select
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
