-- Why it was bad or good: what was told of each driver in a period, what stands behind it, and whether it moved. A
-- telling that names two drivers counts for both. Estimates are the brand's own, its part that names the driver: the
-- same channels, weights, rates, coverage and correction of labels as in core.estimate, because how often labels err for
-- each driver is not known. The audiences that sources tell are those of the driver's own tellings. A change is that of
-- the counts as labelled, worked out as in core.change. Days and weeks are kept for so long (driver_days): of a driver, long
-- ago, they would be most of the table and say little. Older days are put together as far as no kept period parts them.
with alike as materialized (  -- tellings that name the same drivers, put together before each driver gets its own
    select
        brand,
        source,
        channel,
        told_date >= {{ recent_from(var('driver_days').day) }} as is_by_day,
        told_date >= {{ period_start('week', recent_from(var('driver_days').week)) }} as is_by_week,
        case
            when is_by_day then told_date
            when is_by_week
                then greatest({{ period_start('week', 'told_date') }}, {{ period_start('month', 'told_date') }})
            else {{ period_start('month', 'told_date') }}
        end as from_date,
        label as valence,
        drivers,
        count(*)::double as seen_count,
        count(audience)::double as audience_count,
        coalesce(sum(audience), 0)::double as audience_sum
    from {{ ref('experience') }}
    where drivers is not null and label in ('bad', 'good') and not is_duplicate and told_at <= {{ as_of() }}
    group by all
),

named as (
    select drivers, unnest(string_split(drivers, ', ')) as driver
    from (select distinct drivers from alike)
),

told as materialized (
    select
        alike.* exclude (drivers, seen_count, audience_count, audience_sum),
        named.driver,
        sum(alike.seen_count) as seen_count,
        sum(alike.audience_count) as audience_count,
        sum(alike.audience_sum) as audience_sum
    from alike
    inner join named on alike.drivers = named.drivers
    group by all
),

{%- set wider = {'day': 'told where is_by_day', 'week': 'told where is_by_week', 'month': 'told', 'quarter': 'by_month',
    'year': 'by_quarter'} %}
{%- for kind, part in wider.items() %}

by_{{ kind }} as materialized (
    select
        brand,
        source,
        channel,
        {{ period_start(kind, 'from_date') }} as from_date,
        valence,
        driver,
        sum(seen_count) as seen_count,
        sum(audience_count) as audience_count,
        sum(audience_sum) as audience_sum
    from {{ part }}
    group by all
),
{%- endfor %}

telling as (  -- what the brand's estimate makes of one telling on a channel, before labels are corrected
    select
        channel.period_no,
        channel.channel,
        channel.valence,
        channel.audience_mean,
        channel.weight / channel.capture_probability / estimate.weight as stands_for,
        -- what correction, linking and floors leave of the brand's
        coalesce(estimate.experiences / nullif(sum(stands_for * channel.observed_count) over brand_valence, 0), 1) as kept
    from {{ ref('channel_estimate') }} as channel
    inner join {{ ref('estimate') }} as estimate
        on channel.period_no = estimate.period_no and channel.valence = estimate.valence
    window brand_valence as (partition by channel.period_no, channel.valence)
),

counted as (
    select
        by_source.*,
        by_source.seen_count * telling.stands_for as stood_for,
        by_source.audience_sum - by_source.audience_count * telling.audience_mean as audience_gain,
        telling.kept
    from (
        {%- for kind in wider %}
        select period.period_no, by_{{ kind }}.*
        from by_{{ kind }}
        inner join (from {{ ref('period') }} where period_kind = '{{ kind }}') as period
            on by_{{ kind }}.brand = period.brand and by_{{ kind }}.from_date = period.period_start_date
        {{- " union all" if not loop.last }}
        {%- endfor %}
    ) as by_source
    inner join telling
        on by_source.period_no = telling.period_no
        and by_source.channel = telling.channel
        and by_source.valence = telling.valence
),

{{ compared("period.period_kind <> 'day'") }},  -- of a driver and a day there is too little to compare

{{ by_role(['driver', 'valence'], true_count='seen_count', spread='seen_count', totals=[
    'stood_for', 'audience_sum', 'audience_gain'
], same=['kept']) }},

estimated as (
    select
        by_role.*,
        estimate.reach_mean,
        estimate.reach_variance,
        estimate.shared,
        least(
            greatest(by_role.stood_for, by_role.most_seen_count) * by_role.kept,
            greatest(estimate.experiences, by_role.most_seen_count * by_role.kept)
        ) as n_hat,
        n_hat * estimate.exposures_per_experience as told_exposures,
        by_role.most_seen_count * least(by_role.kept, 1) as least_count,
        coalesce(estimate.label_variance * pow(n_hat / nullif(estimate.experiences, 0), 2), 0) as label_variance,
        {{ experience_mean('n_hat', 'estimate.mean_factor', 'estimate.seen') }} as mean,
        {{ experience_variance('n_hat', 'estimate.noise', 'estimate.spread', 'estimate.seen') }}
        + label_variance as variance
    from by_role
    inner join {{ ref('estimate') }} as estimate
        on by_role.period_no = estimate.period_no and by_role.valence = estimate.valence
),

{{ reached('estimated') }},

ranged as materialized (
    select
        *,
        {{ experiences_low('n_hat', 'mean', 'variance', 'least_count', 'label_variance') }} as n_low,
        {{ experiences_high('n_hat', 'mean', 'variance', 'label_variance') }} as n_high
    from reached
),

{{ beside_before('ranged', ['driver', 'valence'], 'n_hat', kept=[
    'seen_count', 'n_hat', 'n_low', 'n_high', 'exposures', 'exposures_low', 'exposures_high'
]) }},

valued as materialized (  -- named in the period, or in the one before: a fall to 0 is news too
    select
        *,
        scaled / nullif(true_before, 0) as change_ratio,
        {{ summed_log_variance('n_hat_before', 'n_hat_now') }} as log_variance,
        {{ ratio_low('change_ratio', 'log_variance') }} as change_ratio_low,
        {{ ratio_high('change_ratio', 'log_variance') }} as change_ratio_high,
        {{ is_change_finding('change_ratio_low', 'change_ratio_high', 'count_before', 'count_now', var('min_n')) }}
            as is_change_finding
    from beside_before
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
    period.brand,
    period.period_kind,
    period.period_start_date,
    period.period_end_date,
    period.period_name,
    driver,
    driver.title as driver_title,
    driver.driver_group,
    {%- for valence in ['bad', 'good'] %}
    coalesce({{ valence }}.seen_count, 0)::bigint as {{ valence }}_count,
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
full join (from valued where valence = 'good') as good using (period_no, driver)
inner join {{ ref('driver') }} as driver using (driver)
inner join {{ ref('period') }} as period using (period_no)
cross join swing
