-- What a brand did about a driver, and what was told before and after: whole weeks, at most four, on the sources that were
-- listened to all that time at the same coverage. As rates and coverage are the same, the change is that of the counts.
with spanned as (
    select
        action.*,
        (7 * greatest(least(4, (span.local_as_of::date - action.from_date) // 7), 0))::integer as day_count
    from {{ source('raw', 'action') }} as action
    inner join {{ ref('brand_span') }} as span on action.brand = span.brand
),

by_channel as (
    select
        spanned.action_id,
        listening.channel,
        count(*) filter (where told.told_date < spanned.from_date) as count_before,
        count(*) filter (where told.told_date >= spanned.from_date) as count_after
    from spanned
    inner join {{ ref('listening') }} as listening
        on spanned.brand = listening.brand
        and spanned.from_date - spanned.day_count >= listening.first_date
        and spanned.from_date + spanned.day_count - 1 <= listening.last_date
    left join {{ ref('source_coverage') }} as line
        on listening.brand = line.brand
        and listening.source = line.source
        and line.from_date > spanned.from_date - spanned.day_count
        and line.from_date < spanned.from_date + spanned.day_count
    left join {{ ref('experience') }} as told
        on listening.brand = told.brand
        and listening.source = told.source
        and listening.channel = told.channel
        and told.label = 'bad'
        and not told.is_duplicate
        and told.told_date >= spanned.from_date - spanned.day_count
        and told.told_date < spanned.from_date + spanned.day_count
        and (spanned.driver is null or list_contains(string_split(told.drivers, ', '), spanned.driver))
    where spanned.day_count > 0 and line.source is null
    group by spanned.action_id, listening.channel
),

counted as (
    select
        action_id,
        sum(count_before) as count_before,
        sum(count_after) as count_after,
        sum(pow(count_before, 2)) as squares_before,
        sum(pow(count_after, 2)) as squares_after
    from by_channel
    group by action_id
),

moved as (
    select
        *,
        count_after / nullif(count_before, 0) as change_ratio,
        -- as many experiences as were seen, at least: channels may show the same ones
        {{ change_log_variance('count_before', 'count_after', '0') }}
        + {{ overlap_variance('squares_before', 'count_before', 'count_before') }}
        + {{ overlap_variance('squares_after', 'count_after', 'count_after') }} as log_variance
    from counted
)

select
    spanned.action_id,
    spanned.brand,
    spanned.driver,
    driver.title as driver_title,
    spanned.from_date,
    spanned.note,
    spanned.day_count,
    moved.count_before::bigint as bad_count_before,
    moved.count_after::bigint as bad_count_after,
    moved.change_ratio as bad_change_ratio,
    {{ ratio_low('moved.change_ratio', 'moved.log_variance') }} as bad_change_ratio_low,
    {{ ratio_high('moved.change_ratio', 'moved.log_variance') }} as bad_change_ratio_high,
    {{ is_change_finding(
        ratio_low('moved.change_ratio', 'moved.log_variance'), ratio_high('moved.change_ratio', 'moved.log_variance'),
        'moved.count_before', 'moved.count_after', var('min_n')
    ) }} as is_bad_change_finding
from spanned
left join {{ ref('driver') }} as driver on spanned.driver = driver.driver
left join moved on spanned.action_id = moved.action_id
