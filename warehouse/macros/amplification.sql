{#-
The amplification formula in SQL: experiences = mentions / (share rate x coverage), with its range.
Each macro is a plain expression and names the Python function it mirrors, as module.function of transforms/;
amplification.py tells the formula, pooling.py derives the variance. Arguments are SQL expressions. Macros marked
"aggregate" go into a SELECT with GROUP BY over one row per channel. Null in, null out, unless a line says otherwise.
-#}

{#- ---- one share rate, Beta(alpha, beta), alpha > 2 ---- -#}

{% macro rate_inverse_mean(alpha, beta) -%}  {#- amplification.beta_inverse_mean: E[1/s] -#}
(case when ({{ alpha }}) > 1 and ({{ alpha }}) <= 1e15 and ({{ beta }}) between 1e-9 and 1e15 then (({{ alpha }}) + ({{ beta }}) - 1) / (({{ alpha }}) - 1) end)
{%- endmacro %}

{% macro rate_inverse_square_mean(alpha, beta) -%}  {#- amplification.beta_inverse_square_mean: E[1/s^2] -#}
(case when ({{ alpha }}) > 2 and ({{ alpha }}) <= 1e15 and ({{ beta }}) between 1e-9 and 1e15
 then (({{ alpha }}) + ({{ beta }}) - 1) * (({{ alpha }}) + ({{ beta }}) - 2) / ((({{ alpha }}) - 1) * (({{ alpha }}) - 2)) end)
{%- endmacro %}

{% macro rate_mean(alpha, beta) -%}  {#- rates.Rate.mean: E[s] -#}
{%- set alpha = valid_positive(alpha) %}
{%- set beta = valid_positive(beta) %}
(({{ alpha }}) / (({{ alpha }}) + ({{ beta }})))
{%- endmacro %}

{% macro rate_relative_variance(alpha, beta) -%}  {#- rates.Rate.relative_variance: Var[s] / E[s]^2 -#}
{%- set alpha = valid_positive(alpha) %}
{%- set beta = valid_positive(beta) %}
(({{ beta }}) / (({{ alpha }}) * (({{ alpha }}) + ({{ beta }}) + 1)))
{%- endmacro %}

{#- ---- one channel alone ---- -#}

{% macro experiences(y, pi) -%}  {#- amplification.experiences: the published point, y / pi -#}
{%- set y = valid_count(y) %}
{%- set pi = valid_share(pi) %}
(({{ y }}) / ({{ pi }}))
{%- endmacro %}

{% macro experiences_variance(y, pi) -%}  {#- amplification.experiences_variance: pi known exactly -#}
{%- set y = valid_count(y) %}
{%- set pi = valid_share(pi) %}
(({{ y }}) * (1 - ({{ pi }})) / (({{ pi }}) * ({{ pi }})))
{%- endmacro %}

{% macro uniform_prior_mean(y, pi) -%}  {#- amplification.uniform_prior_mean: what y = 0 still allows -#}
{%- set y = valid_count(y) %}
{%- set pi = valid_share(pi) %}
((({{ y }}) + 1) / ({{ pi }}) - 1)
{%- endmacro %}

{% macro hidden_share(coverage, rate) -%}  {#- aggregate over all five channels, 0 where not collected; amplification.hidden_share -#}
(case when min({{ coverage }}) >= 0 and max({{ coverage }}) <= 1
 then greatest(1 - sum(({{ coverage }}) * ({{ rate }})) / sum({{ rate }}), 0) end)
{%- endmacro %}

{% macro experiences_mean_given_rates(y, e1) -%}  {#- amplification.experience_moments, mean -#}
{%- set y = valid_count(y) %}
(case when ({{ e1 }}) between 1 - 1e-6 and 1e9 then ({{ y }}) * ({{ e1 }}) end)
{%- endmacro %}

{% macro experiences_variance_given_rates(y, e1, e2) -%}  {#- amplification.experience_moments, variance -#}
{%- set y = valid_count(y) %}
(case when {{ are_inverse_moments(e1, e2) }}
 then ({{ y }}) * (({{ e2 }}) - ({{ e1 }})) + ({{ y }}) * ({{ y }}) * greatest(({{ e2 }}) - ({{ e1 }}) * ({{ e1 }}), 0) end)
{%- endmacro %}

{#- ---- ranges ---- -#}

{% macro lognormal_low(mean, variance) -%}  {#- ranges.lognormal_range, lower end; null when mean is 0 -#}
(case when ({{ mean }}) > 0 and {{ are_moments(mean, variance) }} then ({{ mean }}) * exp(-0.5 * ln(1 + ({{ variance }}) / (({{ mean }}) * ({{ mean }})))
 - 1.6448536269514722 * sqrt(ln(1 + ({{ variance }}) / (({{ mean }}) * ({{ mean }}))))) end)
{%- endmacro %}

{% macro lognormal_high(mean, variance) -%}  {#- ranges.lognormal_range, upper end; null when mean is 0 -#}
(case when ({{ mean }}) > 0 and {{ are_moments(mean, variance) }} then ({{ mean }}) * exp(-0.5 * ln(1 + ({{ variance }}) / (({{ mean }}) * ({{ mean }})))
 + 1.6448536269514722 * sqrt(ln(1 + ({{ variance }}) / (({{ mean }}) * ({{ mean }}))))) end)
{%- endmacro %}

{#- ---- the channels of one hidden total, pooled: aggregates over one row per channel ---- -#}

{% macro channel_weight(pi) -%}  {#- pooling.channel_weight: information a channel adds, pi / (1 - pi) -#}
(({{ pi }}) / greatest(1 - ({{ pi }}), 1e-12))
{%- endmacro %}

{% macro pooled_experiences(y, pi, weight) -%}  {#- aggregate; pooling.pool, experiences -#}
(sum(({{ weight }}) * ({{ y }}) / ({{ pi }})) / sum({{ weight }}))
{%- endmacro %}

{% macro pooled_mean_factor(pi, e1, weight) -%}  {#- aggregate; pooling.pool, mean_factor -#}
(sum(({{ weight }}) * ({{ pi }}) * ({{ e1 }})) / sum({{ weight }}))
{%- endmacro %}

{% macro pooled_noise(pi, e1, e2, weight) -%}  {#- aggregate; pooling.pool, noise -#}
(sum(({{ weight }}) * ({{ weight }}) * ({{ pi }}) * (({{ e2 }}) - ({{ e1 }}))) / (sum({{ weight }}) * sum({{ weight }})))
{%- endmacro %}

{% macro pooled_spread(pi, e1, e2, weight) -%}  {#- aggregate; pooling.pool, spread -#}
(sum(({{ weight }}) * ({{ weight }}) * ({{ pi }}) * ({{ pi }}) * greatest(({{ e2 }}) - ({{ e1 }}) * ({{ e1 }}), 0))
 / (sum({{ weight }}) * sum({{ weight }})))
{%- endmacro %}

{% macro pooled_effective_count(y, pi, weight) -%}  {#- aggregate; pooling.pool, effective_count -#}
({{ pooled_experiences(y, pi, weight) }}
 / (1 + sum(({{ weight }}) * ({{ weight }}) * (1 - ({{ pi }})) / ({{ pi }})) / (sum({{ weight }}) * sum({{ weight }}))))
{%- endmacro %}

{% macro pooled_seen(pi, weight) -%}  {#- aggregate; pooling.pool, seen: chance that a used channel shows one -#}
(1 - exp(sum(ln(greatest(1 - ({{ pi }}), 1e-12))) filter (where ({{ weight }}) > 0)))
{%- endmacro %}

{% macro pooled_variance(relative_variance, weight) -%}  {#- aggregate; pooling.pool, of rates or of ln coverage -#}
(sum(({{ weight }}) * ({{ weight }}) * ({{ relative_variance }})) / (sum({{ weight }}) * sum({{ weight }})))
{%- endmacro %}

{% macro pooled_shared(reach_part, relative_variance, weight) -%}  {#- aggregate; pooling.pool, shared -#}
(sum(({{ weight }}) * ({{ reach_part }}) * ({{ relative_variance }})) / sum({{ weight }}))
{%- endmacro %}

{% macro pooled_label_variance(e1, e2, noise, doubt, weight) -%}  {#- aggregate; pooling.pool, label_variance -#}
((sum(({{ weight }}) * ({{ weight }}) * ({{ e2 }}) * ({{ noise }})) + pow(sum(({{ weight }}) * ({{ e1 }}) * ({{ doubt }})), 2))
 / (sum({{ weight }}) * sum({{ weight }})))
{%- endmacro %}

{% macro pooled_disagreement(y, pi, n_hat) -%}  {#- aggregate; pooling.disagreement, Q; n_hat is the group's own estimate -#}
(sum(pow(({{ y }}) / ({{ pi }}) - ({{ n_hat }}), 2) * ({{ pi }}) / (({{ n_hat }}) * (1 - ({{ pi }})))))
{%- endmacro %}

{% macro disagreement_weight(pi, n_hat, rate_variance, log_variance, label_variance) -%}  {#- pooling.disagreement_given_rates, weight of a channel -#}
(1 / ((1 - ({{ pi }})) / greatest(({{ n_hat }}) * ({{ pi }}), 0.5) + ({{ rate_variance }}) + ({{ log_variance }})
 + ({{ label_variance }}) / pow(greatest(({{ n_hat }}) * ({{ pi }}), 0.5), 2) + 1e-12))
{%- endmacro %}

{% macro disagreement_given_rates(weight, log_alone) -%}  {#- aggregate; pooling.disagreement_given_rates, Q -#}
(greatest(sum(({{ weight }}) * pow(({{ log_alone }}), 2)) - pow(sum(({{ weight }}) * ({{ log_alone }})), 2) / sum({{ weight }}), 0))
{%- endmacro %}

{#- ---- from the pooled columns: mean, variance, range of the experiences ---- -#}

{% macro experience_mean(n_hat, mean_factor, seen) -%}  {#- pooling.Pooled.moments, mean -#}
(case when ({{ n_hat }}) > 0 then ({{ n_hat }}) * ({{ mean_factor }})
 else greatest(({{ mean_factor }}) / ({{ seen }}) - 1, 0) end)
{%- endmacro %}

{% macro experience_variance(n_hat, noise, spread, seen) -%}  {#- pooling.Pooled.moments, variance -#}
(case when ({{ n_hat }}) > 0 then ({{ n_hat }}) * ({{ noise }}) + ({{ n_hat }}) * ({{ n_hat }}) * ({{ spread }})
 else ({{ noise }}) / ({{ seen }}) + ({{ spread }}) / (({{ seen }}) * ({{ seen }})) end)
{%- endmacro %}

{% macro experiences_low(n_hat, mean, variance, floor, label_variance='0') -%}  {#- pooling.Pooled.range, lower end -#}
(case when {{ are_moments(mean, variance) }} and ({{ label_variance }}) between 0 and 1e100 and ({{ n_hat }}) between 0 and 1e100
 then case when ({{ n_hat }}) > 0
 then least(greatest(least({{ lognormal_low(mean, variance) }}, ({{ n_hat }}) - 1.6448536269514722 * sqrt({{ label_variance }})),
 ({{ floor }})), ({{ n_hat }})) else ({{ n_hat }}) end end)
{%- endmacro %}

{% macro experiences_high(n_hat, mean, variance, label_variance='0') -%}  {#- pooling.Pooled.range, upper end -#}
(case when {{ are_moments(mean, variance) }} and ({{ label_variance }}) between 0 and 1e100 and ({{ n_hat }}) between 0 and 1e100
 then greatest(coalesce({{ lognormal_high(mean, variance) }}, 0), ({{ n_hat }}) + 1.6448536269514722 * sqrt({{ label_variance }})) end)
{%- endmacro %}

{#- ---- tellings and exposures: experiences x factor; the factor shares rates with the experiences ---- -#}

{% macro told_low(point, mean, variance, factor_mean, factor_variance, shared) -%}  {#- amplification.told_range, lower end -#}
(case when {{ can_be_told(point, mean, variance, factor_mean, factor_variance, shared) }}
 then case when ({{ point }}) > 0
 then least(({{ point }}), {{ told_end(-1, mean, variance, factor_mean, factor_variance, shared) }}) else ({{ point }}) end end)
{%- endmacro %}

{% macro told_high(point, mean, variance, factor_mean, factor_variance, shared) -%}  {#- amplification.told_range, upper end -#}
(case when {{ can_be_told(point, mean, variance, factor_mean, factor_variance, shared) }}
 then greatest(({{ point }}), coalesce({{ told_end(1, mean, variance, factor_mean, factor_variance, shared) }}, 0)) end)
{%- endmacro %}

{% macro can_be_told(point, mean, variance, factor_mean, factor_variance, shared) -%}  {#- what amplification.told_range does not refuse -#}
(({{ point }}) between 0 and 1e100 and {{ are_moments(mean, variance) }} and {{ are_moments(factor_mean, factor_variance) }}
 and ({{ shared }}) >= 0 and ({{ shared }}) < 1)
{%- endmacro %}

{% macro told_end(sign, mean, variance, factor_mean, factor_variance, shared) -%}  {#- amplification.told_range -#}
(case when ({{ mean }}) > 0 and ({{ factor_mean }}) > 0 then ({{ mean }}) * ({{ factor_mean }}) * (1 - ({{ shared }}))
 * exp(-0.5 * {{ told_log_variance(mean, variance, factor_mean, factor_variance, shared) }}
 + ({{ sign }}) * 1.6448536269514722 * sqrt({{ told_log_variance(mean, variance, factor_mean, factor_variance, shared) }})) end)
{%- endmacro %}

{% macro told_log_variance(mean, variance, factor_mean, factor_variance, shared) -%}  {#- amplification.told_range -#}
greatest(ln(1 + ({{ variance }}) / (({{ mean }}) * ({{ mean }})))
 + ln(1 + ({{ factor_variance }}) / (({{ factor_mean }}) * ({{ factor_mean }}))) - 2 * ({{ shared }}), 0)
{%- endmacro %}

{% macro factor_mean(rate_mean, audience_mean) -%}  {#- aggregate over all five channels; amplification.reach_moments, E[K] -#}
(sum(({{ rate_mean }}) * ({{ audience_mean }})))
{%- endmacro %}

{% macro factor_variance(rate_mean, relative_variance, audience_mean, audience_shape) -%}  {#- aggregate; reach_moments, Var[K] -#}
(sum(pow(({{ rate_mean }}) * ({{ audience_mean }}), 2) * ((1 + ({{ relative_variance }})) * (1 + 1 / ({{ audience_shape }})) - 1)))
{%- endmacro %}

{#- ---- ratios ---- -#}

{% macro ratio_low(ratio, log_variance) -%}  {#- ranges.ratio_range, lower end; null when ratio <= 0 or null -#}
(case when ({{ ratio }}) > 0 and ({{ ratio }}) <= 1e100 and ({{ log_variance }}) between 0 and 1e4 then ({{ ratio }}) * exp(-1.6448536269514722 * sqrt({{ log_variance }})) end)
{%- endmacro %}

{% macro ratio_high(ratio, log_variance) -%}  {#- ranges.ratio_range, upper end; null when ratio <= 0 or null -#}
(case when ({{ ratio }}) > 0 and ({{ ratio }}) <= 1e100 and ({{ log_variance }}) between 0 and 1e4 then ({{ ratio }}) * exp(1.6448536269514722 * sqrt({{ log_variance }})) end)
{%- endmacro %}

{% macro change_log_variance(count_before, count_after, coverage_log_variance) -%}  {#- ratios.change -#}
(case when ({{ count_before }}) between 1e-9 and 1e15 and ({{ count_after }}) between 1e-9 and 1e15 and ({{ coverage_log_variance }}) >= 0
 then 1 / ({{ count_before }})::double + 1 / ({{ count_after }})::double + ({{ coverage_log_variance }}) end)
{%- endmacro %}

{% macro overlap_variance(squares, total, experiences) -%}  {#- ratios.overlap_variance; squares: sum of y^2 over the channels; 0 when nothing was seen, or a corrected y is below 0 -#}
(case when coalesce(({{ experiences }}), 0) between 0 and 1e100 then greatest(coalesce(
 (1 - ({{ squares }}) / nullif(pow({{ total }}, 2), 0)) / case when ({{ experiences }}) >= 1e-9 then ({{ experiences }}) end, 0), 0) end)
{%- endmacro %}

{% macro good_per_bad_log_variance(count_bad, count_good, rate_variance_bad, rate_variance_good, bad, good) -%}  {#- ratios.good_per_bad; counts are effective ones -#}
(1 / nullif(({{ count_bad }})::double, 0) - 1 / nullif(({{ bad }})::double, 0) + 1 / nullif(({{ count_good }})::double, 0)
 - 1 / nullif(({{ good }})::double, 0) + ({{ rate_variance_bad }}) + ({{ rate_variance_good }}))
{%- endmacro %}

{% macro good_per_bad_low(ratio, log_variance, bad, good) -%}  {#- ratios.good_per_bad; null when nothing bad was seen -#}
(case when ({{ bad }}) > 0 and ({{ good }}) > 0 then {{ ratio_low(ratio, log_variance) }} when ({{ bad }}) > 0 then 0 end)
{%- endmacro %}

{% macro good_per_bad_high(ratio, log_variance, bad, good, bad_low, good_high) -%}  {#- ratios.good_per_bad -#}
(case when ({{ bad }}) > 0 and ({{ good }}) > 0 then {{ ratio_high(ratio, log_variance) }}
 when ({{ bad }}) > 0 then ({{ good_high }}) / greatest(({{ bad_low }}), least(({{ bad }}), 1)) end)
{%- endmacro %}

{% macro positive_share_low(ratio, log_variance, bad, good, bad_high, good_low) -%}  {#- ratios.positive_share: through the logit -#}
(case when ({{ bad }}) > 0 and ({{ good }}) > 0
 then {{ ratio_low(ratio, log_variance) }} / (1 + {{ ratio_low(ratio, log_variance) }})
 when ({{ good }}) > 0 then ({{ good_low }}) / (({{ good_low }}) + ({{ bad_high }})) when ({{ bad }}) > 0 then 0 end)
{%- endmacro %}

{% macro positive_share_high(ratio, log_variance, bad, good, bad_low, good_high) -%}  {#- ratios.positive_share -#}
(case when ({{ bad }}) > 0 and ({{ good }}) > 0
 then {{ ratio_high(ratio, log_variance) }} / (1 + {{ ratio_high(ratio, log_variance) }})
 when ({{ good }}) > 0 then 1 when ({{ bad }}) > 0 then ({{ good_high }}) / (({{ good_high }}) + ({{ bad_low }})) end)
{%- endmacro %}

{% macro share_of(part, rest) -%}  {#- ratios.share_of: part / (part + rest), null when both are 0 -#}
{%- set part = valid_count(part) %}
{%- set rest = valid_count(rest) %}
(({{ part }}) / nullif(({{ part }}) + ({{ rest }}), 0))
{%- endmacro %}

{% macro balance(good, bad) -%}  {#- ratios.balance: -1..+1, null when both are 0 -#}
{%- set good = valid_count(good) %}
{%- set bad = valid_count(bad) %}
((({{ good }}) - ({{ bad }})) / nullif(({{ good }}) + ({{ bad }}), 0))
{%- endmacro %}

{% macro is_change_finding(low, high, observed_before, observed_after, min_n=12) -%}  {#- ratios.is_finding -#}
(coalesce(({{ low }}) > 1 or ({{ high }}) < 1, false) and ({{ observed_before }}) >= {{ min_n }} and ({{ observed_after }}) >= {{ min_n }})
{%- endmacro %}

{% macro less_than_one(x) -%}  {#- 1 - exp(-x) without cancelling at small x; x: 0 or more -#}
(case when {{ x }} < 700 then 2 * sinh({{ x }} / 2) * exp(-({{ x }}) / 2) when {{ x }} >= 700 then 1 end)
{%- endmacro %}

{% macro unique_people(exposures, audience) -%}  {#- amplification.unique_people: A (1 - exp(-E / A)) -#}
{%- set exposures = valid_count(exposures) %}
{%- set audience = valid_positive(audience) %}
(({{ audience }}) * {{ less_than_one('((' ~ exposures ~ ') / (' ~ audience ~ '))') }})
{%- endmacro %}

{#- ---- coverage, triangular(low, mode, high), 0 < low <= mode <= high <= 1 ---- -#}

{% macro coverage_mean(low, mode, high) -%}  {#- coverage.triangular, mean -#}
((({{ low }}) + ({{ mode }}) + ({{ high }})) / 3)
{%- endmacro %}

{% macro coverage_variance(low, mode, high) -%}  {#- coverage.triangular, variance -#}
((pow({{ high }} - ({{ low }}), 2) - (({{ mode }}) - ({{ low }})) * (({{ high }}) - ({{ mode }}))) / 18)
{%- endmacro %}

{% macro channel_coverage_mode(mode, is_disjoint) -%}  {#- aggregate over a channel's sources; coverage.combine, mode -#}
(case when bool_or({{ is_disjoint }}) then least(sum({{ mode }}), 1)
 else 1 - product(1 - ({{ mode }})) end)
{%- endmacro %}

{% macro channel_coverage_mean(low, mode, high, is_disjoint) -%}  {#- aggregate; coverage.combine, mean -#}
(case when bool_or({{ is_disjoint }}) then least(sum({{ coverage_mean(low, mode, high) }}), 1)
 else 1 - product(1 - {{ coverage_mean(low, mode, high) }}) end)
{%- endmacro %}

{% macro channel_coverage_variance(low, mode, high, is_disjoint) -%}  {#- aggregate; coverage.combine, variance -#}
(case when bool_or({{ is_disjoint }}) then sum({{ coverage_variance(low, mode, high) }})
 else product(pow(1 - {{ coverage_mean(low, mode, high) }}, 2) + {{ coverage_variance(low, mode, high) }})
 - product(pow(1 - {{ coverage_mean(low, mode, high) }}, 2)) end)
{%- endmacro %}

{% macro coverage_inverse_mean(mean, variance) -%}  {#- coverage.combine, E[1/kappa] -#}
((1 + ({{ variance }}) / (({{ mean }}) * ({{ mean }}))) / ({{ mean }}))
{%- endmacro %}

{% macro coverage_inverse_square_mean(mean, variance) -%}  {#- coverage.combine, E[1/kappa^2] -#}
(pow(1 + ({{ variance }}) / (({{ mean }}) * ({{ mean }})), 3) / (({{ mean }}) * ({{ mean }})))
{%- endmacro %}

{% macro coverage_log_variance(mean, variance) -%}  {#- coverage.combine, Var[ln kappa] -#}
(ln(1 + ({{ variance }}) / (({{ mean }}) * ({{ mean }}))))
{%- endmacro %}
