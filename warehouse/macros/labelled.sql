{#-
What a version of a mention tells of a brand: the newest classification (by load time, whatever the model), or a
person's label in its place. Gives CTEs, the last of them `labelled` (one row per mention_id, brand, version_no), for
the versions that the CTE `wanted` (mention_id, version_no) names.
-#}
{% macro labelled() -%}
newest_classification as (
    select
        classification.mention_id,
        classification.brand,
        classification.version_no,
        arg_max(
            {
                'label': label, 'label_basis': label_basis,
                'p_bad': p_bad, 'p_neutral': p_neutral, 'p_good': p_good, 'compound': compound
            },
            (classification_loaded_at, model_version, prep_hash)
        ) as scored
    from {{ source('raw', 'classification') }} as classification
    inner join wanted
        on classification.mention_id = wanted.mention_id and classification.version_no = wanted.version_no
    group by classification.mention_id, classification.brand, classification.version_no
),

person_label as (  -- a person judged the version that was the newest at the time
    select
        override.mention_id,
        override.brand,
        override.label,
        coalesce(max(version.version_no) filter (where version.seen_at <= override.override_at), 1) as version_no
    from {{ source('raw', 'override') }} as override
    inner join {{ source('raw', 'mention_version') }} as version on override.mention_id = version.mention_id
    group by override.mention_id, override.brand, override.label
),

labelled as (
    select
        wanted.mention_id,
        about.brand,
        wanted.version_no,
        brand.time_zone,
        coalesce(person_label.label, scored.label) as label,
        case when person_label.label is not null then 'person' else coalesce(scored.label_basis, 'none') end as label_basis,
        case when person_label.label is null then scored.p_bad end as p_bad,
        case when person_label.label is null then scored.p_neutral end as p_neutral,
        case when person_label.label is null then scored.p_good end as p_good,
        scored.compound
    from wanted
    inner join {{ source('raw', 'mention_brand') }} as about on wanted.mention_id = about.mention_id
    inner join {{ source('raw', 'brand') }} as brand on about.brand = brand.brand
    left join newest_classification
        on wanted.mention_id = newest_classification.mention_id
        and wanted.version_no = newest_classification.version_no
        and about.brand = newest_classification.brand
    left join person_label
        on wanted.mention_id = person_label.mention_id
        and wanted.version_no = person_label.version_no
        and about.brand = person_label.brand
)
{%- endmacro %}
