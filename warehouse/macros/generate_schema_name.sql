{#- Schemas are called core and marts, without dbt's prefix: people and BI tools type these names. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
