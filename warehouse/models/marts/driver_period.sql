-- Why it was bad or good: what was told of each driver in a period, what stands behind it, and whether it moved. A
-- telling that names two drivers counts for both. Estimates are the brand's own, its part that names the driver: the
-- same channels, weights, rates, coverage and correction of labels as in core.estimate, because how often labels err for
-- each driver is not known. The audiences that sources tell are those of the driver's own tellings. A change is that of
-- the counts as labelled, worked out as in core.change.
with told as materialized (
    select
        brand,
        source,
        channel,
        told_date,
        valence,
        driver,
        count(*) as observed_count,
        count(audience) as audience_count,
        coalesce(sum(audience), 0) as audience_sum
    from (
        select
            brand, source, channel, told_date, audience, label as valence, unnest(string_split(drivers, ', ')) as driver
        from {{ ref('experience') }}
        where drivers is not null and not is_duplicate
    )
    group by all
),

counted as materialized (
    {%- for kind in period_kinds() %}
    select
        brand,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'told_date') }} as period_start_date,
        source,
        channel,
        driver,
        valence,
        sum(observed_count) as seen_count,
        seen_count as true_count,
        seen_count as spread,
        sum(audience_count) as audience_count,
        sum(audience_sum) as audience_sum
    from told
    group by all
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

telling as (  -- what the brand's estimate makes of one telling on a channel, before labels are corrected
    select
        channel.brand,
        channel.period_kind,
        channel.period_start_date,
        channel.channel,
        channel.valence,
        channel.audience_mean,
        channel.weight / channel.capture_probability / estimate.weight as stands_for,
        -- what correction, linking and floors leave of the brand's
        coalesce(estimate.experiences / nullif(sum(stands_for * channel.observed_count) over brand_valence, 0), 1) as kept,
        {%- for column in ['experiences', 'label_variance', 'mean_factor', 'noise', 'spread', 'seen', 'shared',
            'exposures_per_experience', 'reach_mean', 'reach_variance'] %}
        estimate.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('channel_estimate') }} as channel
    inner join {{ ref('estimate') }} as estimate
        on channel.brand = estimate.brand
        and channel.period_kind = estimate.period_kind
        and channel.period_start_date = estimate.period_start_date
        and channel.valence = estimate.valence
    window brand_valence as (
        partition by channel.brand, channel.period_kind, channel.period_start_date, channel.valence
    )
),

pooled as (
    select
        counted.brand,
        counted.period_kind,
        counted.period_start_date,
        counted.driver,
        counted.valence,
        sum(counted.seen_count)::bigint as observed_count,
        max(counted.seen_count)::bigint as most_seen_count,
        sum(counted.seen_count * telling.stands_for) as pooled_count,
        sum(counted.audience_sum) as audience_sum,
        sum(counted.audience_sum - counted.audience_count * telling.audience_mean) as audience_gain,
        any_value(telling) as telling
    from (
        select
            brand,
            period_kind,
            period_start_date,
            channel,
            driver,
            valence,
            sum(seen_count) as seen_count,
            sum(audience_count) as audience_count,
            sum(audience_sum) as audience_sum
        from counted
        group by all
    ) as counted
    inner join telling
        on counted.brand = telling.brand
        and counted.period_kind = telling.period_kind
        and counted.period_start_date = telling.period_start_date
        and counted.channel = telling.channel
        and counted.valence = telling.valence
    group by counted.brand, counted.period_kind, counted.period_start_date, counted.driver, counted.valence
),

estimated as (
    select
        * exclude (telling),
        least(
            greatest(pooled_count, most_seen_count) * telling.kept,
            greatest(telling.experiences, most_seen_count * telling.kept)
        ) as n_hat,
        n_hat * telling.exposures_per_experience as told_exposures,
        most_seen_count * least(telling.kept, 1) as least_count,
        coalesce(telling.label_variance * pow(n_hat / nullif(telling.experiences, 0), 2), 0) as label_variance,
        {{ experience_mean('n_hat', 'telling.mean_factor', 'telling.seen') }} as mean,
        {{ experience_variance('n_hat', 'telling.noise', 'telling.spread', 'telling.seen') }}
        + label_variance as variance,
        telling.reach_mean as reach_mean,
        telling.reach_variance as reach_variance,
        telling.shared as shared
    from pooled
),

