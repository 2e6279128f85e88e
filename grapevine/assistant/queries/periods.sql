-- A brand's periods of one kind up to the one that is named, newest first; when none is named, up to the newest one that
-- is over and has mentions.
select *
from brand_period
where
    brand = $brand
    and period_kind = $kind
    and period_start_date <= (
        select
            case
                when $period is null
                    then coalesce(
                        max(period_start_date) filter (where is_complete and mention_count > 0), max(period_start_date)
                    )
                else max(period_start_date) filter (where period_name = $period)
            end
        from brand_period
        where brand = $brand and period_kind = $kind
    )
order by period_start_date desc
limit $count
