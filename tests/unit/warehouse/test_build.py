from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from records.errors import CheckFailed, InputError
from warehouse import build as building
from warehouse.build import build

REAL = building.PROJECT
MODEL = "select brand, count(*) as mention_count from {{ source('raw', 'mention_brand') }} group by 1"
SCHEMA = """
sources:
  - {name: raw, tables: [{name: mention_brand}]}
models:
  - name: brand_day
    description: Counts.
    config: {contract: {enforced: true}}
    columns:
      - {name: brand, data_type: varchar, description: The brand., data_tests: [not_null]}
      - {name: mention_count, data_type: bigint, description: Its mentions.}
"""


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A dbt project of one model and one test, with the real project's settings."""
    folder = tmp_path / "project"
    shutil.copytree(building.PROJECT / "macros", folder / "macros")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(building.PROJECT / name, folder / name)
    (folder / "models" / "marts").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "models" / "marts" / "brand_day.sql").write_text(MODEL)
    (folder / "models" / "marts" / "brand_day.yml").write_text(SCHEMA)
    monkeypatch.setattr(building, "PROJECT", folder)
    return folder


@pytest.fixture
def brand_day(landing, loaded, mention, project) -> Path:
    landing([mention()])
    loaded()
    return project / "models" / "marts" / "brand_day.sql"


def test_build__nothing_before_the_first_load(home, project):
    with pytest.raises(InputError, match="the warehouse is empty"):
        build(home)


def test_build__models_and_tests_then_nothing_until_something_changes(home, brand_day, landing, loaded, mention, ask):
    first = build(home)
    assert (first.is_skipped, first.is_full, first.model_count, first.test_count) == (False, True, 1, 1)
    assert ask("FROM marts.brand_day") == [("acme", 1)]
    assert ask("SELECT comment FROM duckdb_columns() WHERE table_name = 'brand_day' ORDER BY column_index") == [
        ("The brand.",),
        ("Its mentions.",),
    ]
    assert build(home).is_skipped
    assert not build(home, force=True).is_full
    landing([mention("2")])
    loaded()
    again = build(home)
    assert (again.is_skipped, again.is_full) == (False, False)
    loaded(settings_hash="changed")
    assert build(home).is_full
    brand_day.write_text(f"{MODEL} having true")
    assert build(home).is_full
    assert ask("FROM marts.brand_day") == [("acme", 2)]


def test_build__a_source_in_trouble_is_news(home, brand_day, landing, loaded):
    build(home)
    landing([], status="unchanged")
    loaded()
    assert build(home).is_skipped
    landing([], status="failed", error={"kind": "drift", "message": "HTML", "retry_at": None})
    loaded()
    assert not build(home).is_skipped


def test_build__a_failing_test_and_a_failing_model_are_named(home, brand_day, capfd):
    (building.PROJECT / "tests" / "brand_day_is_few.sql").write_text(
        "select * from {{ ref('brand_day') }} where mention_count > 0"
    )
    with pytest.raises(CheckFailed, match=r"test brand_day_is_few \(tests/brand_day_is_few.sql\): Got 1 result"):
        build(home)
    brand_day.write_text("select nonsense from nowhere")
    with pytest.raises(CheckFailed, match=r"model brand_day \(models/marts/brand_day.sql\): .*nowhere"):
        build(home)
    brand_day.write_text("{% if %}")
    with pytest.raises(CheckFailed, match=r"dbt build failed: .*brand_day"):
        build(home)
    (building.PROJECT / "tests" / "brand_day_is_few.sql").unlink()
    brand_day.write_text(MODEL)
    assert build(home).is_full
    assert capfd.readouterr() == ("", "")


def test_build__a_broken_promise_is_named_and_not_only_counted(home, brand_day):
    shutil.copytree(REAL / "tests" / "generic", building.PROJECT / "tests" / "generic")
    rules = "{no brand is silent: mention_count > 1, no brand is loud: mention_count < 9}"
    tested = f"    data_tests: [{{sound: {{name: brand_day_is_sound, arguments: {{rules: {rules}}}}}}}]\n    columns:"
    brand_day.with_suffix(".yml").write_text(SCHEMA.replace("    columns:", tested))
    with pytest.raises(CheckFailed, match=r"test brand_day_is_sound \(.*\): no brand is silent \(1 row\)$"):
        build(home)


def test_build__leaves_the_file_to_others_and_the_environment_as_it_was(home, brand_day):
    before = dict(os.environ)
    build(home)
    assert dict(os.environ) == before
    opened = subprocess.run(
        [sys.executable, "-c", f"import duckdb; duckdb.connect({str(home.warehouse)!r})"], check=False
    )
    assert opened.returncode == 0
    assert sorted(path.name for path in building.PROJECT.iterdir()) == [
        "dbt_project.yml",
        "macros",
        "models",
        "profiles.yml",
        "tests",
    ]
