{#-
The periods that a team plans with: of brands of the settings the newest complete ones that have an estimate, so many of
each kind. Gives the CTE `planned` (one row per brand, period_kind and period_start_date).
-#}
{% macro planned() -%}
planned as (
    select estimate.brand, estimate.period_kind, estimate.period_start_date
    from {{ ref('estimate') }} as estimate
    inner join {{ ref('period') }} as period
        on estimate.brand = period.brand
        and estimate.period_kind = period.period_kind
        and estimate.period_start_date = period.period_start_date
    inner join {{ source('raw', 'brand') }} as brand on estimate.brand = brand.brand
    where brand.is_configured and period.is_complete and estimate.period_kind <> 'day' and estimate.valence = 'bad'
    qualify row_number() over (
        partition by estimate.brand, estimate.period_kind order by estimate.period_start_date desc
    ) <= case estimate.period_kind
        {%- for kind, count in var('planned_periods').items() %}
        when '{{ kind }}' then {{ count }}
        {%- endfor %}
    end
)
{%- endmacro %}
