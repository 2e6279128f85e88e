-- What the words of a period's experiences show beside the label: one row per feeling, and one each for wow and leaving.
select feeling, count(*) as mention_count
from (
    select unnest(list_concat(
        string_split(coalesce(emotions, ''), ', '),
        case when is_wow and label = 'good' then ['wow'] else [] end,
        case when is_leaving and label = 'bad' then ['leaving'] else [] end
    )) as feeling
    from marts.mentions
    where brand = $brand and told_date between $first_day and $last_day
        and label in ('bad', 'good') and not is_duplicate and not coalesce(is_gone, false)
)
where feeling <> ''
group by feeling
order by mention_count desc, feeling
