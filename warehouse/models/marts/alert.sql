{{ config(materialized="view") }}

-- What stood out in the last five weeks. A view: alerts are judged on the built marts, after this is made.
select
    alert.alert_id,
    alert.brand,
    alert.figure,
    alert.subject,
    alert.opened_on as opened_date,
    alert.closed_on as closed_date,
    alert.closed_on is null as is_open,
    alert.observed as observed_value,
    alert.expected as expected_value,
    alert.usual_high as usual_high_value,
    coalesce(alert.day_count, 1) as day_count
from {{ source('raw', 'judged_alert') }} as alert
