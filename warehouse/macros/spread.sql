{#- Second-hand spread and audiences, as plain expressions: transforms/spread.py, transforms/audience.py.
R of 1 or more gives null: only the saturated figure has a meaning there, and is_supercritical says so. -#}

{% macro is_supercritical(r) -%}  {#- spread.is_supercritical -#}
{%- set r = valid_count(r) %}
(({{ r }}) >= 1)
{%- endmacro %}

{% macro total_exposures(exposures, r) -%}  {#- spread.total_exposures, all generations -#}
{%- set exposures = valid_count(exposures) %}
{%- set r = valid_count(r) %}
(case when ({{ r }}) < 1 then ({{ exposures }}) / (1 - ({{ r }})) end)
{%- endmacro %}

{% macro exposures_through(exposures, r, generations) -%}  {#- spread.total_exposures, so many generations -#}
{%- set exposures = valid_count(exposures) %}
{%- set r = valid_count(r) %}
(case when ({{ generations }}) between 1 and 10000 and ({{ generations }}) = floor({{ generations }})
 and ({{ generations }}) * log10(greatest(({{ r }}), 1)) <= 80 then case
 when ({{ r }}) = 1 then ({{ exposures }}) * ({{ generations }})
 else ({{ exposures }}) * (1 - pow({{ r }}, {{ generations }})) / (1 - ({{ r }})) end end)
{%- endmacro %}

{% macro total_variance(exposures, r) -%}  {#- spread.total_variance, Poisson -#}
{%- set exposures = valid_count(exposures) %}
{%- set r = valid_count(r) %}
(case when ({{ r }}) < 1 then ({{ exposures }}) * ({{ r }}) / pow(1 - ({{ r }}), 3) end)
{%- endmacro %}

{% macro total_variance_dispersed(exposures, r, dispersion) -%}  {#- spread.total_variance, negative binomial -#}
{%- set exposures = valid_count(exposures) %}
{%- set r = valid_count(r) %}
{%- set dispersion = valid_positive(dispersion) %}
(case when ({{ r }}) < 1 then ({{ exposures }}) * (({{ r }}) + ({{ r }}) * ({{ r }}) / ({{ dispersion }})) / pow(1 - ({{ r }}), 3) end)
{%- endmacro %}

{% macro rank_one_r(retell, retold) -%}  {#- aggregate over channels; spread.rank_one, R -#}
(sum(({{ retell }}) * ({{ retold }})))
{%- endmacro %}

{% macro rank_one_passed_on(exposures, retell, retold) -%}  {#- aggregate over channels; spread.rank_one: (k.r) / (1 - R) -#}
(case when {{ rank_one_r(retell, retold) }} < 1 and min({{ retell }}) >= 0 and min({{ retold }}) >= 0
 and min({{ exposures }}) >= 0 and max({{ exposures }}) <= 1e15
 then sum(({{ exposures }}) * ({{ retell }})) / (1 - {{ rank_one_r(retell, retold) }}) end)
{%- endmacro %}

{% macro reproduction_from_event(seeded, extra) -%}  {#- spread.reproduction_from_event -#}
{%- set seeded = valid_count(seeded) %}
{%- set extra = valid_count(extra) %}
(({{ extra }})::double / nullif(({{ seeded }}) + ({{ extra }}), 0))
{%- endmacro %}

{% macro reproduction_mean(posts, reposts) -%}  {#- spread.reproduction_from_reposts, posterior mean -#}
{%- set posts = valid_count(posts) %}
{%- set reposts = valid_count(reposts) %}
{{ retold_mean('(' ~ posts ~ ') + (' ~ reposts ~ ')', reposts) }}
{%- endmacro %}

{% macro reproduction_variance(posts, reposts) -%}  {#- spread.reproduction_from_reposts, posterior variance -#}
{%- set posts = valid_count(posts) %}
{%- set reposts = valid_count(reposts) %}
{{ retold_variance('(' ~ posts ~ ') + (' ~ reposts ~ ')', reposts) }}
{%- endmacro %}

{% macro retold_so_far(reposts, age, half_life) -%}  {#- spread.retold_so_far; null where reposts are not known; old ones first, as nearly all are -#}
{%- set reposts = valid_count(reposts) %}
{%- set grown = 'ln(2) * (' ~ age ~ ') / (' ~ half_life ~ ')' %}
{%- set hardly = 'ln(2) * greatest(' ~ age ~ ', 1e-6) / (' ~ half_life ~ ')' %}
(case when ({{ half_life }}) between 1e-9 and 1e15 then case
 when ({{ age }}) between 40 / ln(2) * ({{ half_life }}) and 1e15 then 1 + ({{ reposts }})
 when {{ grown }} between 1e-3 and 40 then 1 - exp(-{{ grown }}) + ({{ reposts }}) * (1 - {{ grown }} / (exp({{ grown }}) - 1))
 when ({{ age }}) between 0 and ({{ half_life }}) then {{ hardly }} * (1 - {{ hardly }} / 2)
 + ({{ reposts }}) * {{ hardly }} / 2 * (1 - {{ hardly }} / 6) end end)
{%- endmacro %}

{% macro retold_mean(retold, reposts) -%}  {#- spread.reproduction_from_reposts, posterior mean; retold: sum of retold_so_far -#}
{%- set retold = valid_amount(retold) %}
{%- set reposts = valid_count(reposts) %}
((1 + ({{ reposts }})) / (20.0 + ({{ retold }})))
{%- endmacro %}

{% macro retold_variance(retold, reposts) -%}  {#- the same, posterior variance -#}
{%- set retold = valid_amount(retold) %}
{%- set reposts = valid_count(reposts) %}
((1 + ({{ reposts }})) / pow(20.0 + ({{ retold }}), 2))
{%- endmacro %}

{% macro saturated_reach(exposures, r, audience) -%}  {#- spread.saturated_reach: Newton from above, where z = 1 - (1 - x0) exp(-R z) is convex -#}
{%- set exposures = valid_count(exposures) %}
{%- set r = valid_count(r) %}
{%- set audience = valid_positive(audience) %}
(case when ({{ exposures }}) = 0 then 0 * ({{ r }}) * ({{ audience }}) else ({{ audience }}) * list_reduce(
    range(60)::double[],
    lambda z, step: z - (z - 1 + exp(-({{ exposures }}) / ({{ audience }}) - ({{ r }}) * z))
    / (1 - ({{ r }}) * exp(-({{ exposures }}) / ({{ audience }}) - ({{ r }}) * z)), 1.0::double
) end)
{%- endmacro %}

{% macro told_by(elapsed, half_life) -%}  {#- spread.told_by -#}
{%- set elapsed = valid_count(elapsed) %}
{%- set half_life = valid_positive(half_life) %}
(1 - pow(2, -({{ elapsed }})::double / ({{ half_life }})))
{%- endmacro %}

{% macro later_tellings(elapsed, r, half_life) -%}  {#- spread.later_tellings -#}
{%- set elapsed = valid_count(elapsed) %}
{%- set r = valid_count(r) %}
{%- set half_life = valid_positive(half_life) %}
(case when ({{ r }}) < 1 then ({{ r }}) / (1 - ({{ r }})) * (1 - pow(2, -(1 - ({{ r }})) * ({{ elapsed }}) / ({{ half_life }}))) end)
{%- endmacro %}

{% macro memory_half_life(still, after_years) -%}  {#- spread.memory_half_life -#}
{%- set after_years = valid_positive(after_years) %}
(case when ({{ still }}) > 0 and ({{ still }}) < 1 then ({{ after_years }}) * ln(2) / -ln({{ still }}) end)
{%- endmacro %}

{% macro memory_weight(years, half_life) -%}  {#- spread.memory_weight -#}
{%- set years = valid_count(years) %}
{%- set half_life = valid_positive(half_life) %}
(pow(2, -({{ years }})::double / ({{ half_life }})))
{%- endmacro %}

{% macro observed_audience(default, views, engagement, engagement_rate, helpful, helpful_rate, followers, reach_rate) -%}  {#- audience.observed_audience, people; what can't be counted is as good as unknown -#}
(coalesce({{ valid_count(views) }}::double, {{ valid_count(engagement) }}::double / {{ valid_share(engagement_rate) }},
 {{ valid_count(helpful) }}::double / {{ valid_share(helpful_rate) }},
 {{ valid_count(followers) }}::double * {{ valid_share(reach_rate) }}, {{ valid_count(default) }}::double))
{%- endmacro %}

{% macro credible_mean(default, views) -%}  {#- aggregate over posts, null views left out; audience.credible_mean -#}
{%- set views = valid_count(views) %}
((5.0 * any_value({{ valid_count(default) }}) + coalesce(sum({{ views }}), 0)) / (5.0 + count({{ views }})))
{%- endmacro %}

{% macro pooled_reproduction(part, reproduction) -%}  {#- aggregate over collected channels; spread.pooled_reproduction, R; part: of the exposures -#}
({{ var('default_reproduction') }} + sum(({{ part }}) * (({{ reproduction }}) - {{ var('default_reproduction') }})))
{%- endmacro %}

{% macro pooled_reproduction_variance(part, variance) -%}  {#- aggregate; the default rests on one assumed mean, with a standard deviation of the same size -#}
(sum(pow(({{ part }}), 2) * ({{ variance }})) + pow((1 - sum({{ part }})) * {{ var('default_reproduction') }}, 2))
{%- endmacro %}

{% macro second_hand(exposures, r) -%}  {#- spread.total_exposures less the first hand -#}
{%- set exposures = valid_amount(exposures) %}
{%- set r = valid_count(r) %}
(case when ({{ r }}) < 1 then ({{ exposures }}) * ({{ r }}) / (1 - ({{ r }})) end)
{%- endmacro %}

{% macro reproduction_end(sign, r, variance) -%}  {#- spread.second_hand_range: a 5 % point of a Gamma distributed R (Wilson and Hilferty) -#}
(({{ r }}) * pow(greatest(1 - ({{ variance }}) / pow({{ r }}, 2) / 9 + ({{ sign }}) * 1.6448536269514722
 * sqrt({{ variance }}) / ({{ r }}) / 3, 0), 3))
{%- endmacro %}

{% macro is_reproduction(r, variance) -%}  {#- R below 1 whose moments spread.second_hand_range does not refuse -#}
(({{ r }}) < 1 and {{ are_moments(r, variance) }} and (({{ r }}) = 0 or ({{ variance }}) <= 9 * ({{ r }}) * ({{ r }})))
{%- endmacro %}

{% macro second_hand_low(exposures, low, r, variance) -%}  {#- spread.second_hand_range, lower end -#}
{%- set few = reproduction_end(-1, r, variance) %}
(case when {{ is_reproduction(r, variance) }} and ({{ low }}) between 0 and ({{ exposures }}) and ({{ exposures }}) <= 1e100 then case
 when ({{ exposures }}) >= 1e-9 and ({{ r }}) > 0 and ({{ low }}) > 0 and {{ few }} > 0
 then {{ second_hand(exposures, r) }} * exp(-sqrt(
 pow(ln(({{ exposures }}) / ({{ low }})), 2) + pow(ln(({{ r }}) / (1 - ({{ r }})) / {{ few }} * (1 - {{ few }})), 2)))
 else 0 end end)
{%- endmacro %}

{% macro second_hand_high(exposures, high, r, variance) -%}  {#- spread.second_hand_range, upper end; null where it has none -#}
{%- set many = reproduction_end(1, r, variance) %}
(case when {{ is_reproduction(r, variance) }} and ({{ exposures }}) between 0 and ({{ high }}) and ({{ high }}) <= 1e100 then case
 when ({{ exposures }}) < 1e-9 or ({{ r }}) = 0 then ({{ high }}) * ({{ r }}) / (1 - ({{ r }}))
 when {{ many }} < 1 then {{ second_hand(exposures, r) }} * exp(sqrt(
 pow(ln(({{ high }}) / ({{ exposures }})), 2) + pow(ln({{ many }} / (1 - {{ many }}) / ({{ r }}) * (1 - ({{ r }}))), 2))) end end)
{%- endmacro %}
