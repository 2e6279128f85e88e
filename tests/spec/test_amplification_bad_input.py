"""What can't be counted or is no share gives null in SQL, never a wrong figure; Python refuses it by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    "call",
    [
        "experiences('5', '0')",
        "experiences('-5', '0.35')",
        "experiences('5', '1.5')",
        "experiences_variance('5', '0')",
        "experiences_variance('5', '1.5')",
        "uniform_prior_mean('0', '0')",
        "uniform_prior_mean('0', '1.5')",
        "unique_people('5718.0', '0')",
        "unique_people('-5', '100')",
        "unique_people('0', '0')",
        "saturated_reach('5718', '0.5', '0')",
        "saturated_reach('0', '0.5', 'null')",
        "saturated_reach('-5', '0.5', '100')",
        "saturated_reach('5', '-0.5', '100')",
        "total_exposures('5718', '1')",
        "total_exposures('5718', '1.2')",
        "total_exposures('-5', '.2')",
        "total_exposures('5', '-.2')",
        "later_tellings('10', '1', '80')",
        "later_tellings('10', '.5', '0')",
        "told_by('5', '0')",
        "told_by('-5', '10')",
        "rogan_gladen('1.3', '.9', '.9')",
        "rogan_gladen('.3', '1.9', '.9')",
        "rogan_gladen_variance('.3', '.9', '.95', '0', '10', '10')",
        "recovery_ratio('1', '0')",
        "recovery_ratio('1', '1',retold_bad='1')",
        "recovery_ratio('1', '1',retold_bad='1.5')",
        "recovery_ratio('-1', '1')",
        "reproduction_from_event('0', '0')",
        "capture_rate('0', '0')",
        "chapman('5', '5', '9')",
        "linked_experiences('60', '0')",
        "linked_experiences('-1', '.5')",
        "customer_value('100', '1.2', '.1')",
        "customer_value('100', '.9', '-0.2')",
        "customers_at_risk('100', '0', '.5', '.5')",
        "customers_at_risk('-100', '10', '.5', '.5')",
        "customers_at_risk('100', '10', '.5', '1.5')",
        "prospects_put_off('100', '1.5', '.1')",
        "prospects_put_off('-100', '.5', '.1')",
        "lost_share('-1', '.5')",
        "constant_hazard('.5', '0')",
        "mean_repeats('1', '5')",
        "memory_half_life('1', '2')",
        "memory_half_life('1.5', '2')",
        "defected_by('-1', '.7', '1.2')",
        "defection_shape('.5', '.4')",
        "star_propensity('0', '.1', '.3', '.3', '.2')",
        "rate_inverse_mean('1', '3')",
        "rate_inverse_mean('.5', '3')",
        "rate_inverse_square_mean('2', '3')",
        "rate_inverse_square_mean('1.5', '3')",
        "share_of('0', '0')",
        "balance('0', '0')",
    ],
)
def test_macros__bad_input_gives_null(run_sql: Callable[..., Any], call: str) -> None:
    assert run_sql(f"select {{{{ {call} }}}}") == (None,)


def test_audience__an_engagement_rate_of_zero_falls_back_on_what_is_known(run_sql: Callable[..., Any]) -> None:
    query = "select {{ observed_audience('78', 'null', '5', '0', 'null', '1', '100', '0.35') }}"
    assert run_sql(query) == (35.0,)


def test_correction__without_a_matrix_or_with_an_impossible_one_counts_stay(run_sql: Callable[..., Any]) -> None:
    query = """select is_measured, {{ true_count('bad', '5', '3', '2') }} from ({{ correction("(
        select 'bad' as actual, 'bad' as labelled, n as mention_count from (values (0)) as t (n) where n > 0)") }})"""
    assert run_sql(query) == (False, 5.0)


def test_relation__a_series_that_never_moves_has_as_many_pairs_as_it_has(run_sql: Callable[..., Any]) -> None:
    call = "{{ effective_pairs('20', 'corr(1, x)', 'corr(x, x * x)') }}"
    assert run_sql(f"select {call} from (values (1), (2), (4)) as t (x)") == (20.0,)
