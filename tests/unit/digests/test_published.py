"""The tables that digests are tried on are the published ones: what `marts.sql` makes, the contracts promise."""

from __future__ import annotations

from pathlib import Path

import duckdb
import yaml

HERE = Path(__file__).parent
MARTS = HERE.parents[2] / "warehouse" / "models" / "marts"


def test_marts_sql__is_part_of_the_contracts() -> None:
    with duckdb.connect() as con:
        con.execute((HERE / "marts.sql").read_text("utf-8"))
        made = con.execute(
            "select table_name, column_name, lower(data_type) from information_schema.columns "
            "where table_schema = 'marts'"
        ).fetchall()
    promised = {
        (model["name"], column["name"], _kind(column["data_type"]))
        for file in MARTS.glob("*.yml")
        for model in yaml.safe_load(file.read_text("utf-8")).get("models", ())
        for column in model["columns"]
    }
    assert [row for row in made if (row[0], row[1], _kind(row[2])) not in promised] == []


def _kind(name: str) -> str:
    # A test may count in bigints what the contract keeps in fewer bytes: the digest reads both as whole numbers.
    return {"timestamptz": "timestamp with time zone", "integer": "bigint", "hugeint": "bigint"}.get(name, name)
