{#-
How far experiences are told, first hand, where sources tell the audience of some tellings: those take the place of the
profile's mean, and what was seen for certain is never taken away. Wants in `source` told_exposures, mean, variance,
reach_mean, reach_variance and shared (amplification.told_range), audience_sum (of the tellings with a known audience) and
audience_gain (that, less as many times the profile's mean). Gives the CTE `reached`: its columns and exposures with the
ends of their 90 % range.
-#}
{% macro reached(source) -%}
reached as (
    select
        *,
        greatest(told_exposures + audience_gain, audience_sum) as exposures,
        least(greatest({{ told_low(
            'told_exposures', 'mean', 'variance', 'reach_mean', 'reach_variance', 'shared'
        ) }} + audience_gain, audience_sum), exposures) as exposures_low,
        greatest({{ told_high(
            'told_exposures', 'mean', 'variance', 'reach_mean', 'reach_variance', 'shared'
        ) }} + audience_gain, exposures) as exposures_high
    from {{ source }}
)
{%- endmacro %}
