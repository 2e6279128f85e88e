-- What a brand's customers told in a period, what stands behind it, and whether it moved.
with told as (
    {%- for kind in period_kinds() %}
    select
        brand,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'told_date') }} as period_start_date,
        {%- for count in visible_counts() %}
        sum({{ count }})::bigint as {{ count }},
        {%- endfor %}
        sum(rating_count)::bigint as rating_count,
        sum(rating_sum) / nullif(sum(rating_count), 0) as average_rating
    from {{ ref('source_day') }}
    group by brand, period_start_date
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

break_even as (
    select
        sum(share_rate * audience_mean) filter (where valence = 'bad')
        / nullif(sum(share_rate * audience_mean) filter (where valence = 'good'), 0) as break_even_ratio,
        any_value(profile) as profile
    from {{ source('raw', 'rate_profile') }}
    where is_current
),

paired as (
    select
        bad.brand,
        bad.period_kind,
        bad.period_start_date,
        bad.experiences as bad_experiences,
        bad.experiences_low as bad_low,
        bad.experiences_high as bad_high,
        good.experiences as good_experiences,
        good.experiences_low as good_low,
        good.experiences_high as good_high,
        good.experiences / nullif(bad.experiences, 0) as good_per_bad,
        {{ good_per_bad_log_variance(
            'bad.effective_count', 'good.effective_count', 'bad.rate_variance', 'good.rate_variance',
            'bad.experiences', 'good.experiences'
        ) }}
        + {{ label_log_variance(
            'bad.label_variance', 'good.label_variance', 'bad.label_covariance', 'bad.experiences', 'good.experiences'
        ) }} as ratio_variance,
        bad.exposures as bad_exposures,
        bad.exposures_low as bad_exposures_low,
        bad.exposures_high as bad_exposures_high,
        good.exposures as good_exposures,
        good.exposures_low as good_exposures_low,
        good.exposures_high as good_exposures_high,
        bad.hidden_share as bad_hidden_share,
        good.hidden_share as good_hidden_share,
        bad.recoverable_share,
        {%- for valence in ['bad', 'good'] %}
        {{ valence }}.audience_count as {{ valence }}_audience_count,
        case when {{ valence }}.audience_count > 0 then {{ valence }}.audience_sum end as {{ valence }}_audience_sum,
        {{ valence }}.reproduction as {{ valence }}_reproduction,
        {{ second_hand(valence ~ '.exposures', valence ~ '.reproduction') }} as {{ valence }}_second_hand,
        {{ second_hand_low(
            valence ~ '.exposures', valence ~ '.exposures_low',
            valence ~ '.reproduction', valence ~ '.reproduction_variance'
        ) }} as {{ valence }}_second_hand_low,
        {{ second_hand_high(
            valence ~ '.exposures', valence ~ '.exposures_high',
            valence ~ '.reproduction', valence ~ '.reproduction_variance'
        ) }} as {{ valence }}_second_hand_high,
        {{ valence }}.disagreement as {{ valence }}_disagreement,
        {%- endfor %}
        bad.is_disagreeing or good.is_disagreeing as is_disagreeing,
        good.opposite_experiences / nullif(bad.opposite_experiences, 0) as opposite_good_per_bad,
        {{ balance('good.opposite_exposures', 'bad.opposite_exposures') }} as opposite_balance,
        bad.estimate_basis,
        bad.is_coverage_known,
        least(bad.correction_basis, good.correction_basis) as correction_basis
    from {{ ref('estimate') }} as bad
    inner join {{ ref('estimate') }} as good
        on bad.brand = good.brand
        and bad.period_kind = good.period_kind
        and bad.period_start_date = good.period_start_date
    where bad.valence = 'bad' and good.valence = 'good'
),

