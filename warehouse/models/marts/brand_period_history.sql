{{ config(
    materialized="incremental",
    unique_key=["brand", "period_kind", "period_start_date", "profile", "model_version"],
    incremental_strategy="merge",
    on_schema_change="append_new_columns",
    full_refresh=false
) }}
{#- tables of earlier versions of this project lack the newer columns until this has run once -#}
{%- set held = adapter.get_columns_in_relation(this) | map(attribute="name") | list if is_incremental() else [] %}
{%- set is_held = "is_current" in held %}

-- The figures of each period under each profile and model that was ever current: what is current is written over, what
-- was stays, also when everything else is built anew.
with said as (
    select
        period.brand,
        period.period_kind,
        period.period_start_date,
        period.profile,
        coalesce(model.model_version, 'none') as model_version,
        period.bad_count,
        period.neutral_count,
        period.good_count,
        period.duplicate_count,
        period.estimated_bad_count,
        period.estimated_bad_count_low,
        period.estimated_bad_count_high,
        period.estimated_good_count,
        period.estimated_good_count_low,
        period.estimated_good_count_high,
        period.good_per_bad,
        period.good_per_bad_low,
        period.good_per_bad_high,
        period.adjusted_positive_share,
        period.is_complete,
        clock.as_of as figure_as_of
    from {{ ref('brand_period') }} as period
    cross join (
        select arg_max(model_version, classification_loaded_at) as model_version
        from {{ source('raw', 'classification') }}
    ) as model
    cross join {{ source('raw', 'clock') }} as clock
    where period.period_kind <> 'day'
)

select
    said.*,
    least(said.figure_as_of{% if is_held %}, before.first_figure_as_of{% endif %}) as first_figure_as_of,
    true as is_current
from said
{%- if is_incremental() %}
left join {{ this }} as before
    on said.brand = before.brand
    and said.period_kind = before.period_kind
    and said.period_start_date = before.period_start_date
    and said.profile = before.profile
    and said.model_version = before.model_version

union all by name

select before.* {{ "replace (false as is_current)" if is_held else ", before.figure_as_of as first_figure_as_of, false as is_current" }}
from {{ this }} as before
anti join said
    on before.brand = said.brand
    and before.period_kind = said.period_kind
    and before.period_start_date = said.period_start_date
    and before.profile = said.profile
    and before.model_version = said.model_version
{%- if is_held %}
where before.is_current
{%- endif %}
{%- endif %}
