{#-
All that must hold of one table, in one look at it: its key is unique and never null, the columns of `never_null` hold
a value, and no row breaks a rule (as with a CHECK constraint, a rule whose value is null is not broken). Each failing
promise gives one row that names it. Of a table that grows (`stamp` names the column of load times, in the table itself
or in `stamped`) a build that takes in only what is new looks only at the mentions loaded in the week before the newest.
-#}
{% test sound(model, key=[], never_null=[], rules={}, stamp=none, stamped=none) %}
{%- set looked_at %}
{{ model }}
{%- if stamp and not flags.FULL_REFRESH %}
where {{ key[0] }} in (
    select {{ key[0] }}
    from {{ stamped or model }}
    where {{ stamp }} > (select max({{ stamp }}) - interval 7 days from {{ stamped or model }})
)
{%- endif %}
{%- endset %}
{%- set promises = {} %}
{%- for column in key + never_null %}{% do promises.update({column ~ ' is null': column ~ ' is not null'}) %}{% endfor %}
{%- do promises.update(rules) %}
{%- if key %}
select 'key is not unique: {{ key | join(", ") }}' as broken, count(*) as row_count
from (
    select 1
    from {{ looked_at }}
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
        from {{ looked_at }}
    ) on * into name broken value row_count
)
where row_count > 0
{%- endif %}
{% endtest %}
