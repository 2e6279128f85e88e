{{ config(
    materialized="incremental",
    unique_key=["brand", "period_kind", "period_start_date", "profile", "model_version"],
    incremental_strategy="merge",
    on_schema_change="append_new_columns",
    full_refresh=false
) }}

-- The figures of each period under each profile and model that was ever current: what is current is written over, what
-- was stays, also when everything else is built anew.
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
