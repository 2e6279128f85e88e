{{ config(
    materialized="incremental", unique_key="mention_id", incremental_strategy="delete+insert", on_schema_change="fail"
) }}
{%- set newest = "(select max(mention_loaded_at) from " ~ this ~ ")" %}

{%- set only = {} %}
{%- if is_incremental() %}
{%- set touched %}
    select mention_id from {{ source('raw', 'mention_state') }} where state_loaded_at > {{ newest }}
    union
    select mention_id from {{ source('raw', 'mention_version') }} where version_loaded_at > {{ newest }}
    union
    select mention_id from {{ source('raw', 'signature') }} where signature_loaded_at > {{ newest }}
{% endset %}
{%- for table, stamp in {'mention_version': 'version_loaded_at', 'signature': 'signature_loaded_at'}.items() %}
{%- do only.update({table: 'semi join touched using (mention_id) where ' ~ stamp ~ ' >= '
    ~ loaded_from(source('raw', table), stamp, touched)}) %}
{%- endfor %}
{%- endif %}

-- What a mention is now. Its first telling stays where it was: told_at comes from the first version.
-- Gone mentions lose words, link and people, and whatever leads back to them; the rest stays, so that history holds.
with
{%- if is_incremental() %} touched as ({{ touched }}),
{%- endif %}

first_version as (  -- of those that have another one: few
    select version.mention_id, version.published_at
    from {{ source('raw', 'mention_version') }} as version
    semi join (
        select mention_id from {{ source('raw', 'mention_state') }} where current_version_no > 1
    ) as state on version.mention_id = state.mention_id
    where version.version_no = 1
)

select
    state.mention_id,
    current_version.source,
    current_version.namespace,
    current_version.native_id,
    current_version.kind,
    current_version.channel,
    case when not gone.is_gone then state.url end as url,
    case when not gone.is_gone then current_version.author_id end as author_id,
    case when not gone.is_gone then current_version.person_key end as person_key,
    case when not gone.is_gone then signature.public_title end as title,
    case when not gone.is_gone then signature.public_text end as text,
    coalesce(current_version.language, signature.detected_language) as language,
    current_version.published_at,
    current_version.edited_at,
    coalesce(
        if(state.current_version_no > 1, first_version.published_at, current_version.published_at), state.first_seen_at
    ) as told_at,
    state.first_seen_at,
    current_version.rating,
    current_version.rating_max,
    case when not gone.is_gone then current_version.thread_id end as thread_id,
    case when not gone.is_gone then current_version.parent_id end as parent_id,
    case when not gone.is_gone then current_version.repost_of end as repost_of,
    current_version.place_id,
    current_version.product_id,
    current_version.team_id,
    current_version.staff_id,
    state.view_count,
    state.like_count,
    state.repost_count,
    state.reply_count,
    state.helpful_count,
    state.follower_count,
    state.has_reply,
    state.reply_at,
    case when gone.is_gone then 'gone' else current_version.visibility end as visibility,
    state.current_version_no as version_no,
    state.current_version_no > 1 as is_edited,
    gone.is_gone,
    greatest(
        state.state_loaded_at, current_version.version_loaded_at, signature.signature_loaded_at
    ) as mention_loaded_at
from {{ source('raw', 'mention_state') }} as state
{%- if is_incremental() %}
semi join touched on state.mention_id = touched.mention_id
{%- endif %}
-- by one key first: a join by two reads all rows of the millions that nothing touched
inner join (from {{ source('raw', 'mention_version') }} {{ only.mention_version }}) as current_version
    on state.mention_id = current_version.mention_id and state.current_version_no = current_version.version_no
left join first_version on state.mention_id = first_version.mention_id
left join (from {{ source('raw', 'signature') }} {{ only.signature }}) as signature
    on state.mention_id = signature.mention_id and state.current_version_no = signature.version_no
left join {{ source('raw', 'tombstone') }} as tombstone on state.mention_id = tombstone.mention_id
cross join lateral (
    select tombstone.mention_id is not null or current_version.visibility = 'gone' as is_gone
) as gone
