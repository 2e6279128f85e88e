-- One row per day: how often its bad mentions were shown, as far as sources say so, without those that are news alone.
select told_date, sum(exposure_count) as exposure_count
from marts.mentions
where brand = $brand and told_date between $first_day and $last_day and label = 'bad' and not is_duplicate
    and exposure_count < $great_reach
group by told_date
order by told_date
