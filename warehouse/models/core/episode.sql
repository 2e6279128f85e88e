-- What each mention tells of each brand, and when it says something new. The first label stays where it was told;
-- an edit that tells another experience (bad, good) is an episode of its own at the time of the edit.
with wanted as (select mention_id, version_no from {{ source('raw', 'mention_version') }}),

{{ labelled() }},

told as (
    select
        labelled.*,
        version.source,
        version.channel,
        mention.told_at as first_told_at,
        coalesce(version.edited_at, version.seen_at) as changed_at,
        version.rating * 5 / version.rating_max as rating_of_five,
        -- an author's id is unique only within the source; a person key is the same on all channels
        case when not mention.is_gone
            then coalesce(version.person_key, version.source || ':' || version.author_id) end as author_key,
        signature.text_hash,
        version.repost_of is not null as is_repost,
        lag(labelled.label) over (
            partition by labelled.mention_id, labelled.brand order by labelled.version_no
        ) as label_before
    from labelled
    inner join {{ source('raw', 'mention_version') }} as version
        on labelled.mention_id = version.mention_id and labelled.version_no = version.version_no
    inner join {{ ref('mention') }} as mention on labelled.mention_id = mention.mention_id
    left join {{ source('raw', 'signature') }} as signature
        on labelled.mention_id = signature.mention_id and labelled.version_no = signature.version_no
    where labelled.version_no = 1 or labelled.label in ('bad', 'good')
),

numbered as (
    select
        *,
        row_number() over in_order as episode_no,
        case when episode_no = 1 then first_told_at else greatest(first_told_at, changed_at) end as told_at,
        lead(label) over in_order as label_after
    from told
    where version_no = 1 or label is distinct from label_before
    window in_order as (partition by mention_id, brand order by version_no)
)

select
    mention_id,
    brand,
    episode_no::integer as episode_no,
    version_no,
    source,
    channel,
    told_at,
    timezone(time_zone, told_at)::date as told_date,
    label,
    label_basis,
    p_bad,
    p_neutral,
    p_good,
    compound,
    rating_of_five,
    coalesce(label = 'bad' and label_after = 'good', false) as is_recovered,
    author_key,
    text_hash,
    is_repost,
    time_zone
from numbered
