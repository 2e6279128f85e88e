{{ config(materialized="view") }}

-- The narrow fact that everything is counted from: no words, no people.
select
    episode.mention_id,
    episode.brand,
    episode.episode_no,
    episode.version_no,
    episode.source,
    episode.channel,
    episode.told_at,
    episode.told_date,
    episode.label,
    episode.label_basis,
    episode.p_bad,
    episode.p_neutral,
    episode.p_good,
    episode.compound,
    episode.drivers,
    episode.emotions,
    episode.is_leaving,
    episode.is_wow,
    episode.is_repaired,
    episode.rating_of_five,
    duplicate.mention_id is not null as is_duplicate,
    duplicate.duplicate_of,
    episode.is_recovered,
    episode.is_linked,
    episode.audience,
    episode.repost_count,
    episode.place_id
from {{ ref('episode') }} as episode
left join {{ ref('duplicate') }} as duplicate
    on episode.mention_id = duplicate.mention_id
    and episode.brand = duplicate.brand
    and episode.episode_no = duplicate.episode_no
