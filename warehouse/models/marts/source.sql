select
    source.source,
    source.connector,
    source.sees_edits,
    source.sees_deletions,
    source.sees_replies,
    source.publishes_text,
    source.rating_max,
    source.rating_bad_max,
    source.rating_good_min,
    source.terms
from {{ source('raw', 'source') }} as source
