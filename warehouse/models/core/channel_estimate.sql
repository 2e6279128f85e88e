-- What each collected channel says about a period, one row per valence: the count, the coverage that held while it was
-- told (weighted by the tellings, so that count / (rate x coverage) is the sum of the days' own; of a channel that was
-- added or lost on the way only the part of the days on which it was listened to), the rate's moments, and the weight in
-- the pooled estimate. Labels read from words err at measured rates: the count that the estimate rests
-- on is corrected for that, those of ratings and of people are exact (transforms/prevalence.py). Channels whose coverage is known are pooled by information; where one is
-- unknown all figures are lower bounds, which are not averaged: the channel that stands for most over all time stands
-- alone, the same one in every period in which it was collected, so that a chart does not jump between channels.
with by_period as (
    {%- for kind in period_kinds() %}
    select
        brand,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'told_date') }} as period_start_date,
        channel,
        bool_and(is_coverage_known) as is_coverage_known,
        avg(coverage) as day_coverage,
        avg(coverage_inverse_mean) as day_inverse_mean,
        avg(coverage_inverse_square_mean) as day_inverse_square_mean,
        avg(coverage_log_variance) as day_log_variance,
        sum(text_bad_count) as text_bad,
        sum(text_neutral_count) as text_neutral,
        sum(text_good_count) as text_good
        {%- for count in beside_counts() if not count.startswith('text_') %},
        sum({{ count }}) as {{ count }}
        {%- endfor %}
        {%- for valence in ['bad', 'good'] %},
        sum({{ valence }}_count) as {{ valence }}_count,
        sum({{ valence }}_count / coverage) as {{ valence }}_over_coverage,
        sum({{ valence }}_count * coverage_inverse_mean) as {{ valence }}_inverse_mean,
        sum({{ valence }}_count * coverage_inverse_square_mean) as {{ valence }}_inverse_square_mean,
        sum({{ valence }}_count * coverage_log_variance) as {{ valence }}_log_variance
        {%- endfor %}
    from {{ ref('channel_day') }}
    group by brand, period_start_date, channel
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

