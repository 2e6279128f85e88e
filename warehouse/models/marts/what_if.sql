-- What would have changed in a period if more bad cases had been put right, sooner, or if customers had been invited to
-- speak: one step of one lever at a time, for a slider. transforms/what_if.py; the periods that a team plans with.
with {{ planned() }},

lever as (
    {%- for lever, steps in var('levers').items() %}
    select '{{ lever }}' as lever, unnest({{ steps }})::double as step
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

rate as (
    select
        {%- for valence in ['bad', 'good'] %}
        sum(share_rate * audience_mean) filter (where valence = '{{ valence }}') as {{ valence }}_reach,
        any_value(share_rate) filter (where valence = '{{ valence }}' and channel = 'review_site') as {{ valence }}_reviewed,
        any_value(audience_mean) filter (where valence = '{{ valence }}' and channel = 'review_site')
            as {{ valence }}_readers,
        {%- endfor %}
        any_value(share_rate) filter (where valence = 'bad' and channel = 'company') as complained
    from {{ source('raw', 'rate_profile') }}
    where is_current
),

stepped as (
    select
        period.*,
        lever.lever,
        lever.step,
        rate.*,
        if(lever.lever = 'recover', lever.step, if(lever.lever = 'invite_reviews', 0, 1)) as recovered_part,
        {{ told_by(
            var('telling_half_life_hours') ~ " - if(lever.lever = 'faster', lever.step, 0)",
            var('telling_half_life_hours')
        ) }} as already_told,
        if(lever.lever = 'invite_reviews', lever.step, 0) as invited,
        -- a complaint that was asked for is seen where none would have been made
        1 - (1 - period.recoverable_share) * (
            1 - if(lever.lever = 'invite_complaints', lever.step, 0) * (1 - rate.complained)
            / greatest(1 - coalesce(inbox.capture_probability, 0), 1e-12)
        ) as seen_share
    from {{ ref('brand_period') }} as period
    semi join planned
        on period.brand = planned.brand
        and period.period_kind = planned.period_kind
        and period.period_start_date = planned.period_start_date
    left join {{ ref('channel_estimate') }} as inbox
        on period.brand = inbox.brand
        and period.period_kind = inbox.period_kind
        and period.period_start_date = inbox.period_start_date
        and inbox.channel = 'company'
        and inbox.valence = 'bad'
    cross join lever
    cross join rate
),

changed as (
    select
        *,
        recovered_part * seen_share as put_right,
        {{ recovery_swing('bad_reach', 'good_reach', 'already_told', var('recovered_telling_share')) }} as case_swing,
        {%- for valence in ['bad', 'good'] %}
        invited * estimated_{{ valence }}_count * (1 - {{ valence }}_reviewed) as extra_{{ valence }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from stepped
)

select
    brand,
    period_kind,
    period_start_date,
    period_name,
    lever,
    step,
    put_right * estimated_bad_count as put_right_count,
    put_right * estimated_bad_count_low as put_right_count_low,
    put_right * estimated_bad_count_high as put_right_count_high,
    case_swing * put_right * estimated_bad_count as swing_exposure_count,
    case_swing * put_right * estimated_bad_count_low as swing_exposure_count_low,
    case_swing * put_right * estimated_bad_count_high as swing_exposure_count_high,
    extra_bad as extra_bad_review_count,
    extra_good as extra_good_review_count,
    {{ share_of('good_count + extra_good', 'bad_count + extra_bad') }} as changed_positive_share,
    {{ balance(
        'good_exposure_count + extra_good * good_readers + put_right * estimated_bad_count * '
        ~ var('recovered_telling_share') ~ ' * good_reach',
        'greatest(bad_exposure_count + extra_bad * bad_readers '
        ~ '- put_right * estimated_bad_count * (1 - already_told) * bad_reach, 0)'
    ) }} as changed_word_of_mouth_balance,
    profile
from changed
