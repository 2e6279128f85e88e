-- One row per brand: its mentions in a period on the sources where every one of the brands was mentioned in it.
-- A mention about two brands counts for both.
with told as (
    select brand, source, label
    from marts.mentions
    where list_contains($brands, brand) and told_date between $first_day and $last_day and not is_duplicate
),

common as (
    select source
    from told
    group by source
    having count(distinct brand) = len($brands)
)

select
    brand,
    count(*) as mention_count,
    count(*) filter (where label = 'bad') as bad_count,
    count(*) filter (where label = 'good') as good_count
from told
where source in (select source from common)
group by brand
