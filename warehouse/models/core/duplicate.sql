-- Which tellings repeat another one: same brand, same label, the same author or (nearly) the same words, at most 30 days
-- after the telling before it. The first counts; one more counts after 30 days of silence. Reposts never count. What was
-- found before words or people were taken away stays found.
{%- set keys = {'author': 'author_key', 'text': 'text_key'} %}
with
{%- for rule, key in keys.items() %}

{{ rule }}_shared as (  -- nearly nobody says anything twice: only those are put in order
    select brand, label, {{ key }}
    from {{ ref('episode') }}
    where {{ key }} is not null and label is not null and not is_repost
    group by brand, label, {{ key }}
    having count(*) > 1
),
{%- endfor %}

told_by as (
    {%- for rule, key in keys.items() %}
    select
        episode.mention_id, episode.brand, episode.episode_no, episode.told_at, episode.label,
        '{{ rule }}' as duplicate_rule, episode.{{ key }} as shared_key
    from {{ ref('episode') }} as episode
    semi join {{ rule }}_shared as shared
        on episode.{{ key }} = shared.{{ key }} and episode.brand = shared.brand and episode.label = shared.label
    where not episode.is_repost
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

spaced as (
    select
        *,
        lag(told_at) over in_order as told_before,
        lag(mention_id) over in_order as mention_before
    from told_by
    window in_order as (partition by duplicate_rule, brand, shared_key, label order by told_at, mention_id, episode_no)
),

grouped as (
    select
        *,
        -- a mention that is edited there and back is no copy of itself
        coalesce(told_at - told_before <= interval 30 days and mention_before <> mention_id, false) as is_repeat,
        last_value(case when not is_repeat then mention_id end ignore nulls) over (
            partition by duplicate_rule, brand, shared_key, label order by told_at, mention_id, episode_no
            rows between unbounded preceding and current row
        ) as first_mention_id
    from spaced
),

original as (
    select repost.mention_id, min(original.mention_id) as original_id
    from {{ ref('mention') }} as repost
    inner join {{ ref('mention') }} as original
        on repost.source = original.source
        and repost.namespace = original.namespace
        and repost.repost_of = original.native_id
    group by repost.mention_id
),

near as (
    select
        later.mention_id,
        later.brand,
        later.episode_no,
        arg_min(earlier.mention_id, (earlier.told_at, earlier.mention_id)) as duplicate_of
    from {{ source('raw', 'near_copy') }} as pair
    inner join {{ ref('episode') }} as later on pair.mention_id = later.mention_id and later.episode_no = 1
    inner join {{ ref('episode') }} as earlier
        on pair.copy_of = earlier.mention_id
        and earlier.episode_no = 1
        and later.brand = earlier.brand
        and later.label = earlier.label
        and later.told_at between earlier.told_at and earlier.told_at + interval 30 days
    where not later.is_repost and not earlier.is_repost
    group by later.mention_id, later.brand, later.episode_no
),

found as (
    select mention_id, brand, episode_no, first_mention_id as duplicate_of, duplicate_rule
    from grouped
    where is_repeat
    union all
    select mention_id, brand, episode_no, duplicate_of, 'near'
    from near
    union all
    select gone.mention_id, gone.brand, gone.episode_no, gone.duplicate_of, gone.duplicate_rule
    from {{ source('raw', 'gone_duplicate') }} as gone
    inner join {{ ref('episode') }} as episode
        on gone.mention_id = episode.mention_id
        and gone.brand = episode.brand
        and gone.episode_no = episode.episode_no
        and gone.label is not distinct from episode.label
    union all
    select episode.mention_id, episode.brand, episode.episode_no, original.original_id, 'repost'
    from {{ ref('episode') }} as episode
    left join original on episode.mention_id = original.mention_id
    where episode.is_repost
)

select mention_id, brand, episode_no, duplicate_of, duplicate_rule
from found
qualify row_number() over (
    partition by mention_id, brand, episode_no
    order by list_position(['author', 'text', 'near', 'repost'], duplicate_rule), duplicate_of
) = 1
