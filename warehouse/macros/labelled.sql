{#-
What a version of a mention tells of a brand: the newest classification (by load time, whatever the model), or a
person's label in its place. Gives CTEs, the last of them `labelled` (one row per mention_id, brand, version_no), for
the versions that the CTE `wanted` (mention_id, version_no) names; `are_all` says that it names every one, of which
nearly all were judged once.
-#}
{% macro labelled(are_all=false) -%}
{%- if are_all %}
judged_again as (  -- brands whose mentions more than one model or preparation has judged: only there need one be chosen
    select brand
    from (select distinct brand, model_version, prep_hash from {{ source('raw', 'classification') }})
    group by brand
    having count(*) > 1
),
{%- endif %}

scored as (
    {%- if are_all %}
    select classification.*
    from {{ source('raw', 'classification') }} as classification
    anti join judged_again on classification.brand = judged_again.brand
    union all
    {%- endif %}
    select classification.*
    {%- if are_all %}
    from {{ source('raw', 'classification') }} as classification
    {%- else %}  {#- by one key first: a join by two reads all rows of the millions that are not wanted #}
    from (
        from {{ source('raw', 'classification') }} where mention_id in (select mention_id from wanted)
    ) as classification
    {%- endif %}
    semi join wanted
        on classification.mention_id = wanted.mention_id and classification.version_no = wanted.version_no
    {%- if are_all %}
    semi join judged_again on classification.brand = judged_again.brand
    {%- endif %}
    qualify row_number() over (
        partition by classification.mention_id, classification.version_no, classification.brand
        order by classification.classification_loaded_at desc, classification.model_version, classification.prep_hash
    ) = 1
),

judged as (  -- a person judged one version; where it was not written down, the newest at the time
    select
        override.mention_id,
        override.brand,
        override.label,
        coalesce(
            override.version_no, max(version.version_no) filter (where version.seen_at <= override.override_at), 1
        ) as version_no
    from {{ source('raw', 'override') }} as override
    inner join {{ source('raw', 'mention_version') }} as version on override.mention_id = version.mention_id
    group by override.mention_id, override.brand, override.label, override.version_no
),

labelled as (
    select
        wanted.mention_id,
        about.brand,
        wanted.version_no,
        coalesce(judged.label, scored.label) as label,
        case when judged.label is not null then 'person' else coalesce(scored.label_basis, 'none') end as label_basis,
        case when judged.label is null then scored.p_bad end as p_bad,
        case when judged.label is null then scored.p_neutral end as p_neutral,
        case when judged.label is null then scored.p_good end as p_good,
        scored.compound,
        -- words speak for both sides; those of the label's own side are its reasons
        nullif(array_to_string(
            case coalesce(judged.label, scored.label) when 'bad' then scored.bad_drivers when 'good' then scored.good_drivers
            end, ', '
        ), '') as drivers,
        nullif(array_to_string(scored.emotions, ', '), '') as emotions,
        scored.is_leaving,
        scored.is_wow,
        scored.is_repaired,
        greatest(about.brand_loaded_at, scored.classification_loaded_at) as label_loaded_at
    from wanted
    inner join {{ source('raw', 'mention_brand') }} as about on wanted.mention_id = about.mention_id
    left join scored
        on wanted.mention_id = scored.mention_id
        and wanted.version_no = scored.version_no
        and about.brand = scored.brand
    left join judged
        on wanted.mention_id = judged.mention_id
        and wanted.version_no = judged.version_no
        and about.brand = judged.brand
)
{%- endmacro %}
