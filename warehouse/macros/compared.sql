{#-
Which sources a period can be compared on with the one before: those listened to in the whole of both, once the period
is over, and whose coverage is known, and constant, in both or in neither. Gives the CTE `compared` (one row per brand,
period_kind, period_start_date and source, with channel): `scale` puts a count of now at the coverage of before, `drift`
is the log variance of that.
-#}
{% macro compared(where='true') -%}
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
        and {{ where }}
        and (now.from_date is null) = (before.from_date is null)
        and (now.from_date is null or now.from_date <= period.period_start_date)
        and (before.from_date is null or before.from_date <= period.previous_start_date)
)
{%- endmacro %}

{#-
What was told before and now on those sources, each experience seen on a channel of its own. Wants `compared` and a CTE
`counted`: brand, period_kind, period_start_date, source, channel, the `keys`, seen_count (as counted), true_count (the
same after correction of labels), spread (its variance, Poisson noise included) and what is named in `beside`. Gives the
CTE `summed`, one row per brand, period_kind, period_start_date and keys of which anything was told in either period;
`scaled`: true_count of now at the coverage of before.
-#}
{% macro summed_changes(keys, beside=[]) -%}
paired as (
    {%- for when in ['now', 'before'] %}
    select
        compared.brand,
        compared.period_kind,
        compared.period_start_date,
        compared.previous_start_date,
        counted.channel,
        {%- for key in keys %}
        counted.{{ key }},
        {%- endfor %}
        {%- for count in ['seen_count', 'true_count', 'spread'] + beside %}
        {{ 'counted.' ~ count if when == 'before' else '0' }} as {{ count }}_before,
        {{ 'counted.' ~ count if when == 'now' else '0' }} as {{ count }}_now,
        {%- endfor %}
        compared.scale,
        compared.drift
    from compared
    inner join counted
        on compared.brand = counted.brand
        and compared.period_kind = counted.period_kind
        and compared.{{ 'period' if when == 'now' else 'previous' }}_start_date = counted.period_start_date
        and compared.source = counted.source
        and compared.channel = counted.channel
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

by_channel as (
    select
        brand,
        period_kind,
        period_start_date,
        previous_start_date,
        {{ keys | join(', ') }},
        channel,
        sum(seen_count_before) as count_before,
        sum(seen_count_now) as count_now,
        sum(true_count_before) as true_before,
        sum(true_count_now) as true_now,
        sum(true_count_now * scale) as scaled,
        sum(spread_before) as spread_before,
        sum(spread_now * pow(scale, 2)) as scaled_spread,
        sum(pow(true_count_now * scale, 2) * drift) as scaled_drift
        {%- for count in beside %},
        sum({{ count }}_before) as {{ count }}_before,
        sum({{ count }}_now * scale) as {{ count }}_now
        {%- endfor %}
    from paired
    group by all
),

summed as (
    select
        brand,
        period_kind,
        period_start_date,
        previous_start_date,
        {{ keys | join(', ') }},
        sum(count_before) as count_before,
        sum(count_now) as count_now,
        sum(true_before) as true_before,
        sum(true_now) as true_now,
        sum(pow(true_before, 2)) as squares_before,
        sum(pow(true_now, 2)) as squares_now,
        sum(scaled) as scaled,
        sum(spread_before) as spread_before,
        sum(scaled_spread) as scaled_spread,
        sum(scaled_drift) as scaled_drift
        {%- for count in beside %},
        sum({{ count }}_before) as {{ count }}_before,
        sum({{ count }}_now) as {{ count }}_now
        {%- endfor %}
    from by_channel
    group by all
)
{%- endmacro %}

{% macro summed_log_variance(experiences_before, experiences_now) -%}  {#- of the ratio scaled / true_before of a row of `summed`:
Poisson noise of both counts and of what was mislabelled, more of it as channels see the same experiences; coverage as
far as it changed -#}
{{ change_log_variance(
    'pow(true_before, 2) / nullif(spread_before, 0)', 'pow(scaled, 2) / nullif(scaled_spread, 0)',
    'scaled_drift / nullif(pow(scaled, 2), 0)'
) }}
+ {{ overlap_variance('squares_before', 'true_before', experiences_before) }}
+ {{ overlap_variance('squares_now', 'true_now', experiences_now) }}
{%- endmacro %}
