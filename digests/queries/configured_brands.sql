-- The brands that get a digest of their own: those in the settings, not those made from a column.
select brand
from marts.brand
where is_configured
order by brand
