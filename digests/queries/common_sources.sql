-- The sources on which every one of the brands was mentioned in a period.
select source
from marts.mentions
where list_contains($brands, brand) and told_date between $first_day and $last_day and not is_duplicate
group by source
having count(distinct brand) = len($brands)
order by source
