-- The configured brands with what an alert needs to know of them.
select brand, brand_name, time_zone
from marts.brand
where is_configured
order by brand
