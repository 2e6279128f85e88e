-- One row: the brand as its settings name it.
select brand, brand_name, time_zone, owner, is_configured
from marts.brand
where brand = $brand
