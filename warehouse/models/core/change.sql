-- Whether a period differs from the one before. Rates and audiences are the same in both and cancel, and so does a
-- coverage that did not change: the change is that of the counts, those of now put at the coverage of before. Compared
-- are the sources that were listened to in the whole of both periods (a source that was added or failed is no change),
-- once the period is over, and whose coverage is known, and constant, in both or in neither. Labels read from words are
-- corrected on both sides by the same matrix (core.correction), so that its own error nearly cancels too.
with counted as (
    {%- for kind in period_kinds() %}
    select
        brand,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'told_date') }} as period_start_date,
        source,
        channel,
        sum(bad_count) as bad_count,
        sum(good_count) as good_count,
        sum(text_bad_count) as text_bad,
        sum(text_neutral_count) as text_neutral,
        sum(text_good_count) as text_good
    from {{ ref('source_day') }}
    group by brand, period_start_date, source, channel
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

corrected as (
    select
        counted.*,
        {%- for valence in ['bad', 'good'] %}
        {{ valence }}_count - text_{{ valence }} + {{ true_count(valence, 'text_bad', 'text_neutral', 'text_good') }}
            as {{ valence }}_true,
        {{ valence }}_count - text_{{ valence }} + {{ label_spread(valence, 'text_bad', 'text_neutral', 'text_good') }}
            as {{ valence }}_spread,
        {%- endfor %}
        {%- for label in ['bad', 'neutral', 'good'] %}
        {{ true_count(label, 'text_bad', 'text_neutral', 'text_good') }} as true_text_{{ label }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from counted
    cross join {{ ref('correction') }} as correction
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
        coalesce(sum(before.{{ valence }}_true), 0) as true_before,
        coalesce(sum(now.{{ valence }}_true), 0) as true_now,
        coalesce(sum(now.{{ valence }}_true * compared.scale), 0) as scaled,
        sum(before.{{ valence }}_spread) as spread_before,
        sum(now.{{ valence }}_spread * pow(compared.scale, 2)) as scaled_spread,
        {%- for label in ['bad', 'neutral', 'good'] %}
        coalesce(sum(before.true_text_{{ label }}), 0) as text_before_{{ label }},
        coalesce(sum(now.true_text_{{ label }} * compared.scale), 0) as text_now_{{ label }},
        {%- endfor %}
        sum(pow(now.{{ valence }}_true * compared.scale, 2) * compared.drift) as scaled_drift
    from compared
    left join corrected as now
        on compared.brand = now.brand
        and compared.period_kind = now.period_kind
        and compared.period_start_date = now.period_start_date
        and compared.source = now.source
        and compared.channel = now.channel
    left join corrected as before
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
        sum(true_before) as true_before,
        sum(true_now) as true_now,
        sum(pow(true_before, 2)) as squares_before,
        sum(pow(true_now, 2)) as squares_now,
        sum(scaled) as scaled,
        sum(spread_before) as spread_before,
        sum(scaled_spread) as scaled_spread,
        {%- for label in ['bad', 'neutral', 'good'] %}
        sum(text_before_{{ label }}) as text_before_{{ label }},
        sum(text_now_{{ label }}) as text_now_{{ label }},
        {%- endfor %}
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
        told.*,
        case when true_before > 0 then greatest(scaled, 0) / true_before end as change_ratio,
        -- Poisson noise of both counts and of what was mislabelled, more of it as channels see the same experiences;
        -- coverage as far as it changed; the matrix's own error as far as the mix of labels changed
        {{ change_log_variance(
            'pow(true_before, 2) / nullif(spread_before, 0)', 'pow(scaled, 2) / nullif(scaled_spread, 0)',
            'scaled_drift / nullif(pow(scaled, 2), 0)'
        ) }}
        + {{ overlap_variance('squares_before', 'true_before', 'experiences_before') }}
        + {{ overlap_variance('squares_now', 'true_now', 'experiences_now') }}
        {%- for label in ['bad', 'neutral', 'good'] %}
        + coalesce(
            pow(text_now_{{ label }} / nullif(scaled, 0) - text_before_{{ label }} / nullif(true_before, 0), 2)
            * if(valence = 'bad', bad_doubt_{{ label }}, good_doubt_{{ label }}), 0
        )
        {%- endfor %} as log_variance
    from told
    cross join {{ ref('correction') }} as correction
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
