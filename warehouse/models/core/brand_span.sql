-- From which day to which a brand's tables run: from its first telling to the run's as_of, in its own time zone.
select
    day.brand,
    brand.time_zone,
    brand.is_configured,
    timezone(brand.time_zone, clock.as_of) as local_as_of,
    min(day.told_date) as first_date,
    greatest(max(day.told_date), timezone(brand.time_zone, clock.as_of)::date) as last_date
from {{ ref('source_day') }} as day
inner join {{ source('raw', 'brand') }} as brand on day.brand = brand.brand
cross join {{ source('raw', 'clock') }} as clock
group by day.brand, brand.time_zone, brand.is_configured, clock.as_of
