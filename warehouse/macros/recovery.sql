{#- Break-even, recovered cases, defection and value, as plain expressions: transforms/ratios.py, recovery.py, value.py. -#}

{% macro recovery_ratio(bad, good, louder=1, weight=1, retold_bad=0, retold_good=0) -%}  {#- ratios.recovery_ratio -#}
{%- set bad = valid_positive(bad) %}
{%- set good = valid_positive(good) %}
{%- set louder = valid_positive(louder) %}
{%- set weight = valid_positive(weight) %}
(case when ({{ retold_bad }}) >= 0 and ({{ retold_bad }}) < 1 and ({{ retold_good }}) >= 0 and ({{ retold_good }}) < 1
 then ({{ louder }}) * ({{ weight }}) * (({{ bad }})::double / (1 - ({{ retold_bad }}))) / (({{ good }})::double / (1 - ({{ retold_good }}))) end)
{%- endmacro %}

{% macro mean_repeats(share, more_than) -%}  {#- recovery.mean_repeats -#}
(case when ({{ share }}) >= 0 and ({{ share }}) < 1 and ({{ more_than }}) between 1e-9 and 1e6
 then 1 / (1 - pow({{ share }}, 1.0 / ({{ more_than }}))) end)
{%- endmacro %}

{% macro recovery_swing(reach_bad, reach_good, already_told, theta) -%}  {#- recovery.recovery_swing -#}
{%- set reach_bad = valid_count(reach_bad) %}
{%- set reach_good = valid_count(reach_good) %}
{%- set already_told = valid_probability(already_told) %}
{%- set theta = valid_probability(theta) %}
((1 - ({{ already_told }})) * ({{ reach_bad }}) + ({{ theta }}) * ({{ reach_good }}))
{%- endmacro %}

{% macro recoverable_ceiling(pi) -%}  {#- aggregate over channels; recovery.recoverable_ceiling -#}
(case when min({{ pi }}) >= 0 and max({{ pi }}) <= 1 then 1 - product(1 - ({{ pi }})) end)
{%- endmacro %}

{% macro defected_by(k, scale, shape) -%}  {#- value.Defection.by -#}
{%- set k = valid_count(k) %}
{%- set scale = valid_positive(scale) %}
{%- set shape = valid_count(shape) %}
(case when ({{ k }}) = 0 then 0 else 1 - exp(-({{ scale }}) * pow({{ k }}, {{ shape }})) end)
{%- endmacro %}

{% macro defection_scale(one) -%}  {#- value.Defection.through, scale -#}
(case when ({{ one }}) >= 1e-9 and ({{ one }}) < 1 then -ln(1 - ({{ one }})) end)
{%- endmacro %}

{% macro defection_shape(one, three) -%}  {#- value.Defection.through, shape -#}
(case when ({{ one }}) >= 1e-9 and ({{ one }}) <= ({{ three }}) and ({{ three }}) < 1
 then ln(ln(1 - ({{ three }})) / ln(1 - ({{ one }}))) / ln(3) end)
{%- endmacro %}

{% macro constant_hazard(defected, k) -%}  {#- value.constant_hazard -#}
{%- set defected = valid_probability(defected) %}
{%- set k = valid_positive(k) %}
(1 - pow(1 - ({{ defected }}), 1.0 / ({{ k }})))
{%- endmacro %}

{% macro lost_share(mean_bad, hazard) -%}  {#- value.lost_share -#}
{%- set mean_bad = valid_count(mean_bad) %}
{%- set hazard = valid_probability(hazard) %}
{{ less_than_one('((' ~ mean_bad ~ ') * (' ~ hazard ~ '))') }}
{%- endmacro %}

{% macro customers_at_risk(experiences, customers, hazard, conversion) -%}  {#- value.customers_at_risk_of; null until both are given -#}
{%- set experiences = valid_count(experiences) %}
{%- set customers = valid_positive(customers) %}
{%- set conversion = valid_probability(conversion) %}
(({{ customers }}) * {{ lost_share('(' ~ experiences ~ ') / (' ~ customers ~ ')', hazard) }} * ({{ conversion }}))
{%- endmacro %}

{% macro customer_value(margin, retention, interest) -%}  {#- value.customer_value; null when retention >= 1 + interest -#}
{%- set margin = valid_count(margin) %}
{%- set retention = valid_probability(retention) %}
{%- set interest = valid_count(interest) %}
(case when ({{ retention }}) < 1 + ({{ interest }}) then ({{ margin }}) * ({{ retention }}) / (1 + ({{ interest }}) - ({{ retention }})) end)
{%- endmacro %}

{% macro prospects_put_off(reached, in_market, deterred) -%}  {#- value.prospects_put_off; null until both are given -#}
{%- set reached = valid_count(reached) %}
{%- set in_market = valid_probability(in_market) %}
{%- set deterred = valid_probability(deterred) %}
(({{ reached }}) * ({{ in_market }}) * ({{ deterred }}))
{%- endmacro %}
