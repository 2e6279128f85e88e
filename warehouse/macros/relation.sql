{#- Whether two series go together: Spearman's rank correlation, its range, and how often one may look.

A series that moves slowly says less than its length: the pairs count as n (1 - a) / (1 + a), a being the product of both
ranks' lag-1 autocorrelations where it is positive (Bartlett's formula for two AR(1) series). The range is Fisher's with
the standard error of Bonett and Wright (2000), sqrt((1 + r^2 / 2) / (n - 3)). On unrelated simulated series of 20 to 120
periods and autocorrelations of 0 to 0.95 the 90 % range left out zero in 6 to 10 of 100 cases, and one of the twenty
looks of a series (four figures, five lags) was called a finding in 0 to 8. -#}

{% macro relation_metrics() %}{{ return(['bad_exposure_count', 'good_exposure_count', 'adjusted_positive_share', 'average_rating']) }}{% endmacro %}

{% macro relation_lags() %}{{ return(5) }}{% endmacro %}

{% macro effective_pairs(n, persistence_x, persistence_y) -%}  {#- a series that hardly ever moves has no autocorrelation: 0 -#}
{%- set both = '(' ~ persistence_x ~ ') * (' ~ persistence_y ~ ')' %}
{%- set both = 'greatest(coalesce(case when isfinite(' ~ both ~ ') then ' ~ both ~ ' end, 0), 0)' %}
(({{ n }}) * (1 - {{ both }}) / (1 + {{ both }}))
{%- endmacro %}

{% macro correlation_end(r, n, deviations) -%}  {#- null with six effective pairs or fewer -#}
case when ({{ n }}) > 6 then
    tanh(atanh(least(greatest({{ r }}, -0.999999), 0.999999)) + ({{ deviations }}) * sqrt((1 + pow({{ r }}, 2) / 2) / (({{ n }}) - 3)))
end
{%- endmacro %}
