-- What was told of each brand on each day, by source. Only days on which something was told, up to the run's as_of: a date
-- after it is mistaken, or not yet due (marts.source_health counts those). Tellings that are alike in all that is told apart
-- here are added up first, in one look at all of them: choosing among them for each figure costs more than twice as much.
{%- set as_of = as_of() %}
{%- set age = "(epoch_us(" ~ as_of ~ ") - epoch_us(told_at)) / 6e7" %}
with alike as (
    select
        brand,
        source,
        channel,
        told_date,
        case when is_duplicate then 'repeat' else coalesce(label, 'unscored') end as counted_as,
        label_basis = 'text' as is_text,
        count(*) as telling_count,
        count(*) filter (where episode_no = 1) as first_count,
        count(audience) as audience_count,
        sum(audience) as audience_sum,
        count(*) filter (where is_linked) as linked_count,
        sum(repost_count) as repost_count,
        sum({{ retold_so_far('repost_count', age, var('repost_half_life_minutes')) }}) as retold_sum,
        count(*) filter (where is_recovered) as recovered_count,
        count(rating_of_five) as rating_count,
        sum(rating_of_five) as rating_sum
    from {{ ref('experience') }}
    where told_at <= {{ as_of }}
    group by all
)

select
    brand,
    source,
    channel,
    told_date,
    sum(first_count)::bigint as mention_count,
    sum(telling_count - first_count)::bigint as changed_count,
    {%- for label in ['bad', 'neutral', 'good', 'unscored'] %}
    coalesce(sum(telling_count) filter (where counted_as = '{{ label }}'), 0)::bigint as {{ label }}_count,
    {%- endfor %}
    {%- for label in ['bad', 'neutral', 'good'] %}
    coalesce(sum(telling_count) filter (where counted_as = '{{ label }}' and is_text), 0)::bigint as text_{{ label }}_count,
    {%- endfor %}
    {%- for valence in ['bad', 'good'] %}
    {%- for sum in ['audience_count', 'audience_sum', 'linked_count', 'repost_count', 'retold_sum'] %}
    coalesce(sum({{ sum }}) filter (where counted_as = '{{ valence }}'), 0)::{{ 'double' if sum.endswith('_sum') else 'bigint' }}
        as {{ valence }}_{{ sum }},
    {%- endfor %}
    {%- endfor %}
    coalesce(sum(telling_count) filter (where counted_as = 'repeat'), 0)::bigint as duplicate_count,
    {%- for sum in ['recovered_count', 'rating_count', 'rating_sum'] %}
    coalesce(sum({{ sum }}) filter (where counted_as <> 'repeat'), 0)::{{ 'double' if sum.endswith('_sum') else 'bigint' }}
        as {{ sum }}{{ "," if not loop.last }}
    {%- endfor %}
from alike
group by brand, source, channel, told_date
