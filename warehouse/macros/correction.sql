{#- Correction of labelled counts by a confusion matrix of bad, neutral and good: transforms/prevalence.py, Correction. -#}

{% macro correction(cells) -%}  {#- prevalence.Correction.from_counts; cells: relation of actual, labelled, mention_count.
One row. With no matrix, fewer than 20 examples of a class, or one too close to guessing: nothing is changed. -#}
with counted as (
    select
        {%- for actual in ['bad', 'neutral', 'good'] %}
        coalesce(sum(mention_count) filter (where actual = '{{ actual }}'), 0) as {{ actual }}_size,
        {%- for given in ['bad', 'neutral', 'good'] %}
        sum(mention_count) filter (where actual = '{{ actual }}' and labelled = '{{ given }}')
        / nullif(sum(mention_count) filter (where actual = '{{ actual }}'), 0) as {{ actual }}_{{ given }}
        {{- "," if not loop.last }}
        {%- endfor %}
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ cells }}
),

squared as (  -- M^T M: its largest by its smallest eigenvalue is the condition number, squared
    select
        *,
        {%- for a in ['bad', 'neutral', 'good'] %}
        {%- for b in ['bad', 'neutral', 'good'] %}
        bad_{{ a }} * bad_{{ b }} + neutral_{{ a }} * neutral_{{ b }} + good_{{ a }} * good_{{ b }} as s_{{ a }}_{{ b }},
        {%- endfor %}
        {%- endfor %}
        bad_bad * (neutral_neutral * good_good - neutral_good * good_neutral)
        - bad_neutral * (neutral_bad * good_good - neutral_good * good_bad)
        + bad_good * (neutral_bad * good_neutral - neutral_neutral * good_bad) as det
    from counted
),

spread as (
    select
        *,
        (s_bad_bad + s_neutral_neutral + s_good_good) / 3 as middle,
        sqrt((
            pow(s_bad_bad - middle, 2) + pow(s_neutral_neutral - middle, 2) + pow(s_good_good - middle, 2)
            + 2 * (pow(s_bad_neutral, 2) + pow(s_bad_good, 2) + pow(s_neutral_good, 2))
        ) / 6) as width,
        (s_bad_bad - middle) * ((s_neutral_neutral - middle) * (s_good_good - middle) - pow(s_neutral_good, 2))
        - s_bad_neutral * (s_bad_neutral * (s_good_good - middle) - s_neutral_good * s_bad_good)
        + s_bad_good * (s_bad_neutral * s_neutral_good - (s_neutral_neutral - middle) * s_bad_good) as turn,
        acos(least(greatest(turn / 2 / nullif(pow(width, 3), 0), -1), 1)) / 3 as angle
    from squared
),

judged as (
    select
        *,
        coalesce(
            least(bad_size, neutral_size, good_size) >= 20
            and middle + 2 * width * coalesce(cos(angle), 1)
            <= 100 * (middle + 2 * width * coalesce(cos(angle + 2 * pi() / 3), -0.5)),
            false
        ) as is_measured
    from spread
),

inverted as (  -- A = (M^T)^-1
    select
        *,
        {%- set order = ['bad', 'neutral', 'good'] %}
        {%- for v in range(3) %}
        {%- for j in range(3) %}
        {%- set r, s = order[(j + 1) % 3], order[(j + 2) % 3] %}
        {%- set p, q = order[(v + 1) % 3], order[(v + 2) % 3] %}
        case
            when is_measured
                then ({{ p }}_{{ r }} * {{ q }}_{{ s }} - {{ p }}_{{ s }} * {{ q }}_{{ r }}) / det
            else {{ 1 if v == j else 0 }}
        end as {{ order[v] }}_from_{{ order[j] }}
        {{- "," if not (v == 2 and j == 2) }}
        {%- endfor %}
        {%- endfor %}
    from judged
)

select
    is_measured,
    {%- for v in ['bad', 'neutral', 'good'] %}
    {%- for j in ['bad', 'neutral', 'good'] %}
    {{ v }}_from_{{ j }}::double as {{ v }}_from_{{ j }},
    {%- endfor %}
    {%- endfor %}
    {%- for v in ['bad', 'good'] %}
    {%- for i in ['bad', 'neutral', 'good'] %}
    case when is_measured then greatest((
        pow({{ v }}_from_bad, 2) * {{ i }}_bad + pow({{ v }}_from_neutral, 2) * {{ i }}_neutral
        + pow({{ v }}_from_good, 2) * {{ i }}_good - {{ 1 if v == i else 0 }}
    ) / {{ i }}_size, 0) else 0 end::double as {{ v }}_doubt_{{ i }},
    {%- endfor %}
    {%- endfor %}
    {%- for i in ['bad', 'neutral', 'good'] %}
    case when is_measured then (
        bad_from_bad * good_from_bad * {{ i }}_bad + bad_from_neutral * good_from_neutral * {{ i }}_neutral
        + bad_from_good * good_from_good * {{ i }}_good
    ) / {{ i }}_size else 0 end::double as cross_doubt_{{ i }}
    {{- "," if not loop.last }}
    {%- endfor %}
from inverted
{%- endmacro %}

{% macro true_count(v, bad, neutral, good) -%}  {#- prevalence.Correction.true_counts, of one class, unclipped -#}
({{ v }}_from_bad * ({{ bad }}) + {{ v }}_from_neutral * ({{ neutral }}) + {{ v }}_from_good * ({{ good }}))
{%- endmacro %}

{% macro label_spread(v, bad, neutral, good) -%}  {#- sum of A^2 q: variance of a true count, its own Poisson noise included -#}
(pow({{ v }}_from_bad, 2) * ({{ bad }}) + pow({{ v }}_from_neutral, 2) * ({{ neutral }})
 + pow({{ v }}_from_good, 2) * ({{ good }}))
{%- endmacro %}

{% macro label_noise(v, bad, neutral, good) -%}  {#- prevalence.Correction.noise -#}
(greatest({{ label_spread(v, bad, neutral, good) }} - {{ true_count(v, bad, neutral, good) }}, 0))
{%- endmacro %}

{% macro label_doubt(v, bad, neutral, good) -%}  {#- prevalence.Correction.doubt -#}
(sqrt(pow({{ true_count('bad', bad, neutral, good) }}, 2) * {{ v }}_doubt_bad
 + pow({{ true_count('neutral', bad, neutral, good) }}, 2) * {{ v }}_doubt_neutral
 + pow({{ true_count('good', bad, neutral, good) }}, 2) * {{ v }}_doubt_good))
{%- endmacro %}

{% macro label_covariance(bad, neutral, good) -%}  {#- prevalence.Correction.covariance -#}
(bad_from_bad * good_from_bad * ({{ bad }}) + bad_from_neutral * good_from_neutral * ({{ neutral }})
 + bad_from_good * good_from_good * ({{ good }})
 + pow({{ true_count('bad', bad, neutral, good) }}, 2) * cross_doubt_bad
 + pow({{ true_count('neutral', bad, neutral, good) }}, 2) * cross_doubt_neutral
 + pow({{ true_count('good', bad, neutral, good) }}, 2) * cross_doubt_good)
{%- endmacro %}

{% macro label_log_variance(variance_bad, variance_good, covariance, bad, good) -%}  {#- ratios.label_log_variance -#}
(coalesce(ln(1 + greatest(({{ variance_bad }}) / nullif(pow({{ bad }}, 2), 0) + ({{ variance_good }}) / nullif(pow({{ good }}, 2), 0)
 - 2 * ({{ covariance }}) / nullif(({{ bad }}) * ({{ good }}), 0), 0)), 0))
{%- endmacro %}
