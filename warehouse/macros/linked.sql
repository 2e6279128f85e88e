{#- Corrections before and beside the estimate, as plain expressions: transforms/prevalence.py, linked.py, stars.py. -#}

{% macro rogan_gladen(q, sensitivity, specificity) -%}  {#- prevalence.rogan_gladen; null when too close to guessing -#}
{%- set q = valid_probability(q) %}
{%- set sensitivity = valid_probability(sensitivity) %}
{%- set specificity = valid_probability(specificity) %}
(case when ({{ sensitivity }}) + ({{ specificity }}) - 1 >= 0.2
 then (({{ q }}) + ({{ specificity }}) - 1) / (({{ sensitivity }}) + ({{ specificity }}) - 1) end)
{%- endmacro %}

{% macro rogan_gladen_variance(q, sensitivity, specificity, n, n_sensitivity, n_specificity) -%}  {#- prevalence.rogan_gladen_variance -#}
{%- set q = valid_probability(q) %}
{%- set n = valid_positive(n) %}
{%- set n_sensitivity = examples(n_sensitivity) %}
{%- set n_specificity = examples(n_specificity) %}
((({{ q }}) * (1 - ({{ q }})) / ({{ n }})
 + pow({{ rogan_gladen(q, sensitivity, specificity) }}, 2) * ({{ sensitivity }}) * (1 - ({{ sensitivity }})) / ({{ n_sensitivity }})
 + pow(1 - {{ rogan_gladen(q, sensitivity, specificity) }}, 2) * ({{ specificity }}) * (1 - ({{ specificity }})) / ({{ n_specificity }}))
 / pow(({{ sensitivity }}) + ({{ specificity }}) - 1, 2))
{%- endmacro %}

{% macro examples(n) -%}  {#- infinite where a share is taken as exact -#}
(case when ({{ n }}) between 1e-9 and 1e15 or ({{ n }}) = 'inf'::double then ({{ n }}) end)
{%- endmacro %}

{% macro seen_probability(pi) -%}  {#- aggregate over channels; linked.seen_probability without a silent group -#}
(case when min({{ pi }}) >= 1e-9 and max({{ pi }}) <= 1 then 1 - product(1 - ({{ pi }})) end)
{%- endmacro %}

{% macro linked_experiences(people, seen) -%}  {#- linked.linked_experiences, mean -#}
{%- set people = valid_count(people) %}
{%- set seen = valid_share(seen) %}
(({{ people }}) / ({{ seen }}))
{%- endmacro %}

{% macro linked_variance(people, seen) -%}  {#- linked.linked_experiences, variance -#}
{%- set people = valid_count(people) %}
{%- set seen = valid_share(seen) %}
(({{ people }}) * (1 - ({{ seen }})) / (({{ seen }}) * ({{ seen }})))
{%- endmacro %}

{% macro linked_rate_variance(pi, relative_variance) -%}  {#- aggregate; linked.linked_moments: relative variance of P from rates and coverage -#}
(pow((1 - {{ seen_probability(pi) }}) / {{ seen_probability(pi) }}, 2)
 * sum(pow(({{ pi }}) / greatest(1 - ({{ pi }}), 1e-12), 2) * ({{ relative_variance }})))
{%- endmacro %}

{% macro linked_shared(pi, reach_variance) -%}  {#- aggregate; covariance of P with the reach, relative -#}
((1 - {{ seen_probability(pi) }}) / {{ seen_probability(pi) }}
 * sum(({{ pi }}) / greatest(1 - ({{ pi }}), 1e-12) * ({{ reach_variance }})))
{%- endmacro %}

{% macro chapman(first, second, both) -%}  {#- linked.chapman, mean -#}
(case when ({{ both }}) between 0 and least(({{ first }}), ({{ second }})) and greatest(({{ first }}), ({{ second }})) <= 1e15
 then (({{ first }})::double + 1) * (({{ second }}) + 1) / (({{ both }}) + 1) - 1 end)
{%- endmacro %}

{% macro chapman_variance(first, second, both) -%}  {#- linked.chapman, variance -#}
(case when ({{ both }}) between 0 and least(({{ first }}), ({{ second }})) and greatest(({{ first }}), ({{ second }})) <= 1e15
 then (({{ first }})::double + 1) * (({{ second }}) + 1) * (({{ first }}) - ({{ both }})) * (({{ second }}) - ({{ both }}))
 / (pow(({{ both }}) + 1, 2) * (({{ both }}) + 2)) end)
{%- endmacro %}

{% macro capture_rate(first, both) -%}  {#- linked.capture_rate; null without a first list -#}
(case when ({{ both }}) between 0 and ({{ first }}) and ({{ first }}) <= 1e15 then ({{ both }})::double / nullif({{ first }}, 0) end)
{%- endmacro %}

{% macro star_propensity(asked, posted, asked_good, posted_good, rate) -%}  {#- stars.star_propensity; *_good: sums over the good ratings -#}
{%- set asked = valid_positive(asked) %}
{%- set posted = valid_count(posted) %}
{%- set rate = valid_share(rate) %}
(({{ posted }}) / ({{ asked }}) * ({{ rate }}) * ({{ asked_good }}) / ({{ posted_good }}))
{%- endmacro %}
