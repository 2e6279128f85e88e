"""Seconds for each digest of a house of many brands: 200 brands with ten years of history, unless told otherwise.

    grapevine --home DIR run --config examples/sample/grapevine.toml
    python -m benchmarks.many_brands DIR

The sample's published file, which has the real tables, is multiplied: each of its two brands under many names, its
weeks again and again into the past. Months and longer periods keep their dates, so only digests of weeks and days are
measured.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated

import duckdb
import typer
from rich.console import Console

from digests import figures
from digests.build import build_digest
from digests.periods import Period
from records.home import Home

WEEK_DAYS = 7
NEVER_SHIFTED = ("brand", "coverage")  # what holds for all time


def multiply(published: Path, *, brands: int, years: int) -> tuple[int, int]:
    """Make a published file one of many brands and years; return its brands and mentions."""
    with duckdb.connect(str(published)) as con:
        names = [row[0] for row in con.execute("select brand from marts.brand order by brand").fetchall()]
        first, last = con.execute("select min(told_date), max(told_date) from marts.mentions").fetchone() or (0, 0)
        step = -(-((last - first).days + 1) // WEEK_DAYS) * WEEK_DAYS
        shifts = max(1, round(years * 365.25 / step))
        con.execute("create temp table shift as select range::integer as turn, range::integer * $1 as days "
                    "from range($2)", [step, shifts])  # fmt: skip
        con.execute(
            "create temp table copy as select brand, number, if(number = 0, brand, brand || '-' || number) "
            "as name from (select unnest($1) as brand) cross join (select range::integer as number from range($2))",
            [names, -(-brands // len(names))],
        )
        tables = con.execute(
            "select table_name from information_schema.columns where table_schema = 'marts' and column_name = 'brand' "
            "and table_name in (select table_name from duckdb_tables() where schema_name = 'marts') order by 1"
        ).fetchall()
        for (table,) in tables:
            _multiply_table(con, table)
        counted = con.execute("select (select count(*) from marts.brand), (select count(*) from marts.mentions)")
        return counted.fetchone() or (0, 0)


def _multiply_table(con: duckdb.DuckDBPyConnection, table: str) -> None:
    columns = con.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = 'marts' and table_name = ? order by ordinal_position",
        [table],
    ).fetchall()
    is_shifted = table not in NEVER_SHIFTED
    shown = []
    for name, kind in columns:
        if name == "brand":
            shown.append("copy.name")
        elif name in ("mention_id", "duplicate_of") and kind == "UUID":
            shown.append(f"cast(md5(one.{name} || copy.name || shift.turn) as uuid)")
        elif name == "brand_name":
            shown.append("one.brand_name || case when copy.number > 0 then ' ' || copy.number else '' end")
        elif is_shifted and kind in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"):
            shown.append(f"cast(one.{name} - to_days(shift.days) as {kind})")
        else:
            shown.append(f"one.{name}")
    turns = "" if is_shifted else "where shift.turn = 0"
    con.execute(
        f"create or replace temp table made as select {', '.join(shown)} from marts.{table} as one "
        f"inner join copy on one.brand = copy.brand cross join shift {turns}"
    )
    con.execute(f"delete from marts.{table}")
    con.execute(f"insert into marts.{table} select * from made order by all" if table == "brand" else
                f"insert into marts.{table} select * from made")  # fmt: skip


def main(
    source: Annotated[Path, typer.Argument(help="A home folder in which the sample was published.")],
    brands: Annotated[int, typer.Option(help="How many brands.")] = 200,
    years: Annotated[int, typer.Option(help="How many years.")] = 10,
    measured: Annotated[int, typer.Option(help="How many digests are timed.")] = 12,
) -> None:
    """Print the seconds of a digest: wall and processor, the first and the slowest of those after it."""
    screen = Console()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        shutil.copytree(Home(source).current.resolve(), home.published / "run")
        home.current.symlink_to("run")
        started = perf_counter()
        brand_count, mention_count = multiply(home.published_file, brands=brands, years=years)
        size = home.published_file.stat().st_size / 1e6
        screen.print(f"{brand_count} brands, {mention_count:,} mentions, {size:,.0f} MB: made in "
                     f"{perf_counter() - started:.0f} s")  # fmt: skip
        keys = figures.brands(home.current)
        timings = []
        for brand in keys[:: max(1, len(keys) // measured)]:
            wall, work = perf_counter(), process_time()
            period: Period = figures.choose_period(home.current, brand, "week")
            build_digest(home, brand, period)
            timings.append((perf_counter() - wall, process_time() - work))
    walls, works = zip(*timings[1:], strict=True)
    screen.print(f"first digest, with imports: {timings[0][0]:.2f} s ({timings[0][1]:.2f} s of processor)")
    screen.print(f"{len(walls)} more: median {statistics.median(walls):.2f} s, slowest {max(walls):.2f} s "
                 f"({statistics.median(works):.2f} s and {max(works):.2f} s of processor)")  # fmt: skip


if __name__ == "__main__":
    typer.run(main)
