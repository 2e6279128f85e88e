-- Whether a period differs from the one before. Rates and audiences are the same in both and cancel, and so does a
-- coverage that did not change: the change is that of the counts, those of now put at the coverage of before. Compared
-- are the sources that were listened to in the whole of both periods (a source that was added or failed is no change),
-- once the period is over, and whose coverage is known, and constant, in both or in neither. Labels read from words are
-- corrected on both sides by the same matrix (core.correction), so that its own error nearly cancels too.
with by_source as (
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

counted as (
    {%- for valence in ['bad', 'good'] %}
    select
        period.period_no,
        by_source.source,
        by_source.channel,
        '{{ valence }}' as valence,
        {{ valence }}_count as seen_count,
        {{ valence }}_count - text_{{ valence }} + {{ true_count(valence, 'text_bad', 'text_neutral', 'text_good') }}
            as true_count,
        {{ valence }}_count - text_{{ valence }} + {{ label_spread(valence, 'text_bad', 'text_neutral', 'text_good') }}
            as spread
        {%- for label in ['bad', 'neutral', 'good'] %},
        {{ true_count(label, 'text_bad', 'text_neutral', 'text_good') }} as text_{{ label }}
        {%- endfor %}
    from by_source
    inner join {{ ref('period') }} as period using (brand, period_kind, period_start_date)
    cross join {{ ref('correction') }} as correction
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

{{ compared() }},

{{ by_role(['valence'], beside=['text_bad', 'text_neutral', 'text_good']) }},

estimated as (
    select by_role.*, estimate.experiences
    from by_role
    left join {{ ref('estimate') }} as estimate
        on by_role.period_no = estimate.period_no
        and by_role.valence = estimate.valence
),

{{ beside_before('estimated', ['valence'], 'experiences', beside=['text_bad', 'text_neutral', 'text_good']) }},

moved as (
    select
        *,
        case when true_before > 0 then greatest(scaled, 0) / true_before end as change_ratio,
        -- and the matrix's own error as far as the mix of labels changed
        {{ summed_log_variance('experiences_before', 'experiences_now') }}
        {%- for label in ['bad', 'neutral', 'good'] %}
        + coalesce(
            pow(text_{{ label }}_now / nullif(scaled, 0) - text_{{ label }}_before / nullif(true_before, 0), 2)
            * if(valence = 'bad', bad_doubt_{{ label }}, good_doubt_{{ label }}), 0
        )
        {%- endfor %} as change_variance,
        case when change_variance < 30 then change_variance end as log_variance  -- beyond, next to nothing is left of a count
    from beside_before
    cross join {{ ref('correction') }} as correction
    where is_compared
)

select
    period.brand,
    period.period_kind,
    period.period_start_date,
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
inner join {{ ref('period') }} as period on moved.period_no = period.period_no
