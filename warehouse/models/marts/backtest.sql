-- Does a figure go with what the brand measured itself, or before it? The star average stands beside ours as the rival.
with figure as (
    {%- for metric in relation_metrics() %}
    select brand, period_kind, period_start_date, '{{ metric }}' as metric, {{ metric }} as figure
    from {{ ref('brand_period') }}
    where is_complete and {{ metric }} is not null
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

paired as (
    select
        outcome.brand,
        outcome.series,
        outcome.period_kind,
        delay.lag_count,
        figure.metric,
        figure.period_start_date,
        figure.figure,
        outcome.outcome_value
    from {{ ref('outcome_period') }} as outcome
    cross join (select unnest(range({{ relation_lags() }})) as lag_count) as delay
    inner join figure
        on outcome.brand = figure.brand
        and outcome.period_kind = figure.period_kind
        and outcome.period_start_date = (
            figure.period_start_date + delay.lag_count * case outcome.period_kind
                {%- for kind in period_kinds() if kind != 'day' %}
                when '{{ kind }}' then {{ period_length(kind) }}
                {%- endfor %}
            end
        )::date
),

ranked as (  -- equal values share the mean of their ranks
    select
        *,
        rank() over (partition by brand, series, metric, lag_count order by figure)
        + (count(*) over (partition by brand, series, metric, lag_count, figure) - 1) / 2 as figure_rank,
        rank() over (partition by brand, series, metric, lag_count order by outcome_value)
        + (count(*) over (partition by brand, series, metric, lag_count, outcome_value) - 1) / 2 as outcome_rank
    from paired
),

followed as (
    select
        *,
        lag(figure_rank) over before as figure_rank_before,
        lag(outcome_rank) over before as outcome_rank_before
    from ranked
    window before as (partition by brand, series, metric, lag_count order by period_start_date)
),

related as (
    select
        brand,
        series,
        metric,
        period_kind,
        lag_count,
        count(*) as pair_count,
        if(count(distinct figure) > 1 and count(distinct outcome_value) > 1, corr(figure_rank, outcome_rank), null)
            as rank_correlation,
        {{ effective_pairs(
            'count(*)', 'corr(figure_rank, figure_rank_before)', 'corr(outcome_rank, outcome_rank_before)'
        ) }} as effective_pair_count
    from followed
    group by brand, series, metric, period_kind, lag_count
),

ranged as (
    select
        *,
        {{ correlation_end('rank_correlation', 'effective_pair_count', -1.6449) }} as rank_correlation_low,
        {{ correlation_end('rank_correlation', 'effective_pair_count', 1.6449) }} as rank_correlation_high,
        -- 0.05 a side over twenty looks at a series
        {{ correlation_end('rank_correlation', 'effective_pair_count', -2.8070) }} > 0
        or {{ correlation_end('rank_correlation', 'effective_pair_count', 2.8070) }} < 0 as is_beyond_chance
    from related
    where pair_count >= {{ var('min_n') }}
)

select
    brand,
    series,
    metric,
    period_kind,
    lag_count,
    pair_count,
    effective_pair_count,
    rank_correlation,
    rank_correlation_low,
    rank_correlation_high,
    coalesce(is_beyond_chance, false) as is_finding,
    metric = 'average_rating' as is_rival
from ranged
