-- What was told of each brand on each day, by source. Only days on which something was told, up to the run's as_of: a date
-- after it is mistaken, or not yet due (marts.source_health counts those).
{%- set age = "date_diff('second', told_at, clock.as_of) / 60" %}
select
    brand,
    source,
    channel,
    told_date,
    count(*) filter (where episode_no = 1) as mention_count,
    count(*) filter (where episode_no > 1) as changed_count,
    count(*) filter (where label = 'bad' and not is_duplicate) as bad_count,
    count(*) filter (where label = 'neutral' and not is_duplicate) as neutral_count,
    count(*) filter (where label = 'good' and not is_duplicate) as good_count,
    count(*) filter (where label is null and not is_duplicate) as unscored_count,
    {%- for label in ['bad', 'neutral', 'good'] %}
    count(*) filter (where label = '{{ label }}' and label_basis = 'text' and not is_duplicate) as text_{{ label }}_count,
    {%- endfor %}
    {%- for valence in ['bad', 'good'] %}
    {%- set counted = "label = '" ~ valence ~ "' and not is_duplicate" %}
    count(audience) filter (where {{ counted }}) as {{ valence }}_audience_count,
    coalesce(sum(audience) filter (where {{ counted }}), 0) as {{ valence }}_audience_sum,
    count(*) filter (where {{ counted }} and is_linked) as {{ valence }}_linked_count,
    coalesce(sum(repost_count) filter (where {{ counted }}), 0)::bigint as {{ valence }}_repost_count,
    coalesce(sum({{ retold_so_far(
        'repost_count', age, var('repost_half_life_minutes')
    ) }}) filter (where {{ counted }}), 0)::double as {{ valence }}_retold_sum,
    {%- endfor %}
    count(*) filter (where is_duplicate) as duplicate_count,
    count(*) filter (where is_recovered and not is_duplicate) as recovered_count,
    count(rating_of_five) filter (where not is_duplicate) as rating_count,
    coalesce(sum(rating_of_five) filter (where not is_duplicate), 0) as rating_sum
from {{ ref('experience') }}
cross join {{ source('raw', 'clock') }} as clock
where told_at <= clock.as_of
group by brand, source, channel, told_date