by_valence as (
    {%- for valence in ['bad', 'good'] %}
    select
        brand,
        period_kind,
        period_start_date,
        channel,
        '{{ valence }}' as valence,
        is_coverage_known,
        {{ valence }}_count as observed_count,
        {{ valence }}_count - text_{{ valence }} as exact_count,
        exact_count + {{ true_count(valence, 'text_bad', 'text_neutral', 'text_good') }} as corrected_count,
        {{ label_noise(valence, 'text_bad', 'text_neutral', 'text_good') }} as label_noise,
        {{ label_doubt(valence, 'text_bad', 'text_neutral', 'text_good') }} as label_doubt,
        {{ label_covariance('text_bad', 'text_neutral', 'text_good') }} as label_covariance,
        text_bad + text_neutral + text_good as text_count,
        correction.is_measured,
        {%- for count in ['audience_count', 'audience_sum', 'linked_count', 'retold_sum', 'repost_count'] %}
        {{ valence }}_{{ count }} as {{ count }},
        {%- endfor %}
        coalesce({{ valence }}_count / nullif({{ valence }}_over_coverage, 0), day_coverage) as coverage,
        coalesce({{ valence }}_inverse_mean / nullif({{ valence }}_count, 0), day_inverse_mean)
            as coverage_inverse_mean,
        coalesce({{ valence }}_inverse_square_mean / nullif({{ valence }}_count, 0), day_inverse_square_mean)
            as coverage_inverse_square_mean,
        coalesce({{ valence }}_log_variance / nullif({{ valence }}_count, 0), day_log_variance) as coverage_log_variance
    from by_period
    cross join {{ ref('correction') }} as correction
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

rate as (
    select
        *,
        {{ rate_mean('rate_alpha', 'rate_beta') }} as rate_mean,
        {{ rate_inverse_mean('rate_alpha', 'rate_beta') }} as rate_inverse_mean,
        {{ rate_inverse_square_mean('rate_alpha', 'rate_beta') }} as rate_inverse_square_mean,
        {{ rate_relative_variance('rate_alpha', 'rate_beta') }} as rate_variance
    from {{ source('raw', 'rate_profile') }}
    where is_current
),

retold as (  -- how often a telling is told on, from its reposts over all time; a channel without any keeps the default
    select
        brand,
        channel,
        valence,
        {{ retold_mean('sum(retold_sum)', 'sum(repost_count)') }} as reproduction,
        {{ retold_variance('sum(retold_sum)', 'sum(repost_count)') }} as reproduction_variance
    from by_valence
    where period_kind = 'year'
    group by brand, channel, valence
),

opposite as (  -- the other sign of the evidence, by which each headline is checked
    select channel, valence, share_rate
    from {{ source('raw', 'rate_profile') }}
    where profile = 'satisfied_post_more'
),

heard as (
    select
        by_valence.brand,
        by_valence.channel,
        sum(greatest(by_valence.corrected_count, by_valence.exact_count) / rate.share_rate / by_valence.coverage) as total
    from by_valence
    inner join rate on by_valence.channel = rate.channel and by_valence.valence = rate.valence
    where by_valence.period_kind = 'year'
    group by by_valence.brand, by_valence.channel
),

{{ listened() }},

by_listening as (  -- with unknown coverage all is "at least", lost or not
    select
        listened.period_no,
        by_valence.* replace (
            coverage * heard_part as coverage,
            coverage_inverse_mean / heard_part as coverage_inverse_mean,
            coverage_inverse_square_mean / pow(heard_part, 2) as coverage_inverse_square_mean
        )
    from by_valence
    inner join listened
        on by_valence.brand = listened.brand
        and by_valence.period_kind = listened.period_kind
        and by_valence.period_start_date = listened.period_start_date
        and by_valence.channel = listened.channel,
    lateral (select if(is_coverage_known, listened.part, 1) as heard_part)
),

rated as (
    select
        by_valence.*,
        greatest(by_valence.corrected_count, by_valence.exact_count) as heard_count,
        rate.share_rate * by_valence.coverage as capture_probability,
        other.share_rate * by_valence.coverage as other_probability,
        opposite.share_rate * by_valence.coverage as opposite_probability,
        retold.reproduction,
        retold.reproduction_variance,
        rate.share_rate,
        rate.rate_inverse_mean * by_valence.coverage_inverse_mean as inverse_mean,
        rate.rate_inverse_square_mean * by_valence.coverage_inverse_square_mean as inverse_square_mean,
        rate.rate_mean,
        rate.rate_variance,
        rate.audience_mean,
        rate.profile,
        bool_and(by_valence.is_coverage_known) over (partition by by_valence.period_no) as is_every_coverage_known,
        first(by_valence.channel) over (
            partition by by_valence.period_no
            order by heard.total desc, by_valence.channel
        ) as lead_channel
    from by_listening as by_valence
    inner join rate on by_valence.channel = rate.channel and by_valence.valence = rate.valence
    inner join rate as other on by_valence.channel = other.channel and by_valence.valence != other.valence
    inner join retold
        on by_valence.brand = retold.brand
        and by_valence.channel = retold.channel
        and by_valence.valence = retold.valence
    left join opposite on by_valence.channel = opposite.channel and by_valence.valence = opposite.valence
    inner join heard on by_valence.brand = heard.brand and by_valence.channel = heard.channel
)

select
    period_no,
    brand,
    period_kind,
    period_start_date,
    channel,
    valence,
    observed_count::bigint as observed_count,
    corrected_count,
    heard_count,
    greatest(heard_count - 1.6448536269514722 * sqrt(label_noise + pow(label_doubt, 2)), exact_count)::double
        as least_count,
    label_noise,
    label_doubt,
    label_covariance / capture_probability / other_probability as label_covariance,
    case
        when text_count = 0 then 'exact'
        when is_measured then 'corrected'
        else 'as labelled'
    end as correction_basis,
    is_coverage_known,
    coverage,
    coverage_log_variance,
    capture_probability,
    case
        when is_every_coverage_known then {{ channel_weight('capture_probability') }}
        when channel = lead_channel then 1
        else 0
    end::double as weight,
    opposite_probability,
    case
        when opposite_probability is null then null
        when is_every_coverage_known then {{ channel_weight('opposite_probability') }}
        when channel = lead_channel then 1
        else 0
    end::double as opposite_weight,
    audience_count::bigint as audience_count,
    audience_sum,
    linked_count::bigint as linked_count,
    reproduction,
    reproduction_variance,
    inverse_mean,
    inverse_square_mean,
    share_rate,
    rate_mean,
    rate_variance,
    audience_mean,
    profile
from rated
