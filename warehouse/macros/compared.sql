{#-
Which sources a period can be compared on with the one before: those listened to in the whole of both, once the period
is over, and whose coverage is known, and constant, in both or in neither. Gives the CTE `compared` (one row per brand,
period_kind, period_start_date and source, with channel): `scale` puts a count of now at the coverage of before, `drift`
is the log variance of that.
-#}
{% macro compared() -%}
compared as (
    select
        period.brand,
        period.period_kind,
        period.period_start_date,
        period.previous_start_date,
        listening.source,
        listening.channel,
        case when before.from_date = now.from_date then 1 else coalesce(before.mode / now.mode, 1) end as scale,
        case when before.from_date = now.from_date then 0
            else coalesce(before.log_variance + now.log_variance, 0) end as drift
    from {{ ref('period') }} as period
    inner join {{ ref('listening') }} as listening
        on period.brand = listening.brand
        and period.previous_start_date >= listening.first_date
        and period.period_end_date <= listening.last_date
    asof left join {{ ref('source_coverage') }} as now
        on listening.brand = now.brand and listening.source = now.source and period.period_end_date >= now.from_date
    asof left join {{ ref('source_coverage') }} as before
        on listening.brand = before.brand
        and listening.source = before.source
        and period.period_start_date > before.from_date
    where
        period.is_complete
        and (now.from_date is null) = (before.from_date is null)
        and (now.from_date is null or now.from_date <= period.period_start_date)
        and (before.from_date is null or before.from_date <= period.previous_start_date)
)
{%- endmacro %}
