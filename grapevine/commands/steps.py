"""`run`, and each of the seven steps by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from grapevine import pipeline
from grapevine.commands import reports
from grapevine.commands.screen import Screen
from records.errors import InputError

__all__ = ["register"]

Config = Annotated[
    Path | None,
    typer.Option("--config", help="Settings file; GRAPEVINE_CONFIG, then ./grapevine.toml.", show_default=False),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="The moment the data stand for, like 2026-11-16T06:00Z.", show_default=False),
]
Period = Annotated[
    str | None,
    typer.Option("--week", "--period", help="Like 2026-W46; the last complete week when left out.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Do it even if nothing changed.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (run, pull, load, score, build, publish, digest, alert):
        app.command()(command)


def run(
    context: typer.Context,
    config: Config = None,
    as_of: AsOf = None,
    period: Period = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes for scoring.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Take all seven steps: pull, load, score, build, publish, digest, alert."""
    screen: Screen = context.obj
    workspace = screen.workspace(config)
    finished = []

    def done(step: pipeline.StepDone) -> None:
        finished.append(step)
        if not as_json:
            screen.note(f"{step.step:<8} {step.seconds:6.2f} s  {reports.summary(step.step, step.report)}")

    with screen.working("working"):
        pipeline.run(workspace, as_of=_moment(as_of), period=period, workers=workers, on_done=done)
    if as_json:
        screen.json(
            {
                step.step: {"seconds": round(step.seconds, 3), **reports.figures(step.step, step.report)}
                for step in finished
            }
        )
        return
    for folder in next(step.report for step in finished if step.step == "digest"):
        screen.say(f"{_shown(folder / 'page.html')}")


def pull(
    context: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(help="Names of sources; all when left out.")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Fetch what is new from the sources into the landing folder."""
    _step(context, config, "pull", lambda workspace: pipeline.pull(workspace, only=sources or []), as_json)


def load(context: typer.Context, config: Config = None, as_of: AsOf = None, as_json: Json = False) -> None:
    """Bring what was pulled into the warehouse."""
    _step(context, config, "load", lambda workspace: pipeline.load(workspace, as_of=_moment(as_of)), as_json)


def score(
    context: typer.Context,
    config: Config = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Label what has no label yet."""
    _step(context, config, "score", lambda workspace: pipeline.score(workspace, workers=workers), as_json)


def build(
    context: typer.Context,
    config: Config = None,
    full: Annotated[bool, typer.Option("--full", help="Build incremental tables anew.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Build the tables with dbt and run their tests."""
    _step(context, config, "build", lambda workspace: pipeline.build(workspace, full=full, force=force), as_json)


def publish(context: typer.Context, config: Config = None, force: Force = False, as_json: Json = False) -> None:
    """Give readers a new, validated copy of the marts."""
    _step(context, config, "publish", lambda workspace: pipeline.publish(workspace, force=force), as_json)


def digest(
    context: typer.Context,
    brands: Annotated[
        list[str] | None, typer.Argument(help="Keys of brands; all configured ones when left out.")
    ] = None,
    config: Config = None,
    period: Period = None,
) -> None:
    """Write the digest of a week for each brand."""
    screen: Screen = context.obj
    for folder in pipeline.digest(screen.workspace(config), period=period, brands=brands or []):
        screen.say(str(_shown(folder / "page.html")))


def alert(context: typer.Context, config: Config = None, as_json: Json = False) -> None:
    """Look for what can't wait until the next digest."""
    _step(context, config, "alert", pipeline.alert, as_json)


def _step(context: typer.Context, config: Path | None, name: str, work: Any, as_json: bool) -> None:
    screen: Screen = context.obj
    workspace = screen.workspace(config)
    with screen.working(name):
        report = work(workspace)
    if as_json:
        screen.json(reports.figures(name, report))
    else:
        screen.say(reports.summary(name, report))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--as-of is {text!r}; write it like 2026-11-16T06:00Z") from error
    if moment.tzinfo is None:
        raise InputError(f"--as-of is {text!r}, which has no time zone; write it like 2026-11-16T06:00Z")
    return moment.astimezone(UTC)


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
