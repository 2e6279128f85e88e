-- A brand beside its competitors, on what can be compared: sources that all of them were heard through, and of each period
-- only the days on which all of them were listened to there. Each brand's days are counted in its own time zone.
with compared as (
    select
        brand.brand,
        unnest(list_distinct(list_prepend(brand.brand, brand.competitors))) as compared_brand
    from {{ source('raw', 'brand') }} as brand
    where brand.is_configured and len(brand.competitors) > 0
),

known as (
    select compared.brand, compared.compared_brand, brand.brand_name as compared_brand_name
    from compared
    inner join {{ source('raw', 'brand') }} as brand on compared.compared_brand = brand.brand
),

common as (  -- from when to when all of them were listened to
    select
        known.brand,
        listening.source,
        max(listening.first_date) as first_date,
        min(listening.last_date) as last_date
    from known
    inner join (
        select brand, source, min(first_date) as first_date, max(last_date) as last_date
        from {{ ref('listening') }}
        group by brand, source
    ) as listening on known.compared_brand = listening.brand
    group by known.brand, listening.source
    having count(*) = (select count(*) from known as everybody where everybody.brand = known.brand)
),

window_of as (
    select
        period.brand,
        period.period_kind,
        period.period_start_date,
        period.period_end_date,
        period.period_name,
        period.is_complete,
        common.source,
        greatest(common.first_date, period.period_start_date) as from_date,
        least(common.last_date, period.period_end_date) as until_date
    from {{ ref('period') }} as period
    inner join common
        on period.brand = common.brand
        and period.period_start_date <= common.last_date
        and period.period_end_date >= common.first_date
    where period.period_kind <> 'day'
),

basis as (
    select
        brand,
        period_kind,
        period_start_date,
        count(*)::integer as common_source_count,
        string_agg(
            source || case when from_date > period_start_date or until_date < period_end_date
                then ' (' || from_date || ' to ' || until_date || ')' else '' end,
            ', ' order by source
        ) as comparison_basis
    from window_of
    group by brand, period_kind, period_start_date
),

counted as (
    select
        window_of.brand,
        window_of.period_kind,
        window_of.period_start_date,
        window_of.period_end_date,
        window_of.period_name,
        window_of.is_complete,
        known.compared_brand,
        known.compared_brand_name,
        coalesce(sum(day.bad_count + day.neutral_count + day.good_count + day.unscored_count), 0)::bigint as voice_count,
        coalesce(sum(day.bad_count), 0)::bigint as bad_count,
        coalesce(sum(day.good_count), 0)::bigint as good_count
    from window_of
    inner join known on window_of.brand = known.brand
    left join {{ ref('source_day') }} as day
        on known.compared_brand = day.brand
        and window_of.source = day.source
        and day.told_date between window_of.from_date and window_of.until_date
    group by all
)

select
    counted.brand,
    counted.compared_brand,
    counted.compared_brand_name,
    counted.brand = counted.compared_brand as is_own,
    counted.period_kind,
    counted.period_start_date,
    counted.period_end_date,
    counted.period_name,
    counted.voice_count,
    counted.bad_count,
    counted.good_count,
    counted.voice_count / nullif(sum(counted.voice_count) over (
        partition by counted.brand, counted.period_kind, counted.period_start_date
    ), 0) as share_of_voice,
    {{ share_of('counted.good_count', 'counted.bad_count') }} as observed_positive_share,
    basis.common_source_count,
    basis.comparison_basis,
    counted.is_complete
from counted
inner join basis
    on counted.brand = basis.brand
    and counted.period_kind = basis.period_kind
    and counted.period_start_date = basis.period_start_date
