-- One mention that is an alert by itself; no row once it is gone.
select source, title, text, url, cast(exposure_count as double) as exposure_count
from marts.mentions
where brand = $brand and mention_id = cast($mention_id as uuid) and not coalesce(is_gone, false)
