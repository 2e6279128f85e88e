-- Whether a period differs from the one before. Rates and audiences are the same in both and cancel, and so does a
-- coverage that did not change: the change is that of the counts, those of now put at the coverage of before. Compared
-- are the sources that were listened to in the whole of both periods (a source that was added or failed is no change),
-- once the period is over, and whose coverage is known, and constant, in both or in neither.
with counted as (
    {%- for kind in period_kinds() %}
    select
        brand,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'told_date') }} as period_start_date,
        source,
        channel,
        sum(bad_count) as bad_count,
        sum(good_count) as good_count
    from {{ ref('source_day') }}
    group by brand, period_start_date, source, channel
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

{{ compared() }},

{%- for valence in ['bad', 'good'] %}

{{ valence }}_channel as (
    select
        compared.brand,
        compared.period_kind,
        compared.period_start_date,
        compared.previous_start_date,
        compared.channel,
        coalesce(sum(before.{{ valence }}_count), 0) as count_before,
        coalesce(sum(now.{{ valence }}_count), 0) as count_now,
        coalesce(sum(now.{{ valence }}_count * compared.scale), 0) as scaled,
        sum(now.{{ valence }}_count * pow(compared.scale, 2)) as scaled_noise,
        sum(pow(now.{{ valence }}_count * compared.scale, 2) * compared.drift) as scaled_drift
    from compared
    left join counted as now
        on compared.brand = now.brand
        and compared.period_kind = now.period_kind
        and compared.period_start_date = now.period_start_date
        and compared.source = now.source
        and compared.channel = now.channel
    left join counted as before
        on compared.brand = before.brand
        and compared.period_kind = before.period_kind
        and compared.previous_start_date = before.period_start_date
        and compared.source = before.source
        and compared.channel = before.channel
    group by
        compared.brand, compared.period_kind, compared.period_start_date, compared.previous_start_date, compared.channel
),

{{ valence }} as (
    select
        brand,
        period_kind,
        period_start_date,
        previous_start_date,
        '{{ valence }}' as valence,
        sum(count_before) as count_before,
        sum(count_now) as count_now,
        sum(pow(count_before, 2)) as squares_before,
        sum(pow(count_now, 2)) as squares_now,
        sum(scaled) as scaled,
        sum(scaled_noise) as scaled_noise,
        sum(scaled_drift) as scaled_drift
    from {{ valence }}_channel
    group by brand, period_kind, period_start_date, previous_start_date
),
{%- endfor %}

told as (
    select told.*, now.experiences as experiences_now, before.experiences as experiences_before
    from (select * from bad union all select * from good) as told
    left join {{ ref('estimate') }} as now
        on told.brand = now.brand
        and told.period_kind = now.period_kind
        and told.period_start_date = now.period_start_date
        and told.valence = now.valence
    left join {{ ref('estimate') }} as before
        on told.brand = before.brand
        and told.period_kind = before.period_kind
        and told.previous_start_date = before.period_start_date
        and told.valence = before.valence
),

moved as (
    select
        *,
        scaled / nullif(count_before, 0) as change_ratio,
        -- Poisson noise of both counts, more of it as channels see the same experiences, and coverage as far as it changed
        {{ change_log_variance(
            'count_before', 'pow(scaled, 2) / nullif(scaled_noise, 0)', 'scaled_drift / nullif(pow(scaled, 2), 0)'
        ) }}
        + {{ overlap_variance('squares_before', 'count_before', 'experiences_before') }}
        + {{ overlap_variance('squares_now', 'count_now', 'experiences_now') }} as log_variance
    from told
)

select
    brand,
    period_kind,
    period_start_date,
    valence,
    count_before::bigint as count_before,
    count_now::bigint as count_now,
    change_ratio,
    {{ ratio_low('change_ratio', 'log_variance') }} as change_ratio_low,
    {{ ratio_high('change_ratio', 'log_variance') }} as change_ratio_high,
    {{ is_change_finding(
        ratio_low('change_ratio', 'log_variance'), ratio_high('change_ratio', 'log_variance'),
        'count_before', 'count_now', var('min_n')
    ) }} as is_change_finding
from moved
