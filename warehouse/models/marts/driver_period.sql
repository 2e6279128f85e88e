-- Why it was bad or good: what was told of each driver in a period, what stands behind it, and whether it moved. A
-- telling that names two drivers counts for both. Estimates are the brand's own, its part that names the driver: the
-- same channels, weights, rates and coverage as in core.estimate; the change is worked out as in core.change.
with told as materialized (
    select brand, source, channel, told_date, valence, driver, count(*) as observed_count
    from (
        select brand, source, channel, told_date, label as valence, unnest(string_split(drivers, ', ')) as driver
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
        sum(observed_count) as observed_count
    from told
    group by all
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

pooled as (
    select
        counted.brand,
        counted.period_kind,
        counted.period_start_date,
        counted.driver,
        counted.valence,
        sum(counted.observed_count)::bigint as observed_count,
        max(counted.observed_count)::bigint as most_seen_count,
        sum(channel.weight * counted.observed_count / channel.capture_probability) as weighted_count
    from (
        select
            brand, period_kind, period_start_date, channel, driver, valence, sum(observed_count) as observed_count
        from counted
        group by all
    ) as counted
    inner join {{ ref('channel_estimate') }} as channel
        on counted.brand = channel.brand
        and counted.period_kind = channel.period_kind
        and counted.period_start_date = channel.period_start_date
        and counted.channel = channel.channel
        and counted.valence = channel.valence
    group by counted.brand, counted.period_kind, counted.period_start_date, counted.driver, counted.valence
),

estimated as (
    select
        pooled.*,
        greatest(pooled.weighted_count / estimate.weight, pooled.most_seen_count) as n_hat,
        n_hat * estimate.exposures_per_experience as exposures,
        {{ experience_mean('n_hat', 'estimate.mean_factor', 'estimate.seen') }} as mean,
        {{ experience_variance('n_hat', 'estimate.noise', 'estimate.spread', 'estimate.seen') }} as variance,
        estimate.reach_mean,
        estimate.reach_variance,
        estimate.shared
    from pooled
    inner join {{ ref('estimate') }} as estimate
        on pooled.brand = estimate.brand
        and pooled.period_kind = estimate.period_kind
        and pooled.period_start_date = estimate.period_start_date
        and pooled.valence = estimate.valence
),

{{ compared() }},

paired as (  -- what was told now and before, on the sources compared
    select
        compared.brand,
        compared.period_kind,
        compared.period_start_date,
        compared.previous_start_date,
        counted.driver,
        counted.valence,
        counted.channel,
        0 as count_before,
        counted.observed_count as count_now,
        compared.scale,
        compared.drift
    from compared
    inner join counted
        on compared.brand = counted.brand
        and compared.period_kind = counted.period_kind
        and compared.period_start_date = counted.period_start_date
        and compared.source = counted.source
        and compared.channel = counted.channel
    union all
    select
        compared.brand,
        compared.period_kind,
        compared.period_start_date,
        compared.previous_start_date,
        counted.driver,
        counted.valence,
        counted.channel,
        counted.observed_count,
        0,
        1,
        0
    from compared
    inner join counted
        on compared.brand = counted.brand
        and compared.period_kind = counted.period_kind
        and compared.previous_start_date = counted.period_start_date
        and compared.source = counted.source
        and compared.channel = counted.channel
),

by_channel as (
    select
        brand,
        period_kind,
        period_start_date,
        previous_start_date,
        driver,
        valence,
        channel,
        sum(count_before) as count_before,
        sum(count_now) as count_now,
        sum(count_now * scale) as scaled,
        sum(count_now * pow(scale, 2)) as scaled_noise,
        sum(pow(count_now * scale, 2) * drift) as scaled_drift
    from paired
    group by all
),

summed as (
    select
        brand,
        period_kind,
        period_start_date,
        previous_start_date,
        driver,
        valence,
        sum(count_before) as count_before,
        sum(count_now) as count_now,
        sum(pow(count_before, 2)) as squares_before,
        sum(pow(count_now, 2)) as squares_now,
        sum(scaled) as scaled,
        sum(scaled_noise) as scaled_noise,
        sum(scaled_drift) as scaled_drift
    from by_channel
    group by all
),

moved as (
    select
        summed.*,
        summed.scaled / nullif(summed.count_before, 0) as change_ratio,
        {{ change_log_variance(
            'summed.count_before', 'pow(summed.scaled, 2) / nullif(summed.scaled_noise, 0)',
            'summed.scaled_drift / nullif(pow(summed.scaled, 2), 0)'
        ) }}
        + {{ overlap_variance('summed.squares_before', 'summed.count_before', 'before.n_hat') }}
        + {{ overlap_variance('summed.squares_now', 'summed.count_now', 'now.n_hat') }} as log_variance
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

named as (  -- named in the period, or in the one before: a fall to 0 is news too
    select brand, period_kind, period_start_date, driver from counted
    union
    select brand, period_kind, period_start_date, driver from moved
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
    named.brand,
    named.period_kind,
    named.period_start_date,
    period.period_end_date,
    period.period_name,
    named.driver,
    driver.title as driver_title,
    driver.driver_group,
    {%- for valence in ['bad', 'good'] %}
    coalesce({{ valence }}.observed_count, 0) as {{ valence }}_count,
    coalesce({{ valence }}.n_hat, 0) as estimated_{{ valence }}_count,
    {%- set low = experiences_low(
        valence ~ '.n_hat', valence ~ '.mean', valence ~ '.variance', valence ~ '.most_seen_count'
    ) %}
    coalesce({{ low }}, 0) as estimated_{{ valence }}_count_low,
    coalesce({{ experiences_high(
        valence ~ '.n_hat', valence ~ '.mean', valence ~ '.variance'
    ) }}, 0) as estimated_{{ valence }}_count_high,
    {%- set told = [valence ~ '.exposures', valence ~ '.mean', valence ~ '.variance', valence ~ '.reach_mean',
        valence ~ '.reach_variance', valence ~ '.shared'] %}
    coalesce({{ valence }}.exposures, 0) as {{ valence }}_exposure_count,
    coalesce({{ told_low(*told) }}, 0) as {{ valence }}_exposure_count_low,
    coalesce({{ told_high(*told) }}, 0) as {{ valence }}_exposure_count_high,
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
from named
inner join {{ ref('driver') }} as driver on named.driver = driver.driver
inner join {{ ref('period') }} as period
    on named.brand = period.brand
    and named.period_kind = period.period_kind
    and named.period_start_date = period.period_start_date
{%- for valence in ['bad', 'good'] %}
left join estimated as {{ valence }}
    on named.brand = {{ valence }}.brand
    and named.period_kind = {{ valence }}.period_kind
    and named.period_start_date = {{ valence }}.period_start_date
    and named.driver = {{ valence }}.driver
    and {{ valence }}.valence = '{{ valence }}'
left join moved as {{ valence }}_change
    on named.brand = {{ valence }}_change.brand
    and named.period_kind = {{ valence }}_change.period_kind
    and named.period_start_date = {{ valence }}_change.period_start_date
    and named.driver = {{ valence }}_change.driver
    and {{ valence }}_change.valence = '{{ valence }}'
{%- endfor %}
cross join swing
