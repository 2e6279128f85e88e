"""`status`, `doctor`, `sql`, `mcp` and `docs`: looking, without changing anything that is published."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from grapevine.commands.screen import Screen
from records.errors import CheckFailed, GrapevineError, InputError

__all__ = ["register"]

_SOURCES = """
from source_health
select
    source_name, slice, status, last_success_at,
    round((epoch(now()) - epoch(last_success_at)) / 3600, 1) as hours_ago,
    mention_count, rejected_count, error_message
order by all
"""
_BRANDS = """
from brand_day
select
    brand,
    sum(mention_count)::bigint as mention_count,
    sum(bad_count)::bigint as bad_count,
    sum(good_count)::bigint as good_count,
    max(told_date) as newest
group by brand
order by mention_count desc, brand
limit 20
"""

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (status, doctor, sql, mcp, docs):
        app.command()(command)


def status(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)] = None,
    max_hours: Annotated[
        float | None,
        typer.Option("--max-hours", min=0, help="Fail when a source's last complete pull ended more hours ago."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what is published: brands, sources, how fresh they are, and which weights label mentions."""
    from grapevine import models
    from warehouse import query

    screen: Screen = context.obj
    home = screen.resolved_home()
    latest = query.latest(home)
    sources = query.select(home, _SOURCES)
    brands = query.select(home, _BRANDS)
    weights = models.report(home, config)
    if as_json:
        tables = {"sources": sources.rows_as_dicts(), "brands": brands.rows_as_dicts()}
        screen.json({"latest": latest, **tables, "weights": weights})
    else:
        screen.say(f"published {latest['published_at']}, as of {latest['as_of']}")
        screen.say(models.described(weights))
        screen.table(sources.columns, sources.rows, title="sources")
        screen.table(brands.columns, brands.rows, title="brands (at most 20)")
    if max_hours is not None:
        _require_fresh(sources.rows_as_dicts(), max_hours)


def _require_fresh(sources: list[dict[str, Any]], max_hours: float) -> None:
    late = sorted({one["source_name"] for one in sources if one["hours_ago"] is None or one["hours_ago"] > max_hours})
    if late:
        raise CheckFailed(
            f"no complete pull within {max_hours:g} hours: {', '.join(late)}; `grapevine run` pulls again, "
            "`grapevine check` asks each source what is wrong"
        )


def sql(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="SQL on the published tables; - reads standard input.")],
    as_json: Json = False,
) -> None:
    """Ask the published tables; read-only, never in the way of a run."""
    from warehouse import query

    screen: Screen = context.obj
    answer = query.select(screen.resolved_home(), sys.stdin.read() if statement == "-" else statement)
    if as_json:
        screen.json(answer.rows_as_dicts())
    else:
        screen.table(answer.columns, answer.rows)


def mcp(context: typer.Context) -> None:
    """Answer an assistant's questions on the published tables; read-only, over standard input and output."""
    from grapevine.assistant.server import make_server

    screen: Screen = context.obj
    make_server(screen.resolved_home()).run()


def docs(context: typer.Context) -> None:
    """Write the static page of all tables, their columns and their lineage under the home folder."""
    from warehouse.build import write_docs

    screen: Screen = context.obj
    screen.say(str(write_docs(screen.resolved_home())))


def doctor(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)] = None,
) -> None:
    """Check the machine, the settings and the home folder, and say what to mend."""
    screen: Screen = context.obj
    home = screen.resolved_home()
    found = [
        ("Python", _python()),
        ("settings", _settings(screen, config)),
        ("home folder", _folder(home.root)),
        ("secret key", _key(home.secret_key)),
        ("warehouse", _warehouse(screen)),
        ("published", _published(screen)),
    ]
    screen.table(("what", "well?", "details"), [(what, "yes" if well else "NO", text) for what, (well, text) in found])
    if not all(well for _, (well, _) in found):
        raise CheckFailed("something is not well; the table above says what to do")


def _python() -> tuple[bool, str]:
    version = ".".join(map(str, sys.version_info[:3]))
    return sys.version_info >= (3, 11), version


def _settings(screen: Screen, config: Path | None) -> tuple[bool, str]:
    try:
        workspace = screen.workspace(config)
        return True, f"{len(workspace.brands)} brands, {len(workspace.sources)} sources"
    except GrapevineError as error:
        return False, str(error)


def _folder(root: Path) -> tuple[bool, str]:
    if not root.exists():
        return True, f"{root} will be made"
    free = os.statvfs(root).f_bavail * os.statvfs(root).f_frsize / 2**30
    if not os.access(root, os.W_OK):
        return False, f"{root} can't be written; change its owner or set GRAPEVINE_HOME"
    return free > 1, f"{root}, {free:,.1f} GiB free" + ("" if free > 1 else "; free at least 1 GiB")


def _key(path: Path) -> tuple[bool, str]:
    if not path.exists():
        return True, "made on the first run"
    mode = path.stat().st_mode & 0o777
    return mode == 0o600, "readable by its owner only" if mode == 0o600 else f"mode {mode:o}; run chmod 600 {path}"


def _warehouse(screen: Screen) -> tuple[bool, str]:
    from warehouse import store

    home = screen.resolved_home()
    if not home.warehouse.exists():
        return True, "made on the first run"
    try:
        with store.open(home, step="doctor", wait_seconds=1) as connection:
            tables = connection.execute("select count(*) from duckdb_tables() where schema_name = 'raw'").fetchone()
    except GrapevineError as error:
        return False, str(error)
    return True, f"{tables[0] if tables else 0} raw tables, {home.warehouse.stat().st_size / 2**20:,.0f} MiB"


def _published(screen: Screen) -> tuple[bool, str]:
    from warehouse import query

    home = screen.resolved_home()
    if not home.current.exists():
        return True, "nothing yet; run `grapevine run`"
    try:
        latest = query.latest(home)
    except (InputError, json.JSONDecodeError, CheckFailed) as error:
        return False, str(error)
    age = datetime.now(UTC) - datetime.fromisoformat(latest["published_at"])
    return True, f"{age.days} days old, {sum(latest['row_counts'].values()):,} rows"
