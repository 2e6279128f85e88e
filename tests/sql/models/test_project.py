"""The dbt project as a whole: described, documented, without a clock of its own, its unit tests green."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from warehouse import build as build_module
from warehouse.build import write_docs

from .conftest import Built, Raw, Told, at

PROJECT = Path(build_module.__file__).parent
MODELS = sorted((PROJECT / "models").glob("*/*.sql"))
CLOCKS = re.compile(
    r"\b(current_timestamp|current_date|current_time|localtimestamp|now\s*\(|today\s*\(|get_current_)", re.IGNORECASE
)


def _one_mention() -> Raw:
    raw = Raw(posts="alone")
    raw.brand("alone")
    raw.source("alone")
    raw.mention("1", Told("bad", at("2026-03-02")), brands="alone")
    return raw


SCENES = (_one_mention,)


@pytest.mark.parametrize("path", [*MODELS, *sorted((PROJECT / "macros").glob("*.sql"))], ids=lambda path: path.stem)
def test_project__no_model_has_a_clock_of_its_own(path: Path) -> None:
    code = re.sub(r"--[^\n]*|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert CLOCKS.findall(code) == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_project__each_table_says_its_grain_its_key_and_tests_it(path: Path) -> None:
    (model,) = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["models"]
    grain = re.search(r"One row per (.+); key (.+)\.$", model["description"])
    assert model["name"] == path.stem
    assert grain, model["description"]
    columns = [column["name"] for column in model["columns"]]
    key = grain[2].split(", ")
    assert set(key) <= set(columns)
    tested = [test["sound"]["arguments"].get("key", []) for test in model["data_tests"] if "sound" in test]
    assert key in tested or path.stem == "coverage"  # its key holds NULL: all brands, for ever


def test_project__every_column_carries_its_comment(built: Built) -> None:
    bare = built.rows(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE schema_name IN ('core', 'marts') AND coalesce(comment, '') = ''"
    )
    assert bare == []
    tables = built.rows(
        "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE schema_name IN ('core', 'marts') "
        "UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE schema_name = 'marts'"
    )
    assert {name for name, comment in tables if "One row per" not in (comment or "")} == set()


def test_metric__names_columns_that_exist(built: Built) -> None:
    missing = built.rows(
        "SELECT table_name, metric FROM marts.metric WHERE (table_name, metric) NOT IN "
        "(SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts')"
    )
    assert missing == []


def test_metric__lists_every_estimate_and_ratio(built: Built) -> None:
    unlisted = built.rows(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'marts' AND data_type = 'DOUBLE' "
        "AND table_name IN ('brand_period', 'channel_period', 'driver_period', 'share_of_voice_period', "
        "'response_queue') "
        "AND NOT regexp_matches(column_name, '_(low|high)$') AND column_name NOT IN ('rating', 'rating_max') "
        "AND column_name NOT IN (SELECT metric FROM marts.metric)"
    )
    assert unlisted == []


def test_marts__are_flat(built: Built) -> None:
    nested = built.rows(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts' "
        "AND (data_type LIKE '%[]' OR data_type LIKE 'STRUCT%' OR data_type LIKE 'MAP%')"
    )
    assert nested == []


def test_unit_tests__of_the_models_pass(changed: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPEVINE_UNIT_TESTS", "on")
    results = build_module._dbt(changed.home, ["test", "--select", "test_type:unit"])
    assert {str(result.status) for result in results} == {"pass"}
    tested = {re.sub(r"^unit_test\.grapevine\.|\..*$", "", result.node.unique_id) for result in results}
    assert tested >= {"duplicate", "source_coverage", "channel_day", "channel_estimate", "estimate", "change"}
    assert tested >= {"brand_period", "channel_period", "driver_period", "correction", "sensitivity"}


def test_docs__are_one_static_page(changed: Built) -> None:
    path = write_docs(changed.home)
    assert path == changed.home.root / "docs" / "index.html"
    page = path.read_text(encoding="utf-8")
    assert all(word in page for word in ("brand_period", "adjusted_positive_share", "mention_version"))
