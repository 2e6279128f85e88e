{#-
All that must hold of one table, in one look at it: its key is unique and never null, the columns of `never_null` hold
a value, and no row breaks a rule (as with a CHECK constraint, a rule whose value is null is not broken). Each failing
promise gives one row that names it.

Tables with a row for each mention grow to millions. A build that takes in only what is new looks only at rows loaded
since the last build that went well (`stamp` names the column of load times), and leaves out a view on them
(`only_when_full`).
-#}
{% test sound(model, key=[], never_null=[], rules={}, stamp=none, only_when_full=false) %}
{%- set is_partial = not flags.FULL_REFRESH %}
{%- if only_when_full and is_partial %}
select 'not looked at' as broken where false
{%- else %}
{%- if stamp %}
{%- set built = "(select coalesce(built_loaded_at, '-infinity') from " ~ source('raw', 'clock') ~ ")" %}
{%- set recent = stamp ~ " > " ~ built %}
{%- endif %}
{%- set promises = {} %}
{%- for column in key + never_null %}{% do promises.update({column ~ ' is null': column ~ ' is not null'}) %}{% endfor %}
{%- do promises.update(rules) %}
{%- if key %}
select 'key is not unique: {{ key | join(", ") }}' as broken, count(*) as row_count
from (
    select 1
    from {{ model }}
    {%- if stamp and is_partial %}
    where {{ key[0] }} in (select {{ key[0] }} from {{ model }} where {{ recent }})
    {%- endif %}
    group by {{ key | join(', ') }}
    having count(*) > 1
)
having count(*) > 0
{%- endif %}
{%- if key and promises %}
union all
{%- endif %}
{%- if promises %}
select broken, row_count
from (
    unpivot (
        select
            {%- for name, rule in promises.items() %}
            count(*) filter (where not ({{ rule }})) as "{{ name }}"{{ "," if not loop.last }}
            {%- endfor %}
        from {{ model }}
        {%- if stamp and is_partial %}
        where {{ recent }}
        {%- endif %}
    ) on * into name broken value row_count
)
where row_count > 0
{%- endif %}
{%- endif %}
{% endtest %}
