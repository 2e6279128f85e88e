{{ config(
    materialized="incremental", unique_key=["mention_id", "brand", "episode_no"], incremental_strategy="merge",
    on_schema_change="fail",
    merge_clauses={
        "when_matched": [
            {"condition": "DBT_INTERNAL_SOURCE.duplicate_rule is null", "action": "delete"},
            {"action": "update", "mode": "by_name"},
        ],
        "when_not_matched": [
            {"condition": "DBT_INTERNAL_SOURCE.duplicate_rule is not null", "action": "insert", "mode": "by_name"},
        ],
    },
) }}
{%- set newest = "(select coalesce(max(duplicate_loaded_at), '-infinity') from " ~ this ~ ")" %}
{%- set keys = {'author': 'author_key', 'text': 'text_key'} %}

-- Which tellings repeat another one: same brand, same label, the same author or (nearly) the same words, at most 30 days
-- after the telling before it. The first counts; one more counts after 30 days of silence. Reposts never count. What was
-- found before words or people were taken away stays found.
--
-- A build that takes in what is new looks again at what that can change: tellings that share an author or words with it,
-- that repeated the same telling as it, that it is an original or a near copy of. Those that repeat nothing (any more)
-- have no rule here and lose their row.
with
{%- if is_incremental() %} touched as (
    select mention_id from {{ ref('episode') }} where episode_loaded_at > {{ newest }}
    union
    select mention_id from {{ ref('mention') }} where mention_loaded_at > {{ newest }}
),

seed as (
    from touched
    union
    select mention_id
    from {{ this }}
    where
        duplicate_of in (from touched)
        or duplicate_of in (select duplicate_of from {{ this }} where mention_id in (from touched))
    union
    select mention_id from {{ source('raw', 'gone_duplicate') }} where duplicate_of in (from touched)
    union
    select mention_id from {{ source('raw', 'near_copy') }}
    where near_loaded_at > {{ newest }} or copy_of in (from touched)
    union
    select repost.mention_id
    from (select * from {{ ref('mention') }} where repost_of is not null) as repost
    inner join {{ ref('mention') }} as original
        on repost.source = original.source
        and repost.namespace = original.namespace
        and repost.repost_of = original.native_id
    where original.mention_loaded_at > {{ newest }}
),

{%- for key in keys.values() %}
seeded_{{ key }} as materialized (
    select distinct brand, {{ key }} from {{ ref('episode') }} where {{ key }} is not null and mention_id in (from seed)
),
{%- endfor %}

looked_at as (
    select mention_id, brand, episode_no from {{ ref('episode') }} where mention_id in (from seed)
    {%- for key in keys.values() %}
    union
    select mention_id, brand, episode_no
    from (  -- by one key first: a join by two reads all rows of the millions that share nothing
        from {{ ref('episode') }} where {{ key }} in (select {{ key }} from seeded_{{ key }})
    )
    semi join seeded_{{ key }} using ({{ key }}, brand)
    {%- endfor %}
    union  -- a telling that an edit or another label took away
    select mention_id, brand, episode_no from {{ this }} where mention_id in (from seed)
),
{%- endif %}

{%- for rule, key in keys.items() %}

{%- if is_incremental() %}
around_{{ key }} as materialized (
    select distinct brand, {{ key }} from {{ ref('episode') }} where mention_id in (select mention_id from looked_at)
),
{%- endif %}

{{ rule }}_shared as (  -- nearly nobody says anything twice: only those are put in order
    select brand, label, {{ key }}
    {%- if is_incremental() %}
    from (from {{ ref('episode') }} where {{ key }} in (select {{ key }} from around_{{ key }}))
    semi join around_{{ key }} using (brand, {{ key }})
    {%- else %}
    from {{ ref('episode') }}
    {%- endif %}
    where
        {{ key }} is not null
        and label is not null
        and not is_repost
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
    from (select * from {{ ref('mention') }} where repost_of is not null) as repost
    inner join {{ ref('mention') }} as original
        on repost.source = original.source
        and repost.namespace = original.namespace
        and repost.repost_of = original.native_id
    group by repost.mention_id
),

copied as materialized (
    from {{ ref('episode') }} where mention_id in (select copy_of from {{ source('raw', 'near_copy') }})
),

near as (
    select
        later.mention_id,
        later.brand,
        later.episode_no,
        arg_min(earlier.mention_id, (earlier.told_at, earlier.mention_id)) as duplicate_of
    from (
        from {{ source('raw', 'near_copy') }}
        {%- if is_incremental() %}
        where mention_id in (select mention_id from looked_at)
        {%- endif %}
    ) as pair
    inner join {{ ref('episode') }} as later on pair.mention_id = later.mention_id and later.episode_no = 1
    inner join copied as earlier
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
),

repeat as (
    select mention_id, brand, episode_no, duplicate_of, duplicate_rule
    from found
    qualify row_number() over (
        partition by mention_id, brand, episode_no
        order by list_position(['author', 'text', 'near', 'repost'], duplicate_rule), duplicate_of
    ) = 1
)

select
    {{ 'looked_at' if is_incremental() else 'repeat' }}.mention_id,
    {{ 'looked_at' if is_incremental() else 'repeat' }}.brand,
    {{ 'looked_at' if is_incremental() else 'repeat' }}.episode_no,
    repeat.duplicate_of,
    repeat.duplicate_rule,
    (select max(episode_loaded_at) from {{ ref('episode') }}) as duplicate_loaded_at
{%- if is_incremental() %}
from looked_at
left join repeat
    on looked_at.mention_id = repeat.mention_id
    and looked_at.brand = repeat.brand
    and looked_at.episode_no = repeat.episode_no
{%- else %}
from repeat
{%- endif %}
