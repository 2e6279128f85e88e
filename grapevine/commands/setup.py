"""`init` and `forget`: the start, and the end of what somebody wants forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grapevine.commands.screen import Screen
from records.brand import brand_key
from records.errors import InputError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (init, forget):
        app.command()(command)


def init(
    context: typer.Context,
    brand: Annotated[str, typer.Option("--brand", prompt="Which brand do you listen for", help="Its name.")],
    handle: Annotated[list[str] | None, typer.Option("--handle", help='Its accounts, with "@".')] = None,
    competitor: Annotated[list[str] | None, typer.Option("--competitor", help="Brands to compare with.")] = None,
    time_zone: Annotated[str, typer.Option("--time-zone", help="IANA time zone of its days and weeks.")] = "UTC",
    file: Annotated[Path, typer.Option("--config", help="Where to write the settings.")] = Path("grapevine.toml"),
) -> None:
    """Write a first grapevine.toml; it never overwrites one."""
    import tomlkit

    from grapevine.settings import Settings

    screen: Screen = context.obj
    if file.exists():
        raise InputError(f"{file} exists already; change it by hand, or name another with --config")
    others = competitor or []
    document = tomlkit.document()
    document.add(tomlkit.comment("Settings of Grapevine. Secrets don't belong here: they come from the environment."))
    document["time_zone"] = time_zone
    brands = tomlkit.aot()
    for name in (brand, *others):
        table = tomlkit.table()
        table["name"] = name
        if name == brand:
            table["handles"] = handle or []
            table["competitors"] = [brand_key(other) for other in others]
        brands.append(table)
    document["brands"] = brands
    sources = tomlkit.aot()
    entry = tomlkit.table()
    entry["connector"] = "hackernews"
    sources.append(entry)
    document["sources"] = sources
    Settings.model_validate(document.unwrap())
    file.write_text(tomlkit.dumps(document), encoding="utf-8")
    screen.say(f"{file} written: {brand} on hackernews, which needs no key. Next: grapevine run --config {file}")


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
