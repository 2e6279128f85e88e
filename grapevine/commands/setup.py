"""`init`, `recheck` and `forget`: the start, and the end of what is gone or should be forgotten."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from connectors.manifest import troubles
from grapevine.commands.asking import ask, is_interactive
from grapevine.commands.screen import Screen
from records.errors import InputError, SourceError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (init, recheck, forget):
        app.command()(command)


def init(
    context: typer.Context,
    brand: Annotated[
        str | None, typer.Option("--brand", help="Its name; asked for when left out.", show_default=False)
    ] = None,
    handle: Annotated[list[str] | None, typer.Option("--handle", help='Its accounts, with "@".')] = None,
    competitor: Annotated[list[str] | None, typer.Option("--competitor", help="Brands to compare with.")] = None,
    time_zone: Annotated[str, typer.Option("--time-zone", help="IANA time zone of its days and weeks.")] = "UTC",
    coverage: Annotated[
        str | None,
        typer.Option(
            "--coverage",
            help="Share of the talk that the sources show: 0.1, 5-20 %, or unknown (estimates then say at least).",
            show_default=False,
        ),
    ] = None,
    file: Annotated[Path, typer.Option("--config", help="Where to write the settings.")] = Path("grapevine.toml"),
) -> None:
    """Write a first grapevine.toml with the sources that need no key; it never overwrites one."""
    from grapevine import starter

    screen: Screen = context.obj
    if file.exists():
        raise InputError(f"{file} exists already; change it by hand, or name another with --config")
    if brand is None:
        brand = ask("Which brand do you listen for", option="--brand")
    if coverage is None and is_interactive():
        coverage = ask(
            "Of all that customers tell about it online, what share do these sources show (like 1-5 %)",
            option="--coverage",
            usual=starter.UNKNOWN,
        )
    settings = starter.write_new(
        file,
        starter.starter(
            brand=brand,
            handles=handle or [],
            competitors=competitor or [],
            time_zone=time_zone,
            coverage=starter.parse_share(coverage or starter.UNKNOWN),
        ),
    )
    on = ", ".join(source.resolved_name for source in settings.sources) or "no source"
    screen.say(f"{file} written: {brand} on {on}; what the other sources need stands in it")
    screen.say(f"next: grapevine check --config {file}, then grapevine run --config {file}")


def recheck(
    context: typer.Context,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="Mentions of each source at most, in place of its `recheck_limit`."),
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Ask sources whether mentions still stand; erase what is gone or expired, and old landing files."""
    from grapevine import recheck as sweep

    screen: Screen = context.obj
    workspace = screen.workspace(config)
    with screen.working("asking"):
        asked = sweep.ask(workspace, limit=limit)
    with screen.working("erasing"):
        settled = sweep.settle(workspace)
    if as_json:
        asked_of = {"asked_counts": asked.asked_counts, "left_counts": asked.left_counts, "not_asked": asked.not_asked}
        screen.json({**asdict(settled), **asked_of})
    else:
        screen.say(
            f"{sum(asked.asked_counts.values()):,} mentions asked about: {settled.edited_count:,} edited, "
            f"{settled.gone_count:,} gone; {settled.expired_count:,} expired; {settled.erased_count:,} erased from "
            f"every file; {settled.swept_count:,} old landing runs removed"
        )
        for name, why in asked.not_asked.items():
            screen.note(f"{name} was not asked: {why}")
        for name, count in asked.left_counts.items():
            screen.note(f"{name}: {count:,} mentions stay due; raise its recheck_limit, or run this more often")
    if failed := troubles(asked.results):
        raise SourceError(f"not all could be asked about, the next sweep goes on: {'; '.join(failed)}")


def forget(
    context: typer.Context,
    mentions: Annotated[
        list[str] | None, typer.Option("--mention", help="A mention's id, as the tables show it.")
    ] = None,
    author: Annotated[
        str | None, typer.Option("--author", help="An author's id at the source.", show_default=False)
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)] = None,
) -> None:
    """Erase mentions, or all of an author's, from every file under the home folder."""
    from grapevine import pipeline

    screen: Screen = context.obj
    if not mentions and not author:
        raise InputError("nothing named to forget; give --mention ID or --author ID")
    with screen.working("erasing"):
        report = pipeline.forget(screen.workspace(config), mention_ids=mentions or [], author=author)
    screen.say(f"{report.mention_count} mentions forgotten; they are in no file under the home folder any more")
