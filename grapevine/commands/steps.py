"""`run`, and each of the seven steps by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from connectors.manifest import troubles
from grapevine import unchanged
from grapevine.commands import reports
from grapevine.commands.screen import Screen
from grapevine.places import resolve_config
from records.errors import InputError, SourceError

if TYPE_CHECKING:
    from connectors.pull import PullResult
    from grapevine.pipeline import StepDone
    from grapevine.sending import Outcome

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
Send = Annotated[bool, typer.Option("--send", help="Send it to the receivers in the settings.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say who would get it; send nothing.")]
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
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Take all seven steps: pull, load, score, build, publish, digest, alert."""
    screen: Screen = context.obj
    home, file = screen.resolved_home(), resolve_config(config)
    is_usual = as_of is None and period is None and not force
    if is_usual and (stamp := unchanged.find(home, file)):
        if as_json:
            screen.json({"is_unchanged": True, "digests": [str(folder) for folder in stamp.digests]})
            return
        screen.note("nothing changed since the last run; --force runs all steps")
        _show_digests(screen, stamp.digests)
        return

    from grapevine import pipeline

    workspace = screen.workspace(config)
    finished: list[StepDone] = []

    def done(step: StepDone) -> None:
        finished.append(step)
        if not as_json:
            screen.note(f"{step.step:<8} {step.seconds:6.2f} s  {reports.summary(step.step, step.report)}")

    with screen.working("working"):
        pipeline.run(workspace, as_of=_moment(as_of), period=period, workers=workers, force=force, on_done=done)
    made = {step.step: step.report for step in finished}
    if as_json:
        screen.json(
            {step.step: {"seconds": step.seconds, **reports.figures(step.step, step.report)} for step in finished}
        )
    else:
        _show_digests(screen, made["digest"])
    _raise_failed(made["pull"])
    patterns = pipeline.file_patterns(workspace)
    if is_usual and patterns is not None:
        weights = [str(workspace.own_weights)] if workspace.own_weights else []
        unchanged.write(home, file, patterns=[*patterns, *weights], digests=made["digest"])


def pull(
    context: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(help="Names of sources; all when left out.")] = None,
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the first requests; send none.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch what is new from the sources into the landing folder."""
    if dry_run:
        _show_requests(context, config, sources or [], as_json)
        return
    results = _step(
        context, config, "pull", lambda steps, workspace: steps.pull(workspace, only=sources or []), as_json
    )
    _raise_failed(results)


def load(context: typer.Context, config: Config = None, as_of: AsOf = None, as_json: Json = False) -> None:
    """Bring what was pulled into the warehouse."""
    _step(context, config, "load", lambda steps, workspace: steps.load(workspace, as_of=_moment(as_of)), as_json)


def score(
    context: typer.Context,
    config: Config = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Label what has no label yet."""
    _step(context, config, "score", lambda steps, workspace: steps.score(workspace, workers=workers), as_json)


