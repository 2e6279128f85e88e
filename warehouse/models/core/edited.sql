-- What edited mentions say now; for all others that is their first episode.
with wanted as (
    select mention_id, version_no
    from {{ ref('mention') }}
    where is_edited
),

{{ labelled() }},

recovered as (
    select mention_id, brand, bool_or(is_recovered) as is_recovered
    from {{ ref('episode') }}
    where mention_id in (select mention_id from wanted)
    group by mention_id, brand
)

select
    labelled.mention_id,
    labelled.brand,
    labelled.label,
    labelled.label_basis,
    labelled.p_bad,
    labelled.p_neutral,
    labelled.p_good,
    labelled.compound,
    labelled.drivers,
    labelled.emotions,
    labelled.is_leaving,
    labelled.is_wow,
    labelled.is_repaired,
    recovered.is_recovered
from labelled
inner join recovered on labelled.mention_id = recovered.mention_id and labelled.brand = recovered.brand
