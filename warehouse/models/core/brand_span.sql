-- From which day to which a brand's tables run: from its first telling to the run's as_of, in its own time zone.
select
    listening.brand,
    brand.is_configured,
    timezone(brand.time_zone, clock.as_of) as local_as_of,
    min(listening.first_date) as first_date,
    greatest(max(listening.last_date), timezone(brand.time_zone, clock.as_of)::date) as last_date
from {{ ref('listening') }} as listening
inner join {{ source('raw', 'brand') }} as brand on listening.brand = brand.brand
cross join {{ source('raw', 'clock') }} as clock
group by listening.brand, brand.is_configured, brand.time_zone, clock.as_of
