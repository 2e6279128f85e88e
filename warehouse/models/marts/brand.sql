select
    brand.brand,
    brand.brand_name,
    brand.time_zone,
    brand.owner,
    brand.is_configured,
    string_agg(coalesce(competitor.brand_name, named.competitor), ', ' order by named.position) as competitor_names
from {{ source('raw', 'brand') }} as brand
left join lateral (
    select unnest(brand.competitors) as competitor, generate_subscripts(brand.competitors, 1) as position
) as named on true
left join {{ source('raw', 'brand') }} as competitor on named.competitor = competitor.brand
group by all
