"""`connectors list|check|record|new`: for those who add a source."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from grapevine.commands.screen import Screen
from records.errors import CheckFailed

__all__ = ["register"]

Config = Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_PAYLOADS = Path("tests") / "payloads"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Which sources there are, and how to add one.", rich_markup_mode=None
    )
    group.command("list")(list_connectors)
    for command in (check, record, new):
        group.command()(command)
    app.add_typer(group, name="connectors")


def list_connectors(context: typer.Context, as_json: Json = False) -> None:
    """Show all connectors, which are ready, and what the others need."""
    from connectors import registry

    screen: Screen = context.obj
    rows = []
    for name in registry.names():
        about = registry.find(name).declaration
        missing = [one for one in about.credentials if not os.environ.get(one.variable)]
        needs = "; ".join(f"{one.variable} ({one.where})" for one in missing)
        rows.append({"connector": name, "title": about.title, "is_ready": not missing, "needs": needs})
    if as_json:
        screen.json(rows)
        return
    shown = [(row["connector"], row["title"], "yes" if row["is_ready"] else "no", row["needs"]) for row in rows]
    screen.table(("connector", "source", "ready", "needs"), shown)


def check(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Name of a connector, or the file of one that is not installed yet.")],
    payloads: Annotated[
        Path | None, typer.Option("--payloads", help="Folder of recordings; tests/payloads/NAME when left out.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Keep what is read now as expected.jsonl beside the recordings.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Try a connector on recorded answers, without a network."""
    from connectors import kit

    screen: Screen = context.obj
    folder = payloads or _PAYLOADS / Path(source).stem
    if accept:
        screen.note(f"{kit.accept(source, folder)}: read it; the connector is held to it from now on")
    report = kit.check(source, folder)
    if as_json:
        screen.json(report.to_json())
    else:
        files = [
            (
                one.name,
                one.records,
                one.gone,
                ", ".join(f"{count} {reason}" for reason, count in one.skipped.items()),
                " ".join(filter(None, (one.error, one.message))),
                _mark(one.is_ok),
            )
            for one in report.files
        ]
        screen.table(("recording", "records", "gone", "skipped", "error", "right"), files)
        checks = [(one.name, one.standing, _mark(one.is_ok), one.detail) for one in report.checks]
        screen.table(("promise", "how", "holds", "seen"), checks)
    if not report.is_ok:
        raise CheckFailed(f"{source} breaks a promise on {report.folder}; the report says which")


def record(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Name of a source in the settings.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the recordings.")],
    config: Config = None,
    pages: Annotated[int, typer.Option(min=1, help="Pages of each slice.")] = 2,
) -> None:
    """Ask a source for its first pages and write them scrubbed; look at them before you commit them."""
    from connectors.record import record as record_pages
    from records.brand import Query

    screen: Screen = context.obj
    workspace = screen.workspace(config)
    for path in record_pages(workspace.source(source), Query(workspace.brands), workspace.home, out, pages=pages):
        screen.say(str(path))


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the connector: lower-case letters, digits, underscores.")],
    recording: Annotated[Path, typer.Option("--recording", help="One recorded page, as JSON.")],
    url: Annotated[str, typer.Option("--url", help="The address that gave it, with its query.")],
    module: Annotated[
        Path | None, typer.Option("--module", help="Folder for the module; this one, or connectors/ with --inside.")
    ] = None,
    payloads: Annotated[Path, typer.Option("--payloads", help="Folder for the recording.")] = _PAYLOADS,
    inside: Annotated[bool, typer.Option("--inside", help="For this tree, not for a package of its own.")] = False,
) -> None:
    """Write a connector that reads one recorded page, and the questions that are still open."""
    from connectors.scaffold import write_connector

    screen: Screen = context.obj
    folder = module or Path("connectors" if inside else "")
    written = write_connector(name, recording=recording, url=url, module=folder, payloads=payloads, outside=not inside)
    for path in written:
        screen.say(str(path))
    what = name if inside else folder / f"{name}.py"
    where = "" if payloads == _PAYLOADS else f" --payloads {payloads / name}"
    screen.note(f"next: read {written[0]}, then grapevine connectors check {what}{where}")


def _mark(holds: bool | None) -> str:
    return {True: "yes", False: "NO", None: "not shown"}[holds]
