-- The brands a brand is compared with: its settings' competitors, itself first.
select brand, brand_name
from marts.brand
where brand = $brand
    or list_contains(
        string_split((select coalesce(competitor_names, '') from marts.brand where brand = $brand), ', '), brand_name
    )
order by brand <> $brand, brand_name, brand
