{#-
What dbt does to bring a table about, without what only other databases and concurrent writers need: the door lets one
process write, readers have a file of their own, and DuckDB takes a whole transaction back. So a table is dropped and made
under its own name, where dbt would make it under another one, look for leftovers, rename twice and drop the old one.
-#}

{% materialization table, adapter="duckdb" %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- if existing is not none %}
  {% call statement() -%} drop {{ existing.type }} {{ existing }} cascade {%- endcall %}
  {%- endif %}
  {% call statement('main') -%}
    {{ create_table_as(False, target, compiled_code) }}
  {%- endcall %}
  {% do persist_docs(target, model) %}
  {% do adapter.commit() %}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- Contracts make sure that the columns are those described: no need to ask which there are. -#}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
  {%- for name, column in column_dict.items() %}
  comment on column {{ relation }}.{{ name }} is {{ duckdb_escape_comment(column.description) }};
  {%- endfor %}
{% endmacro %}