{{ reached('estimated') }},

{{ compared("period.period_kind <> 'day'") }},  -- of a driver and a day there is too little to compare

{{ summed_changes(['driver', 'valence']) }},

moved as (
    select
        summed.*,
        summed.scaled / nullif(summed.true_before, 0) as change_ratio,
        {{ summed_log_variance('before.n_hat', 'now.n_hat') }} as log_variance
    from summed
    left join estimated as now
        on summed.brand = now.brand
        and summed.period_kind = now.period_kind
        and summed.period_start_date = now.period_start_date
        and summed.driver = now.driver
        and summed.valence = now.valence
    left join estimated as before
        on summed.brand = before.brand
        and summed.period_kind = before.period_kind
        and summed.previous_start_date = before.period_start_date
        and summed.driver = before.driver
        and summed.valence = before.valence
),

sides as (  -- named in the period, or in the one before: a fall to 0 is news too
    select
        brand,
        period_kind,
        period_start_date,
        driver,
        {%- for valence in ['bad', 'good'] %}
        any_value(told) filter (where valence = '{{ valence }}') as {{ valence }},
        any_value(change) filter (where valence = '{{ valence }}') as {{ valence }}_change
        {{- "," if not loop.last }}
        {%- endfor %}
    from (
        select brand, period_kind, period_start_date, driver, valence, reached as told, null as change
        from reached
        union all
        select brand, period_kind, period_start_date, driver, valence, null, moved
        from moved
    )
    group by brand, period_kind, period_start_date, driver
),

swing as (
    select
        {{ recovery_swing(
            "sum(share_rate * audience_mean) filter (where valence = 'bad')",
            "sum(share_rate * audience_mean) filter (where valence = 'good')", 0, var('recovered_telling_share')
        ) }} as swing,
        any_value(profile) as profile
    from {{ source('raw', 'rate_profile') }}
    where is_current
)

select
    sides.brand,
    sides.period_kind,
    sides.period_start_date,
    period.period_end_date,
    period.period_name,
    sides.driver,
    driver.title as driver_title,
    driver.driver_group,
    {%- for valence in ['bad', 'good'] %}
    coalesce({{ valence }}.observed_count, 0) as {{ valence }}_count,
    coalesce({{ valence }}.n_hat, 0) as estimated_{{ valence }}_count,
    {%- set low = experiences_low(
        valence ~ '.n_hat', valence ~ '.mean', valence ~ '.variance', valence ~ '.least_count',
        valence ~ '.label_variance'
    ) %}
    coalesce({{ low }}, 0) as estimated_{{ valence }}_count_low,
    coalesce({{ experiences_high(
        valence ~ '.n_hat', valence ~ '.mean', valence ~ '.variance', valence ~ '.label_variance'
    ) }}, 0) as estimated_{{ valence }}_count_high,
    coalesce({{ valence }}.exposures, 0) as {{ valence }}_exposure_count,
    coalesce({{ valence }}.exposures_low, 0) as {{ valence }}_exposure_count_low,
    coalesce({{ valence }}.exposures_high, 0) as {{ valence }}_exposure_count_high,
    {%- set change = [valence ~ '_change.change_ratio', valence ~ '_change.log_variance'] %}
    {{ valence }}_change.change_ratio as {{ valence }}_change_ratio,
    {{ ratio_low(*change) }} as {{ valence }}_change_ratio_low,
    {{ ratio_high(*change) }} as {{ valence }}_change_ratio_high,
    {{ is_change_finding(
        ratio_low(*change), ratio_high(*change), valence ~ '_change.count_before', valence ~ '_change.count_now',
        var('min_n')
    ) }} as is_{{ valence }}_change_finding,
    {%- endfor %}
    coalesce(bad.n_hat, 0) * swing.swing as priority_exposure_count,
    driver.published_figure,
    driver.rated_by,
    period.is_complete,
    swing.profile
from sides
inner join {{ ref('driver') }} as driver on sides.driver = driver.driver
inner join {{ ref('period') }} as period
    on sides.brand = period.brand
    and sides.period_kind = period.period_kind
    and sides.period_start_date = period.period_start_date
cross join swing
