{{ config(materialized="view") }}

-- Each mention as it stands now, once for each brand it is about. Words only where the source's terms allow them.
select
    mention.mention_id,
    first_told.brand,
    brand.brand_name,
    mention.source,
    mention.channel,
    mention.kind,
    mention.published_at,
    mention.told_at,
    first_told.told_date,
    date_trunc('week', first_told.told_date)::date as week_start_date,
    case when source.publishes_text then mention.title end as title,
    case when source.publishes_text then mention.text end as text,
    mention.url,
    mention.rating,
    mention.rating_max,
    mention.language,
    case when mention.is_edited then edited.label else first_told.label end as label,
    first_told.label as first_label,
    case when mention.is_edited then edited.label_basis else first_told.label_basis end as label_basis,
    case when mention.is_edited then edited.p_bad else first_told.p_bad end as p_bad,
    case when mention.is_edited then edited.p_neutral else first_told.p_neutral end as p_neutral,
    case when mention.is_edited then edited.p_good else first_told.p_good end as p_good,
    case when mention.is_edited then edited.compound else first_told.compound end as compound,
    case when mention.is_edited then edited.drivers else first_told.drivers end as drivers,
    case when mention.is_edited then edited.emotions else first_told.emotions end as emotions,
    case when mention.is_edited then edited.is_leaving else first_told.is_leaving end as is_leaving,
    case when mention.is_edited then edited.is_wow else first_told.is_wow end as is_wow,
    case when mention.is_edited then edited.is_repaired else first_told.is_repaired end as is_repaired,
    mention.view_count,
    mention.like_count,
    mention.repost_count,
    mention.reply_count,
    mention.helpful_count,
    mention.follower_count,
    mention.view_count::double as exposure_count,
    case when coalesce(mention.view_count, mention.like_count, mention.repost_count, mention.reply_count,
        mention.helpful_count) is not null
        then greatest(
            coalesce(mention.view_count, 0),
            coalesce(mention.like_count, 0) + coalesce(mention.repost_count, 0) + coalesce(mention.reply_count, 0)
            + coalesce(mention.helpful_count, 0)
        )
    end::bigint as least_reach_count,
    first_told.is_duplicate,
    first_told.duplicate_of,
    coalesce(edited.is_recovered, first_told.is_recovered) as is_recovered,
    mention.is_edited,
    mention.is_gone,
    mention.has_reply,
    mention.reply_at,
    mention.place_id,
    mention.product_id,
    about.matched_by
from {{ ref('mention') }} as mention
inner join {{ ref('experience') }} as first_told
    on mention.mention_id = first_told.mention_id and first_told.episode_no = 1
inner join {{ source('raw', 'brand') }} as brand on first_told.brand = brand.brand
inner join {{ source('raw', 'mention_brand') }} as about
    on first_told.mention_id = about.mention_id and first_told.brand = about.brand
left join {{ source('raw', 'source') }} as source on mention.source = source.source
left join {{ ref('edited') }} as edited
    on first_told.mention_id = edited.mention_id and first_told.brand = edited.brand