staked as (  -- what rests on the brand's own numbers; null until it gives them
    select
        paired.*,
        {%- for valence in ['bad', 'good'] %}
        {%- for end in ['', '_low', '_high'] %}
        {{ saturated_reach(
            valence ~ '_exposures' ~ end, valence ~ '_reproduction', 'brand.market_size'
        ) }} as {{ valence }}_people{{ end }},
        {%- endfor %}
        {%- endfor %}
        {%- for end, experiences in [('', 'bad_experiences'), ('_low', 'bad_low'), ('_high', 'bad_high')] %}
        {{ customers_at_risk(
            experiences, 'brand.customer_count', var('leaving_after_one'), 'brand.leaving_share'
        ) }} as customers_at_risk{{ end }},
        {{ prospects_put_off(
            'bad_people' ~ end, 'brand.in_market_share', 'brand.deterred_share'
        ) }} as prospects_put_off{{ end }},
        customers_at_risk{{ end }} * brand.customer_value as revenue_at_risk{{ end }},
        prospects_put_off{{ end }} * coalesce(brand.new_customer_value, brand.customer_value)
            as prospect_revenue{{ end }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from paired
    inner join {{ source('raw', 'brand') }} as brand on paired.brand = brand.brand
)

select
    period.brand,
    period.period_kind,
    period.period_start_date,
    period.period_end_date,
    period.period_name,
    {%- for count in visible_counts() %}
    coalesce(told.{{ count }}, 0) as {{ count }},
    {%- endfor %}
    paired.bad_experiences as estimated_bad_count,
    paired.bad_low as estimated_bad_count_low,
    paired.bad_high as estimated_bad_count_high,
    paired.good_experiences as estimated_good_count,
    paired.good_low as estimated_good_count_low,
    paired.good_high as estimated_good_count_high,
    paired.bad_exposures as bad_exposure_count,
    paired.bad_exposures_low as bad_exposure_count_low,
    paired.bad_exposures_high as bad_exposure_count_high,
    paired.good_exposures as good_exposure_count,
    paired.good_exposures_low as good_exposure_count_low,
    paired.good_exposures_high as good_exposure_count_high,
    paired.bad_hidden_share,
    paired.good_hidden_share,
    paired.recoverable_share,
    {%- for valence in ['bad', 'good'] %}
    paired.{{ valence }}_audience_count as {{ valence }}_known_audience_count,
    paired.{{ valence }}_audience_sum as {{ valence }}_observed_exposure_count,
    paired.{{ valence }}_reproduction,
    paired.{{ valence }}_second_hand as {{ valence }}_second_hand_count,
    paired.{{ valence }}_second_hand_low as {{ valence }}_second_hand_count_low,
    paired.{{ valence }}_second_hand_high as {{ valence }}_second_hand_count_high,
    paired.{{ valence }}_people as {{ valence }}_people_count,
    paired.{{ valence }}_people_low as {{ valence }}_people_count_low,
    paired.{{ valence }}_people_high as {{ valence }}_people_count_high,
    {%- endfor %}
    coalesce(paired.bad_reproduction >= 1 or paired.good_reproduction >= 1, false) as is_supercritical,
    {%- for end in ['', '_low', '_high'] %}
    paired.customers_at_risk{{ end }} as customers_at_risk_count{{ end }},
    {%- endfor %}
    {%- for end in ['', '_low', '_high'] %}
    paired.prospects_put_off{{ end }} as prospects_put_off_count{{ end }},
    {%- endfor %}
    {%- for end in ['', '_low', '_high'] %}
    paired.revenue_at_risk{{ end }},
    {%- endfor %}
    {%- for end in ['', '_low', '_high'] %}
    paired.prospect_revenue{{ end }} as prospect_revenue_at_risk{{ end }},
    {%- endfor %}
    paired.good_per_bad,
    {{ good_per_bad_low('good_per_bad', 'ratio_variance', 'bad_experiences', 'good_experiences') }} as good_per_bad_low,
    {{ good_per_bad_high(
        'good_per_bad', 'ratio_variance', 'bad_experiences', 'good_experiences', 'bad_low', 'good_high'
    ) }} as good_per_bad_high,
    break_even.break_even_ratio,
    {{ share_of('good_experiences', 'bad_experiences') }} as adjusted_positive_share,
    {{ positive_share_low(
        'good_per_bad', 'ratio_variance', 'bad_experiences', 'good_experiences', 'bad_high', 'good_low'
    ) }} as adjusted_positive_share_low,
    {{ positive_share_high(
        'good_per_bad', 'ratio_variance', 'bad_experiences', 'good_experiences', 'bad_low', 'good_high'
    ) }} as adjusted_positive_share_high,
    {{ share_of('told.good_count', 'told.bad_count') }} as observed_positive_share,
    {{ balance('good_exposures', 'bad_exposures') }} as word_of_mouth_balance,
    paired.opposite_good_per_bad,
    paired.opposite_balance as opposite_word_of_mouth_balance,
    coalesce(
        (good_per_bad > 1) <> (paired.opposite_good_per_bad > 1)
        or (word_of_mouth_balance > 0) <> (paired.opposite_balance > 0), false
    ) as sign_flips,
    paired.bad_disagreement,
    paired.good_disagreement,
    coalesce(paired.is_disagreeing, false) as is_disagreeing,
    bad_change.change_ratio as bad_change_ratio,
    bad_change.change_ratio_low as bad_change_ratio_low,
    bad_change.change_ratio_high as bad_change_ratio_high,
    coalesce(bad_change.is_change_finding, false) as is_bad_change_finding,
    good_change.change_ratio as good_change_ratio,
    good_change.change_ratio_low as good_change_ratio_low,
    good_change.change_ratio_high as good_change_ratio_high,
    coalesce(good_change.is_change_finding, false) as is_good_change_finding,
    told.average_rating,
    coalesce(told.rating_count, 0) as rating_count,
    period.is_complete,
    period.is_final,
    coalesce(paired.is_coverage_known, false) as is_coverage_known,
    paired.estimate_basis,
    paired.correction_basis,
    break_even.profile
from {{ ref('period') }} as period
left join told
    on period.brand = told.brand
    and period.period_kind = told.period_kind
    and period.period_start_date = told.period_start_date
left join staked as paired
    on period.brand = paired.brand
    and period.period_kind = paired.period_kind
    and period.period_start_date = paired.period_start_date
left join {{ ref('change') }} as bad_change
    on period.brand = bad_change.brand
    and period.period_kind = bad_change.period_kind
    and period.period_start_date = bad_change.period_start_date
    and bad_change.valence = 'bad'
left join {{ ref('change') }} as good_change
    on period.brand = good_change.brand
    and period.period_kind = good_change.period_kind
    and period.period_start_date = good_change.period_start_date
    and good_change.valence = 'good'
cross join break_even
