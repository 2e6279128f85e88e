-- The visible tip, day by day and without estimates, for time series that a BI tool adds up itself. Every day from the
-- brand's first telling to the run's as_of is there; of brands made from a column, the days on which something was told.
with spine as (
    select brand, unnest(generate_series(first_date, last_date, interval 1 day))::date as told_date
    from {{ ref('brand_span') }}
    where is_configured
    union
    select brand, told_date
    from {{ ref('source_day') }}
)

select
    spine.brand,
    spine.told_date,
    {%- for count in visible_counts() %}
    coalesce(sum(day.{{ count }}), 0)::bigint as {{ count }},
    {%- endfor %}
    any_value(span.local_as_of) >= spine.told_date + interval 1 day as is_complete
from spine
inner join {{ ref('brand_span') }} as span on spine.brand = span.brand
left join {{ ref('source_day') }} as day on spine.brand = day.brand and spine.told_date = day.told_date
group by spine.brand, spine.told_date
