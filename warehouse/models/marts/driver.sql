-- The drivers: why experiences are bad or good, what was published about them, what to do and who does it.
select
    driver,
    title,
    driver_group,
    published_figure,
    rated_by,
    advice,
    owner_role,
    owner,
    phrase_words
from {{ source('raw', 'driver') }}
