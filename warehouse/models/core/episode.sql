{{ config(
    materialized="incremental", unique_key="mention_id", incremental_strategy="delete+insert", on_schema_change="fail"
) }}
{%- set newest = "(select max(episode_loaded_at) from " ~ this ~ ")" %}

-- What each mention tells of each brand, and when it says something new. The first label stays where it was told;
-- an edit that tells another experience (bad, good) is an episode of its own at the time of the edit.
with
{%- if is_incremental() %} touched as (
    select mention_id from {{ ref('mention') }} where mention_loaded_at > {{ newest }}
    union
    select mention_id from {{ source('raw', 'mention_brand') }} where brand_loaded_at > {{ newest }}
    union
    select mention_id from {{ source('raw', 'classification') }} where classification_loaded_at > {{ newest }}
    union
    select mention_id from {{ source('raw', 'override') }} where coalesce(override_loaded_at > {{ newest }}, true)
    union
    select mention_id from {{ this }} where label_basis = 'person'  -- few; a label may have been taken back
),
{%- endif %}

{%- set only_touched = 'semi join touched using (mention_id)' if is_incremental() else '' %}
wanted as (
    select mention_id, version_no
    from {{ source('raw', 'mention_version') }} {{ only_touched }}
),

{{ labelled(are_all=not is_incremental()) }},

once as (  -- nearly all mentions: never edited, so nothing to compare
    select
        labelled.*,
        1 as episode_no,
        false as is_recovered
    from labelled
    inner join {{ ref('mention') }} as mention on labelled.mention_id = mention.mention_id
    where not mention.is_edited
),

edited as (
    select
        labelled.*,
        lag(labelled.label) over (
            partition by labelled.mention_id, labelled.brand order by labelled.version_no
        ) as label_before
    from labelled
    inner join {{ ref('mention') }} as mention on labelled.mention_id = mention.mention_id
    where mention.is_edited and (labelled.version_no = 1 or labelled.label in ('bad', 'good'))
),

told as (
    select * from once
    union all
    select
        * exclude (label_before),
        row_number() over in_order,
        coalesce(label = 'bad' and lead(label) over in_order = 'good', false)
    from edited
    where version_no = 1 or label is distinct from label_before
    window in_order as (partition by mention_id, brand order by version_no)
),

dated as (
    select
        told.*,
        version.source,
        version.channel,
        case
            when told.episode_no = 1 then mention.told_at
            else greatest(mention.told_at, coalesce(version.edited_at, version.seen_at))
        end as told_at,
        version.rating * 5 / version.rating_max as rating_of_five,
        -- an author's id is unique only within the source; a person key is the same on all channels
        case when not mention.is_gone
            then coalesce(version.person_key, version.source || ':' || version.author_id) end as author_key,
        signature.text_hash,
        version.repost_of is not null as is_repost,
        version.person_key is not null as is_linked,
        {{ observed_audience(
            'null', 'mention.view_count', 'null', '1', 'null', '1', 'mention.follower_count', var('follower_reach')
        ) }} as audience,
        mention.repost_count,
        mention.place_id,
        greatest(clock.clock_loaded_at, mention.mention_loaded_at, told.label_loaded_at) as episode_loaded_at
    from told
    inner join {{ source('raw', 'mention_version') }} as version
        on told.mention_id = version.mention_id and told.version_no = version.version_no
    inner join {{ ref('mention') }} as mention on told.mention_id = mention.mention_id
    -- by one key first: a join by two reads all rows of the millions that nothing touched
    left join (from {{ source('raw', 'signature') }} {{ only_touched }}) as signature
        on told.mention_id = signature.mention_id and told.version_no = signature.version_no
    cross join {{ source('raw', 'clock') }} as clock
)

select
    dated.mention_id,
    dated.brand,
    dated.episode_no::integer as episode_no,
    dated.version_no,
    dated.source,
    dated.channel,
    dated.told_at,
    timezone(brand.time_zone, dated.told_at)::date as told_date,
    dated.label,
    dated.label_basis,
    dated.p_bad,
    dated.p_neutral,
    dated.p_good,
    dated.compound,
    dated.drivers,
    dated.emotions,
    dated.is_leaving,
    dated.is_wow,
    dated.is_repaired,
    dated.rating_of_five,
    dated.is_recovered,
    -- 64 bits are enough to compare by, and a tenth of the work
    md5_number_lower(dated.author_key) as author_key,
    md5_number_lower(dated.text_hash) as text_key,
    dated.is_repost,
    dated.is_linked,
    dated.audience,
    dated.repost_count,
    dated.place_id,
    dated.episode_loaded_at
from dated
inner join {{ source('raw', 'brand') }} as brand on dated.brand = brand.brand
