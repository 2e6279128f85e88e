{#- What a number must be before a formula uses it, as transforms/bounds.py; a wrong one gives null, never a wrong figure. -#}

{% macro valid_count(value) -%}  {#- bounds.count: 0 or more -#}
(case when ({{ value }}) >= 0 and ({{ value }}) <= 1e15 then ({{ value }}) end)
{%- endmacro %}

{% macro valid_positive(value) -%}  {#- bounds.positive: above 0 -#}
(case when ({{ value }}) >= 1e-9 and ({{ value }}) <= 1e15 then ({{ value }}) end)
{%- endmacro %}

{% macro valid_share(value) -%}  {#- bounds.share: above 0 and at most 1 -#}
(case when ({{ value }}) >= 1e-9 and ({{ value }}) <= 1 then ({{ value }}) end)
{%- endmacro %}

{% macro valid_probability(value) -%}  {#- bounds.probability: 0..1 -#}
(case when ({{ value }}) >= 0 and ({{ value }}) <= 1 then ({{ value }}) end)
{%- endmacro %}

{% macro valid_amount(value) -%}  {#- bounds.amount: a mean or a variance -#}
(case when ({{ value }}) >= 0 and ({{ value }}) <= 1e100 then ({{ value }}) end)
{%- endmacro %}

{% macro are_moments(mean, variance) -%}  {#- bounds.relative_variance: whether an amount can have them -#}
((({{ mean }}) = 0 or ({{ mean }}) between 1e-100 and 1e100) and ({{ variance }}) between 0 and 1e100)
{%- endmacro %}

{% macro are_inverse_moments(e1, e2) -%}  {#- bounds.inverse_moments: whether 1 / pi can have them -#}
(({{ e1 }}) between 1 - 1e-6 and 1e9 and ({{ e2 }}) between ({{ e1 }}) * ({{ e1 }}) * (1 - 1e-6) and 1e100)
{%- endmacro %}
