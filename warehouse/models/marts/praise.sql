-- Good words to pass on to the team or, with their author's leave, to show: the newest period's, those that carry furthest
-- first.
select
    mention.mention_id,
    mention.brand,
    row_number() over (
        partition by mention.brand
        order by
            coalesce(mention.view_count, 0) + coalesce(mention.like_count, 0) + coalesce(mention.helpful_count, 0) desc,
            mention.p_good desc nulls last, mention.told_at desc, mention.mention_id
    )::integer as praise_rank,
    mention.brand_name,
    mention.source,
    mention.channel,
    mention.told_at,
    mention.told_date,
    mention.title,
    mention.text,
    mention.url,
    mention.rating,
    mention.rating_max,
    mention.language,
    mention.p_good,
    mention.exposure_count,
    mention.like_count,
    mention.helpful_count,
    mention.place_id,
    mention.product_id
from {{ ref('mentions') }} as mention
cross join {{ source('raw', 'clock') }} as clock
where
    mention.label = 'good'
    and not mention.is_duplicate
    and not mention.is_gone
    and mention.text <> ''
    and mention.told_at <= clock.as_of
    and mention.told_at > clock.as_of - interval {{ var('queue_days') }} days
    and mention.told_date >= {{ recent_from(var('queue_days')) }}
qualify praise_rank <= {{ var('praise_count') }}
