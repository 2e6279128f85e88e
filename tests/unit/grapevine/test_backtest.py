"""`backtest` on published tables made by hand: what is told of relations, of none, and of too little."""

from __future__ import annotations

import json

import duckdb
import pytest

from grapevine import cli
from records.home import Home

TABLES = """
create schema marts;
create table marts.outcome_period as
select 'acme' as brand, series, 'week' as period_kind, week as period_start_date, true as is_complete
from (values ('orders'), ('churn'), ('nps')) as s(series),
    range(date '2026-01-05', date '2026-05-04', interval 7 days) as w(week)
where series <> 'nps' or week < date '2026-02-01';
create table marts.backtest as
from (values
    ('acme', 'orders', 'bad_exposure_count', 'week', 0, 17, 15.0, -0.1, -0.5, 0.3, false, false),
    ('acme', 'orders', 'average_rating', 'week', 0, 17, 15.0, 0.2, -0.2, 0.6, false, true),
    ('acme', 'orders', 'bad_exposure_count', 'week', 1, 16, 14.0, -0.8, -0.9, -0.5, true, false),
    ('acme', 'churn', 'bad_exposure_count', 'week', 0, 17, 5.0, 0.3, null, null, false, false),
    ('acme', 'churn', 'average_rating', 'week', 0, 17, 15.0, null, null, null, false, true)
) as t(brand, series, metric, period_kind, lag_count, pair_count, effective_pair_count, rank_correlation,
       rank_correlation_low, rank_correlation_high, is_finding, is_rival);
create table marts.brand_period as
select 'acme' as brand, 'week' as period_kind, true as is_complete, *
from (values
    (date '2026-01-05', '2026-W02', 30, 4.0, 0.70),
    (date '2026-01-12', '2026-W03', 30, 4.3, 0.60),  -- more stars, yet fewer good experiences
    (date '2026-01-19', '2026-W04', 30, 4.4, 0.70),
    (date '2026-01-26', '2026-W05', 5, 2.0, 0.80)    -- of five ratings nothing is said
) as t(period_start_date, period_name, rating_count, average_rating, adjusted_positive_share);
"""


@pytest.fixture
def published(home: Home) -> Home:
    home.published_file.parent.mkdir(parents=True)
    with duckdb.connect(str(home.published_file)) as connection:
        connection.execute(TABLES)
    return home


def said(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    monkeypatch.setattr("sys.argv", ["grapevine", "--home", str(home.root), "backtest", *options])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert not stop.value.code
    return capsys.readouterr().out


def test_backtest__tells_a_relation_with_its_range_and_no_relation_as_such(
    published: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(published, monkeypatch, capsys)
    churn, orders = out.index("acme: churn (17 complete weeks)"), out.index("acme: orders (17 complete weeks)")
    assert "no relation found" in out[churn : out.index("acme: nps")]
    assert "+0.30 (too few)" in out[churn:]
    assert "acme: nps (4 complete weeks): too few periods" in out
    assert "no relation found" not in out[orders:]
    assert (
        "* orders falls 1 week later when bad_exposure_count rises: rank correlation -0.80, "
        "90 % range -0.90 to -0.50, 16 pairs" in out
    )


def test_backtest__lists_weeks_in_which_stars_and_figure_part(
    published: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(said(published, monkeypatch, capsys, "--json"))
    assert [week["period_name"] for week in found["opposed_weeks"]] == ["2026-W03"]
    assert len(found["relations"]) == 5
    none = json.loads(said(published, monkeypatch, capsys, "--json", "--brand", "other"))
    assert none == {"series": [], "relations": [], "opposed_weeks": []}
