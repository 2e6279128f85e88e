{#- Break-even, recovered cases, defection and value, as plain expressions: transforms/ratios.py, recovery.py, value.py. -#}

{% macro recovery_ratio(bad, good, louder=1, weight=1, retold_bad=0, retold_good=0) -%}  {#- ratios.recovery_ratio -#}
(({{ louder }}) * ({{ weight }}) * (({{ bad }})::double / (1 - ({{ retold_bad }}))) / nullif(({{ good }})::double / (1 - ({{ retold_good }})), 0))
{%- endmacro %}

{% macro mean_repeats(share, more_than) -%}  {#- recovery.mean_repeats -#}
(1 / (1 - pow({{ share }}, 1.0 / ({{ more_than }}))))
{%- endmacro %}

{% macro recovery_swing(reach_bad, reach_good, already_told, theta) -%}  {#- recovery.recovery_swing -#}
((1 - ({{ already_told }})) * ({{ reach_bad }}) + ({{ theta }}) * ({{ reach_good }}))
{%- endmacro %}

{% macro recoverable_ceiling(pi) -%}  {#- aggregate over channels; recovery.recoverable_ceiling -#}
(1 - product(1 - ({{ pi }})))
{%- endmacro %}

{% macro defected_by(k, scale, shape) -%}  {#- value.Defection.by -#}
(case when ({{ k }}) = 0 then 0 else 1 - exp(-({{ scale }}) * pow({{ k }}, {{ shape }})) end)
{%- endmacro %}

{% macro defection_scale(one) -%}  {#- value.Defection.through, scale -#}
(-ln(1 - ({{ one }})))
{%- endmacro %}

{% macro defection_shape(one, three) -%}  {#- value.Defection.through, shape -#}
(ln(ln(1 - ({{ three }})) / ln(1 - ({{ one }}))) / ln(3))
{%- endmacro %}

{% macro constant_hazard(defected, k) -%}  {#- value.constant_hazard -#}
(1 - pow(1 - ({{ defected }}), 1.0 / ({{ k }})))
{%- endmacro %}

{% macro lost_share(mean_bad, hazard) -%}  {#- value.lost_share -#}
(1 - exp(-({{ mean_bad }}) * ({{ hazard }})))
{%- endmacro %}

{% macro customers_at_risk(experiences, customers, hazard, conversion) -%}  {#- value.customers_at_risk_of; null until both are given -#}
(({{ customers }}) * {{ lost_share('(' ~ experiences ~ ') / (' ~ customers ~ ')', hazard) }} * ({{ conversion }}))
{%- endmacro %}

{% macro customer_value(margin, retention, interest) -%}  {#- value.customer_value; null when retention >= 1 + interest -#}
(case when ({{ retention }}) < 1 + ({{ interest }}) then ({{ margin }}) * ({{ retention }}) / (1 + ({{ interest }}) - ({{ retention }})) end)
{%- endmacro %}

{% macro prospects_put_off(reached, in_market, deterred) -%}  {#- value.prospects_put_off; null until both are given -#}
(({{ reached }}) * ({{ in_market }}) * ({{ deterred }}))
{%- endmacro %}
