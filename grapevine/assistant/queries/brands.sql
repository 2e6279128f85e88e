-- The brands that something is published about, those of the settings first.
select
    brand.brand,
    brand.brand_name,
    brand.is_configured,
    brand.competitor_names,
    min(day.told_date) as first_day,
    max(day.told_date) as last_day,
    coalesce(sum(day.mention_count), 0)::bigint as mention_count
from brand
left join brand_day as day on brand.brand = day.brand and day.mention_count > 0
group by brand.brand, brand.brand_name, brand.is_configured, brand.competitor_names
order by brand.is_configured desc, mention_count desc, brand.brand
limit 200
