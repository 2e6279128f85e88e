{#- What is counted of each day, source and channel; all of them add up over time, sources and channels. -#}
{% macro visible_counts() %}
{{ return([
    'mention_count', 'changed_count', 'bad_count', 'neutral_count', 'good_count', 'unscored_count', 'duplicate_count',
    'recovered_count'
]) }}
{% endmacro %}

{#- What else is added up beside them, for the estimates: labels read from words, audiences, people, reposts. -#}
{% macro beside_counts() %}
{{ return([
    'text_bad_count', 'text_neutral_count', 'text_good_count', 'bad_audience_count', 'good_audience_count',
    'bad_audience_sum', 'good_audience_sum', 'bad_linked_count', 'good_linked_count', 'bad_retold_sum',
    'good_retold_sum', 'bad_repost_count', 'good_repost_count'
]) }}
{% endmacro %}
