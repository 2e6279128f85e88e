"""`export`, `backup`, `restore`, `rebuild`: tables for other programs, copies for bad days, history anew."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from grapevine.commands.screen import Screen
from records.errors import InputError

if TYPE_CHECKING:
    from warehouse.export import Kind

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (export, backup, restore, rebuild):
        app.command()(command)


def export(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="A published table; see docs/generated/tables.md.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    kind: Annotated[
        str | None, typer.Option("--to", help="csv, parquet or xlsx; by the file's ending when left out.")
    ] = None,
) -> None:
    """Write a published table to a file that spreadsheets can open safely."""
    from warehouse.export import KINDS
    from warehouse.export import export as export_table

    screen: Screen = context.obj
    chosen = kind or out.suffix.lstrip(".")
    if chosen not in KINDS:
        raise InputError(f"--to is {chosen!r}, must be one of {', '.join(KINDS)}")
    rows = export_table(screen.resolved_home(), table, out, kind=cast("Kind", chosen))
    screen.say(f"{rows:,} rows of {table} in {out}")


def backup(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where backups are kept; each gets a folder of its own.")],
) -> None:
    """Copy the warehouse, its key and what was pulled."""
    from warehouse.backup import backup as make_backup

    screen: Screen = context.obj
    screen.say(str(make_backup(screen.resolved_home(), folder)))


def restore(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that `grapevine backup` wrote.")],
    config: Annotated[
        Path | None, typer.Option("--config", help="Settings file; for digests that must be written again.")
    ] = None,
) -> None:
    """Put a backup in the warehouse's place; what was erased since stays erased."""
    from warehouse.backup import restore as put_back

    screen: Screen = context.obj
    home = screen.resolved_home()
    report = put_back(home, folder)
    if report.forgotten_count and home.current.exists():
        from digests.build import rebuild
        from grapevine.sending import digest_options

        rebuild(home, digest_options(screen.workspace(config).settings))
    made = f"restored the backup of {report.backed_up_at:%Y-%m-%d %H:%M} UTC"
    screen.say(f"{made}; {report.forgotten_count} mentions in it had been erased since, and are gone again")


def rebuild(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes for scoring.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compute all of history anew with the rates and the model of now; earlier figures stay readable beside it."""
    from grapevine.rebuilding import rebuild as build_anew

    screen: Screen = context.obj
    workspace = screen.workspace(config)
    with screen.working("rebuilding"):
        done = build_anew(workspace, workers=workers)
    if as_json:
        screen.json(asdict(done))
        return
    screen.say(f"{done.scored_count:,} texts labelled anew, {done.model_count} tables built, published whole")
    if done.earlier:
        columns = ("profile", "model", "said until", "periods", "moved by more than 5 %")
        rows = [
            (one.profile, one.model_version, one.said_until, one.period_count, one.moved_count) for one in done.earlier
        ]
        screen.table(columns, rows, title="earlier figures, kept in marts.brand_period_history")
    else:
        screen.say("no figures of another profile or model are kept")
