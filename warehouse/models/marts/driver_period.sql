-- Why it was bad or good: what was told of each driver in a period, what stands behind it, and whether it moved. A
-- telling that names two drivers counts for both. Estimates are the brand's own, its part that names the driver: the
-- same channels, weights, rates, coverage and correction of labels as in core.estimate, because how often labels err for
-- each driver is not known. The audiences that sources tell are those of the driver's own tellings. A change is that of
-- the counts as labelled, worked out as in core.change. Days are kept for somewhat more than a year: what is older is read
-- by the week, and by the day it would be most of the table.
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
        where drivers is not null and label in ('bad', 'good') and not is_duplicate
            and told_at <= (select as_of from {{ source('raw', 'clock') }})
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
    {%- if kind == 'day' %}
    where told_date > (select as_of from {{ source('raw', 'clock') }})::date - {{ var('driver_days') }}
    {%- endif %}
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
        coalesce(estimate.experiences / nullif(sum(stands_for * channel.observed_count) over brand_valence, 0), 1) as kept
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
        max(telling.kept) as kept  -- the same on each channel
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

estimated as materialized (
    select
        pooled.*,
        estimate.reach_mean,
        estimate.reach_variance,
        estimate.shared,
        least(
            greatest(pooled.pooled_count, pooled.most_seen_count) * pooled.kept,
            greatest(estimate.experiences, pooled.most_seen_count * pooled.kept)
        ) as n_hat,
        n_hat * estimate.exposures_per_experience as told_exposures,
        pooled.most_seen_count * least(pooled.kept, 1) as least_count,
        coalesce(estimate.label_variance * pow(n_hat / nullif(estimate.experiences, 0), 2), 0) as label_variance,
        {{ experience_mean('n_hat', 'estimate.mean_factor', 'estimate.seen') }} as mean,
        {{ experience_variance('n_hat', 'estimate.noise', 'estimate.spread', 'estimate.seen') }}
        + label_variance as variance
    from pooled
    inner join {{ ref('estimate') }} as estimate
        on pooled.brand = estimate.brand
        and pooled.period_kind = estimate.period_kind
        and pooled.period_start_date = estimate.period_start_date
        and pooled.valence = estimate.valence
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

valued as materialized (  -- named in the period, or in the one before: a fall to 0 is news too
    select
        brand,
        period_kind,
        period_start_date,
        driver,
        valence,
        observed_count,
        n_hat,
        {{ experiences_low('n_hat', 'mean', 'variance', 'least_count', 'label_variance') }} as n_low,
        {{ experiences_high('n_hat', 'mean', 'variance', 'label_variance') }} as n_high,
        exposures,
        exposures_low,
        exposures_high,
        change_ratio,
        {{ ratio_low('change_ratio', 'log_variance') }} as change_ratio_low,
        {{ ratio_high('change_ratio', 'log_variance') }} as change_ratio_high,
        {{ is_change_finding('change_ratio_low', 'change_ratio_high', 'count_before', 'count_now', var('min_n')) }}
            as is_change_finding
    from reached
    full join moved using (brand, period_kind, period_start_date, driver, valence)
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
    brand,
    period_kind,
    period_start_date,
    period.period_end_date,
    period.period_name,
    driver,
    driver.title as driver_title,
    driver.driver_group,
    {%- for valence in ['bad', 'good'] %}
    coalesce({{ valence }}.observed_count, 0) as {{ valence }}_count,
    coalesce({{ valence }}.n_hat, 0) as estimated_{{ valence }}_count,
    coalesce({{ valence }}.n_low, 0) as estimated_{{ valence }}_count_low,
    coalesce({{ valence }}.n_high, 0) as estimated_{{ valence }}_count_high,
    coalesce({{ valence }}.exposures, 0) as {{ valence }}_exposure_count,
    coalesce({{ valence }}.exposures_low, 0) as {{ valence }}_exposure_count_low,
    coalesce({{ valence }}.exposures_high, 0) as {{ valence }}_exposure_count_high,
    {{ valence }}.change_ratio as {{ valence }}_change_ratio,
    {{ valence }}.change_ratio_low as {{ valence }}_change_ratio_low,
    {{ valence }}.change_ratio_high as {{ valence }}_change_ratio_high,
    coalesce({{ valence }}.is_change_finding, false) as is_{{ valence }}_change_finding,
    {%- endfor %}
    coalesce(bad.n_hat, 0) * swing.swing as priority_exposure_count,
    driver.published_figure,
    driver.rated_by,
    period.is_complete,
    swing.profile
from (from valued where valence = 'bad') as bad
full join (from valued where valence = 'good') as good using (brand, period_kind, period_start_date, driver)
inner join {{ ref('driver') }} as driver using (driver)
inner join {{ ref('period') }} as period using (brand, period_kind, period_start_date)
cross join swing
