{{ config(materialized="view") }}

-- What readers were told, figure by figure, to set beside what is known now. A view: mails go out after the build.
select
    brand,
    period_kind,
    period_start_date,
    metric,
    value as sent_value,
    sent_at
from {{ source('raw', 'digest_figure') }}
