{#- What a number must be before a formula uses it, as transforms/bounds.py; a wrong one gives null, never a wrong figure. -#}

{% macro valid_count(value) -%}  {#- bounds.count: 0 or more -#}
(case when ({{ value }}) >= 0 and ({{ value }}) <= 1e15 then ({{ value }}) end)
{%- endmacro %}

{% macro valid_positive(value) -%}  {#- bounds.positive: above 0 -#}
(case when ({{ value }}) > 0 then ({{ value }}) end)
{%- endmacro %}

{% macro valid_share(value) -%}  {#- bounds.share: above 0 and at most 1 -#}
(case when ({{ value }}) >= 1e-9 and ({{ value }}) <= 1 then ({{ value }}) end)
{%- endmacro %}

{% macro valid_probability(value) -%}  {#- bounds.probability: 0..1 -#}
(case when ({{ value }}) >= 0 and ({{ value }}) <= 1 then ({{ value }}) end)
{%- endmacro %}
