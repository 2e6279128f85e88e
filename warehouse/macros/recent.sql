{#- The day `days` days before the run's as_of, as a literal: only a constant lets a scan of millions of rows pass over those that
lie before. A day wider on either side than any time zone, so it narrows what is read or kept and decides no figure. -#}
{% macro recent_from(days) -%}
date '{{ _asked("select (as_of - interval " ~ (days + 2) ~ " days)::date from " ~ _clock(), '2000-01-01') }}'
{%- endmacro %}

{#- The run's as_of as a literal: a join with raw.clock, one row beside ten million, may be planned the wrong way round. -#}
{% macro as_of() -%}
timestamptz '{{ _asked("select as_of::varchar from " ~ _clock(), 'infinity') }}'
{%- endmacro %}

{#- When the oldest of the current versions of some mentions (`mentions`: a query of mention_id) came into a raw table, as a
literal for the same reason: what was loaded before holds nothing of them. -#}
{% macro loaded_from(table, stamp, mentions) -%}
{%- set query =
    "with wanted as materialized (" ~ mentions ~ ") select coalesce(min(" ~ stamp ~ ")::varchar, '-infinity') from " ~ table
    ~ " semi join (select mention_id, current_version_no as version_no from " ~ source('raw', 'mention_state')
    ~ " where mention_id in (from wanted)) as state using (mention_id, version_no)"
-%}
timestamptz '{{ _asked(query, '-infinity') }}'
{%- endmacro %}

{#- The clock itself, also in a unit test, which puts its own rows in the place of sources: those can't be asked. -#}
{% macro _clock() -%}
{%- do source('raw', 'clock') -%}
{{ return(api.Relation.create(database=target.database, schema='raw', identifier='clock')) }}
{%- endmacro %}

{#- The one value that a query gives; while the project is only read, what is given for it. -#}
{% macro _asked(query, unread) -%}
{{ return(run_query(query).columns[0].values()[0] if execute else unread) }}
{%- endmacro %}
