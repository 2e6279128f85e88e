{#- The kinds of period: how each begins, ends and is called. Weeks are ISO weeks. -#}

{% macro period_kinds() %}{{ return(['day', 'week', 'month', 'quarter', 'year']) }}{% endmacro %}

{% macro period_length(kind) -%}
{{ "interval 3 months" if kind == 'quarter' else "interval 1 " ~ kind }}
{%- endmacro %}

{% macro period_start(kind, date) -%}
date_trunc('{{ kind }}', {{ date }})::date
{%- endmacro %}

{% macro period_name(kind, start) -%}
{%- if kind == 'day' -%} strftime({{ start }}, '%Y-%m-%d')
{%- elif kind == 'week' -%} strftime({{ start }}, '%G-W%V')
{%- elif kind == 'month' -%} strftime({{ start }}, '%Y-%m')
{%- elif kind == 'quarter' -%} strftime({{ start }}, '%Y-Q') || quarter({{ start }})
{%- elif kind == 'year' -%} strftime({{ start }}, '%Y')
{%- endif -%}
{%- endmacro %}
