"""Read what is published again and again until standard input ends: `reader.py PUBLISHED_FOLDER`; needs duckdb alone.

Each reading opens a new connection, as BI tools do, once through `current` and once in the folder that `current` named,
whose latest.json says how many rows each table has. Prints one JSON document: the number of readings, the folders seen,
what did not agree, and at the end a fingerprint of every table, to compare with those of other versions of DuckDB.
"""

from __future__ import annotations

import json
import select
import sys
from pathlib import Path
from typing import Any

import duckdb

FILE = "grapevine.duckdb"


def counts(file: Path) -> dict[str, int]:
    """Return the number of rows of each table, read on one connection."""
    with duckdb.connect(file, read_only=True) as published:
        names = published.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts'").fetchall()
        one = ", ".join(f'(SELECT count(*) FROM marts."{name}") AS "{name}"' for (name,) in names)
        row = published.execute(f"SELECT {one}").fetchone() or ()
    return {name: count for (name,), count in zip(names, row, strict=True)}


def fingerprints(file: Path) -> dict[str, str]:
    """Return the sums of every table's columns, as words that no version of DuckDB writes differently."""
    found = {}
    with duckdb.connect(file, read_only=True) as published:
        published.execute("SET TimeZone = 'UTC'")
        for name, column, kind in published.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = 'marts' ORDER BY ALL"
        ).fetchall():
            # words by their md5, whose algorithm is fixed; numbers as they are, in thousandths
            sums = f'sum("{column}"::DECIMAL(38, 3))' if kind in ("DOUBLE", "BIGINT", "INTEGER") else (
                f'sum(md5_number_lower("{column}"::VARCHAR)::HUGEINT)'
            )  # fmt: skip
            row = published.execute(f'SELECT count("{column}"), {sums} FROM marts."{name}"').fetchone()
            found[f"{name}.{column}"] = str(row)
    return found


def row_counts(folder: Path) -> dict[str, int]:
    """Return what latest.json says about the tables of a published folder."""
    latest = json.loads((folder / "latest.json").read_text(encoding="utf-8"))
    return dict(latest["row_counts"])


def main(current: Path) -> None:
    """Read until told to stop."""
    seen: dict[str, dict[str, int]] = {}
    answer: dict[str, Any] = {"duckdb": duckdb.__version__, "readings": 0, "torn": []}
    is_last = False
    while not is_last:
        is_last = bool(select.select([sys.stdin], [], [], 0)[0])
        folder = current.resolve()
        seen[folder.name] = row_counts(folder)
        if counts(folder / FILE) != seen[folder.name]:
            answer["torn"].append(folder.name)
        through_link = counts(current / FILE)
        newest = current.resolve()  # may be the next one by now
        if through_link not in (seen[folder.name], row_counts(newest)):
            answer["torn"].append(f"current, {folder.name} or {newest.name}")
        answer["readings"] += 1
    answer["folders"] = list(seen)
    answer["fingerprints"] = fingerprints(current / FILE)
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "current")
