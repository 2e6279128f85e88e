-- From when to when each source was listened to for a brand: from its first telling to the run's as_of. A source that
-- has said nothing about any brand for silent_days has ended with its last telling: the silence of a file that nobody
-- continues is no evidence.
with newest as (
    select
        source,
        min(told_date) as opened_date,
        max(told_date) as newest_date,
        (newest_date - opened_date) / nullif(count(distinct told_date) - 1, 0) as usual_gap
    from {{ ref('source_day') }}
    group by source
)

select
    day.brand,
    day.source,
    day.channel,
    newest.opened_date,
    newest.usual_gap,
    min(day.told_date) as first_date,
    case
        when newest.newest_date < timezone(brand.time_zone, clock.as_of)::date - {{ var('silent_days') }}
            then newest.newest_date
        else greatest(newest.newest_date, timezone(brand.time_zone, clock.as_of)::date)
    end as last_date
from {{ ref('source_day') }} as day
inner join newest on day.source = newest.source
inner join {{ source('raw', 'brand') }} as brand on day.brand = brand.brand
cross join {{ source('raw', 'clock') }} as clock
group by day.brand, day.source, day.channel, newest.opened_date, newest.newest_date, newest.usual_gap, brand.time_zone, clock.as_of
