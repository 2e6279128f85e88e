-- What was told of each place, as seen: too few a place for estimates of their own.
with told as (
    select *
    from {{ ref('experience') }}
    where place_id is not null and told_at <= {{ as_of() }}
)

{%- for kind in period_kinds() if kind != 'day' %}
select
    brand,
    source,
    place_id,
    '{{ kind }}' as period_kind,
    {{ period_start(kind, 'told_date') }} as period_start_date,
    {{ period_name(kind, period_start(kind, 'told_date')) }} as period_name,
    count(*) filter (where episode_no = 1) as mention_count,
    count(*) filter (where label = 'bad' and not is_duplicate) as bad_count,
    count(*) filter (where label = 'neutral' and not is_duplicate) as neutral_count,
    count(*) filter (where label = 'good' and not is_duplicate) as good_count,
    count(*) filter (where is_duplicate) as duplicate_count,
    {{ share_of(
        "count(*) filter (where label = 'good' and not is_duplicate)",
        "count(*) filter (where label = 'bad' and not is_duplicate)"
    ) }} as observed_positive_share,
    avg(rating_of_five) filter (where not is_duplicate) as average_rating,
    count(rating_of_five) filter (where not is_duplicate) as rating_count
from told
group by brand, source, place_id, period_start_date
{{- " union all" if not loop.last }}
{%- endfor %}
