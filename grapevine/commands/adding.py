"""`add` and `schema`: what makes writing grapevine.toml easier."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from grapevine.commands.asking import agree, ask, is_interactive
from grapevine.commands.screen import Screen

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (add, schema):
        app.command()(command)


def add(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Name of a connector; see `grapevine connectors list`.")],
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting, key=value; may be repeated. What is required and not given is asked."),
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write it without asking.")] = False,
) -> None:
    """Add a source to the settings: asks, shows the entry, and writes it behind what is there."""
    from grapevine.adding import propose, write
    from grapevine.places import resolve_config

    screen: Screen = context.obj
    path = resolve_config(config)
    may_ask = is_interactive() or not yes
    proposal = propose(
        path,
        source,
        given=given or [],
        ask=(lambda question, name: ask(question, option=f"--set {name}=VALUE")) if may_ask else None,
    )
    for line in proposal.block:
        screen.say(line)
    if not yes and not agree(f"Put this at the end of {path}?", option="--yes"):
        screen.note("nothing was written")
        return
    write(proposal)
    screen.note(f"{path} written")
    for credential in proposal.credentials:
        if not os.environ.get(credential.variable):
            screen.note(f"set {credential.variable} in the environment: {credential.where}")
    if proposal.optional:
        screen.note(f"left at their defaults: {', '.join(proposal.optional)}; see docs/generated/connectors.md")
    screen.note(f"next: grapevine check --config {path}")


def schema(context: typer.Context) -> None:
    """Print the JSON Schema of grapevine.toml, the settings of every connector included, for editors."""
    from grapevine.schema import text

    screen: Screen = context.obj
    screen.say(text().rstrip())
