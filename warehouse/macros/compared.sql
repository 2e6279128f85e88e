{#-
Which sources a period can be compared on with the one before: those listened to in the whole of both, once the period
is over, and whose coverage is known, and constant, in both or in neither. Gives the CTE `compared` (one row per period_no and
source, with channel and the period before as previous_no): `scale` puts a count of now at the coverage of before, `drift`
is the log variance of that.
-#}
{% macro compared(where='true') -%}
compared as (
    select
        period.period_no,
        previous.period_no as previous_no,
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
    left join {{ ref('period') }} as previous
        on period.brand = previous.brand
        and period.period_kind = previous.period_kind
        and period.previous_start_date = previous.period_start_date
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
What was told in each period, and what of it on the sources that can be compared with the period before and with the one
behind. Wants `compared` and a CTE `counted`: period_no, source, channel, the `keys`, seen_count (as counted), true_count
(the same after correction of labels), spread (its variance, Poisson noise included), `beside` (numbers that are compared
as well), `totals` (others, just added up) and `same` (equal on all rows of a period and its keys). Gives the CTE
`by_role`, one row per period_no and keys: seen_count, totals and same; most_seen_count, that of the channel which shows
most; next_no of the period that is compared with it; ..._now (of the sources compared with the period before; null
without any), ..._before (of those compared with the one behind), each experience seen on a channel of its own; `scaled`:
true_count of now at the coverage of before.
-#}
{% macro by_role(keys, true_count='true_count', spread='spread', beside=[], totals=[], same=[]) -%}
role as (
    select
        coalesce(now.period_no, before.previous_no) as period_no,
        coalesce(now.source, before.source) as source,
        coalesce(now.channel, before.channel) as channel,
        now.scale,
        now.drift,
        before.period_no as next_no
    from compared as now
    full join compared as before
        on now.period_no = before.previous_no
        and now.source = before.source
        and now.channel = before.channel
),

by_channel as (
    select
        counted.period_no,
        {%- for key in keys %}
        counted.{{ key }},
        {%- endfor %}
        counted.channel,
        max(role.next_no) as next_no,
        sum(seen_count) as seen_count,
        {%- for total in totals %}
        sum({{ total }}) as {{ total }},
        {%- endfor %}
        {%- for one in same %}
        max({{ one }}) as {{ one }},
        {%- endfor %}
        sum(if(role.scale is null, null, seen_count)) as count_now,
        sum(if(role.scale is null, null, {{ true_count }})) as true_now,
        sum({{ true_count }} * role.scale) as scaled,
        sum({{ spread }} * pow(role.scale, 2)) as scaled_spread,
        sum(pow({{ true_count }} * role.scale, 2) * role.drift) as scaled_drift,
        sum(if(role.next_no is null, null, seen_count)) as count_before,
        sum(if(role.next_no is null, null, {{ true_count }})) as true_before,
        sum(if(role.next_no is null, null, {{ spread }})) as spread_before
        {%- for count in beside %},
        sum({{ count }} * role.scale) as {{ count }}_now,
        sum(if(role.next_no is null, null, {{ count }})) as {{ count }}_before
        {%- endfor %}
    from counted
    left join role
        on counted.period_no = role.period_no
        and counted.source = role.source
        and counted.channel = role.channel
    group by all
),

by_role as (
    select
        period_no,
        {{ keys | join(', ') }},
        max(next_no) as next_no,
        max(seen_count) as most_seen_count,
        sum(pow(true_now, 2)) as squares_now,
        sum(pow(true_before, 2)) as squares_before,
        {%- for one in same %}
        max({{ one }}) as {{ one }},
        {%- endfor %}
        {%- for sum in ['seen_count'] + totals + _now_and_before(beside) %}
        sum({{ sum }}) as {{ sum }}{{ "," if not loop.last }}
        {%- endfor %}
    from by_channel
    group by all
)
{%- endmacro %}

{#-
Each period beside the one that it is compared with. Wants in `source` the columns of `by_role`, with its `beside`, one more
that is wanted of both periods (`value`), and others that are kept of the period itself (`kept`). Gives the CTE
`beside_before`: one row per period_no and keys that has a row itself or is compared with one that has; counts are 0 where
nothing was told, null where nothing is compared.
-#}
{% macro beside_before(source, keys, value, beside=[], kept=[]) -%}
beside_before as (
    select
        period_no,
        {{ keys | join(', ') }},
        {%- for column in kept %}
        now.{{ column }},
        {%- endfor %}
        now.{{ value }} as {{ value }}_now,
        before.{{ value }} as {{ value }}_before,
        now.squares_now,
        before.squares_before,
        coalesce(now.count_now, before.count_before) is not null as is_compared,
        {%- for sum in _now_and_before(beside) %}
        if(is_compared, coalesce({{ 'before' if sum.endswith('_before') else 'now' }}.{{ sum }}, 0), null) as {{ sum }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ source }} as now
    full join (
        select * exclude (period_no, next_no), next_no as period_no
        from {{ source }}
        where count_before is not null
    ) as before using (period_no, {{ keys | join(', ') }})
)
{%- endmacro %}

{% macro _now_and_before(beside) -%}
{%- set sums = ['count_now', 'true_now', 'scaled', 'scaled_spread', 'scaled_drift', 'count_before', 'true_before', 'spread_before'] -%}
{%- for count in beside %}{% do sums.extend([count ~ '_now', count ~ '_before']) %}{% endfor -%}
{{ return(sums) }}
{%- endmacro %}

{% macro summed_log_variance(experiences_before, experiences_now) -%}  {#- of the ratio scaled / true_before of a row of `beside_before`:
Poisson noise of both counts and of what was mislabelled, more of it as channels see the same experiences; coverage as
far as it changed -#}
{{ change_log_variance(
    'pow(true_before, 2) / nullif(spread_before, 0)', 'pow(scaled, 2) / nullif(scaled_spread, 0)',
    'scaled_drift / nullif(pow(scaled, 2), 0)'
) }}
+ {{ overlap_variance('squares_before', 'true_before', experiences_before) }}
+ {{ overlap_variance('squares_now', 'true_now', experiences_now) }}
{%- endmacro %}
