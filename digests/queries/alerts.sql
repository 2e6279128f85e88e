-- The alerts that opened or closed in a time; a brand sees those of sources too, and null asks for all brands'.
select
    alert.alert_id, alert.brand, alert.figure, alert.subject, alert.opened_date as opened_on,
    alert.closed_date as closed_on, alert.observed_value as observed, alert.expected_value as expected,
    alert.usual_high_value as usual_high, alert.day_count, brand.brand_name
from marts.alert as alert
left join marts.brand as brand on alert.brand = brand.brand
where ($brand is null or alert.brand in ($brand, ''))
    and (alert.opened_date between $first_day and $last_day or alert.closed_date between $first_day and $last_day)
order by alert.alert_id
