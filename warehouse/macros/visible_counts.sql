{#- What is counted of each day, source and channel; all of them add up over time, sources and channels. -#}
{% macro visible_counts() %}
{{ return([
    'mention_count', 'changed_count', 'bad_count', 'neutral_count', 'good_count', 'unscored_count', 'duplicate_count',
    'recovered_count'
]) }}
{% endmacro %}
