{#- The day `days` days before the run's as_of, as a literal: only a constant lets a scan of millions of rows pass over those that
lie before. A day wider on either side than any time zone, so it narrows what is read and decides nothing. -#}
{% macro recent_from(days) -%}
{%- if execute -%}
{%- set found = run_query("select (as_of - interval " ~ (days + 2) ~ " days)::date from " ~ source('raw', 'clock')) -%}
date '{{ found.columns[0].values()[0] }}'
{%- else -%}
date '2000-01-01'
{%- endif -%}
{%- endmacro %}