def build(
    context: typer.Context,
    config: Config = None,
    full: Annotated[bool, typer.Option("--full", help="Build incremental tables anew.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Build the tables with dbt and run their tests."""
    _step(context, config, "build", lambda steps, workspace: steps.build(workspace, full=full, force=force), as_json)


def publish(context: typer.Context, config: Config = None, force: Force = False, as_json: Json = False) -> None:
    """Give readers a new, validated copy of the marts."""
    _step(context, config, "publish", lambda steps, workspace: steps.publish(workspace, force=force), as_json)


def digest(
    context: typer.Context,
    brands: Annotated[
        list[str] | None, typer.Argument(help="Keys of brands; all configured ones when left out.")
    ] = None,
    config: Config = None,
    period: Period = None,
    kind: Annotated[
        str, typer.Option("--kind", help="day, week, month, quarter or year, when none is named.")
    ] = "week",
    across: Annotated[bool, typer.Option("--across", help="Write one with a row per brand as well.")] = False,
    send: Send = False,
    dry_run: DryRun = False,
    again: Annotated[bool, typer.Option("--again", help="Send also to those who had it.")] = False,
    show: Annotated[bool, typer.Option("--open", help="Open the pages in the browser.")] = False,
    preview: Annotated[
        int | None, typer.Option("--preview", help="Serve all digests to this machine on a port.", show_default=False)
    ] = None,
) -> None:
    """Write the digest of a period for each brand; with --send, send it to each receiver at most once."""
    from digests.periods import PeriodKind
    from grapevine import pipeline

    screen: Screen = context.obj
    workspace = screen.workspace(config)
    if kind not in get_args(PeriodKind):
        raise InputError(f"--kind is {kind!r}, must be one of {', '.join(get_args(PeriodKind))}")
    folders = pipeline.digest(
        workspace, period=period, kind=cast("PeriodKind", kind), brands=brands or [], across=across
    )
    _show_digests(screen, folders)
    if send or dry_run:
        from grapevine.sending import send_digests

        _show_outcomes(screen, send_digests(workspace.home, workspace.settings, folders, dry_run=dry_run, again=again))
    if show:
        from digests.preview import open_page

        for folder in folders:
            open_page(folder)
    if preview is not None:
        from digests.preview import preview_server

        with preview_server(workspace.home.digests, preview) as server:
            screen.note(f"digests on http://127.0.0.1:{server.server_address[1]}/ until Ctrl-C")
            server.serve_forever()


def alert(
    context: typer.Context,
    config: Config = None,
    closed: Annotated[bool, typer.Option("--all", help="Those closed in the last five weeks too.")] = False,
    send: Send = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Look for what can't wait until the next digest; with --send, tell each receiver once."""
    alerts = _step(context, config, "alert", lambda steps, workspace: steps.alert(workspace, closed=closed), as_json)
    screen: Screen = context.obj
    if not as_json:
        for one in alerts:
            screen.say(one.sentence)
    if send or dry_run:
        from grapevine.sending import send_open_alerts

        still_open = [one for one in alerts if one.closed_on is None]
        workspace = screen.workspace(config)
        _show_outcomes(screen, send_open_alerts(workspace.home, workspace.settings, still_open, dry_run=dry_run))


def _step(context: typer.Context, config: Path | None, name: str, work: Callable[..., Any], as_json: bool) -> Any:
    from grapevine import pipeline

    screen: Screen = context.obj
    workspace = screen.workspace(config)
    with screen.working(name):
        report = work(pipeline, workspace)
    if as_json:
        screen.json(reports.figures(name, report))
    else:
        screen.say(reports.summary(name, report))
    return report


def _raise_failed(results: Iterable[PullResult]) -> None:
    """Say which sources failed, and end with an exit code that says so; what the others gave is kept."""
    failed = [result for result in results if result.status == "failed"]
    if failed:
        raise SourceError("; ".join(troubles(failed)))


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


def _show_requests(context: typer.Context, config: Path | None, sources: Sequence[str], as_json: bool) -> None:
    from grapevine import pipeline

    screen: Screen = context.obj
    planned = [one._asdict() for one in pipeline.planned_requests(screen.workspace(config), only=sources)]
    if as_json:
        screen.json(planned)
    elif planned:
        screen.table(list(planned[0]), [list(one.values()) for one in planned])


def _show_outcomes(screen: Screen, outcomes: Sequence[Outcome]) -> None:
    """List who got what; end with an exit code that says so when somebody did not."""
    rows = [(one.item, one.receiver, one.state, one.reason) for one in outcomes]
    screen.table(("what", "receiver", "state", "reason"), rows)
    missed = [one for one in outcomes if one.state in ("refused", "deferred", "unknown")]
    if missed:
        raise SourceError(f"{len(missed)} of {len(outcomes)} were not sent; the table says why, send again later")


def _show_digests(screen: Screen, folders: Iterable[Path]) -> None:
    for folder in folders:
        screen.say(reports.near(folder / "page.html"))
