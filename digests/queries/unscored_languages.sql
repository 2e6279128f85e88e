-- Languages whose mentions could not be judged in a period; null where not even the language is known.
select language, count(*) as mention_count
from marts.mentions
where brand = $brand and told_date between $first_day and $last_day and label is null
group by language
order by mention_count desc, language nulls last
