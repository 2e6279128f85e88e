"""The dbt macros without dbt: rendered by jinja2 and run in DuckDB beside the rate book."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
import yaml

from transforms.rates import profile_names, profile_rows

_MACROS = Path(__file__).parents[2] / "warehouse" / "macros"
_FILES = ("bounds", "amplification", "correction", "linked", "spread", "recovery", "relation")


@pytest.fixture(scope="session")
def run_sql() -> Callable[..., tuple[Any, ...]]:
    """A function that runs a query with macros, and parameters, and returns its one row."""
    macros = "".join((_MACROS / f"{name}.sql").read_text(encoding="utf-8") for name in _FILES)
    database = duckdb.connect()
    database.execute((Path(__file__).parents[2] / "warehouse" / "raw.sql").read_text(encoding="utf-8"))
    rows = [row for name in profile_names() for row in profile_rows(name, is_current=name == "dr2013")]
    database.executemany(f"insert into raw.rate_profile values ({', '.join('?' * len(rows[0]))})", rows)
    database.execute("create view rate_profile as from raw.rate_profile")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    project = yaml.safe_load((_MACROS.parent / "dbt_project.yml").read_text(encoding="utf-8"))
    environment.globals["var"] = project["vars"].__getitem__
    rendered: dict[str, str] = {}

    def run(query: str, parameters: dict[str, Any] | None = None) -> tuple[Any, ...]:
        if query not in rendered:
            rendered[query] = environment.from_string(macros + query).render()
        row = database.execute(rendered[query], parameters or {}).fetchone()
        assert row is not None
        return row

    return run
