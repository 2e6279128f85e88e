-- Mentions that may not wait: bad ones seen very often, and any that hold one of the words (a pattern of whole words,
-- matched without regard to case; '' matches nothing).
select
    brand, cast(mention_id as varchar) as mention_id, told_date, cast(exposure_count as double) as exposure_count,
    $words <> '' and regexp_matches(coalesce(title, '') || ' ' || coalesce(text, ''), $words, 'i') as has_word
from marts.mentions
where brand in (select unnest($brands)) and told_date between $first_day and $last_day and not is_duplicate
    and not coalesce(is_gone, false)
    and (
        (label = 'bad' and exposure_count >= $great_reach)
        or ($words <> '' and regexp_matches(coalesce(title, '') || ' ' || coalesce(text, ''), $words, 'i'))
    )
order by exposure_count desc nulls last, told_date desc, mention_id
