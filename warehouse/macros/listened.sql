{#-
What part of a period each channel of a brand was listened to, where less than the whole: a source that was added or lost
in it says nothing by its silence before and after, and neither does a source on the days between two of its tellings, as
far apart as they usually are (`usual_gap`). Within a week tellings are taken as even. Longer periods need not be: there it
is the part of the other channels' tellings that falls on the days listened to, if these are enough. Gives the CTE
`listened` (one row per period_no and channel; part above 0 and at most 1 where it was heard).
-#}
{% macro listened() -%}
channel_listening as (
    select
        brand,
        channel,
        min(opened_date - coalesce(usual_gap, 366)::integer + 1) as opened_date,
        max(last_date + coalesce(usual_gap, 366)::integer - 1) as ended_date
    from {{ ref('listening') }}
    group by brand, channel
),

listening_days as (
    select
        period.period_no,
        period.brand,
        period.period_kind,
        period.period_start_date,
        channel.channel,
        greatest(period.period_start_date, span.first_date) as from_date,
        least(period.period_end_date, span.last_date) as until_date,
        greatest(from_date, channel.opened_date) as heard_from_date,
        least(until_date, channel.ended_date) as heard_until_date
    from {{ ref('period') }} as period
    inner join {{ ref('brand_span') }} as span on period.brand = span.brand
    inner join channel_listening as channel on period.brand = channel.brand
),

told_elsewhere as (
    select
        days.period_no,
        days.channel,
        sum(day.bad_count + day.good_count) as told,
        coalesce(sum(day.bad_count + day.good_count) filter (
            where day.told_date between days.heard_from_date and days.heard_until_date
        ), 0) as told_meanwhile
    from listening_days as days
    inner join {{ ref('channel_day') }} as day
        on days.brand = day.brand
        and days.channel <> day.channel
        and day.told_date between days.from_date and days.until_date
    where
        days.period_kind in ('month', 'quarter', 'year')
        and (days.heard_from_date > days.from_date or days.heard_until_date < days.until_date)
    group by days.period_no, days.channel
),

listened as (
    select
        days.period_no,
        days.brand,
        days.period_kind,
        days.period_start_date,
        days.channel,
        case
            when elsewhere.told >= {{ var('min_n') }} and elsewhere.told_meanwhile > 0
                then elsewhere.told_meanwhile / elsewhere.told
            else (days.heard_until_date - days.heard_from_date + 1) / (days.until_date - days.from_date + 1)
        end as part
    from listening_days as days
    left join told_elsewhere as elsewhere
        on days.period_no = elsewhere.period_no
        and days.channel = elsewhere.channel
)
{%- endmacro %}
