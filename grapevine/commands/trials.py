"""`try` and `check`: what a source would bring, and whether all of them answer; nothing is stored."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from grapevine.commands.screen import Screen
from records.errors import CheckFailed, ConfigError

if TYPE_CHECKING:
    from grapevine.trying import Trial

__all__ = ["register"]

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_SHOWN = 10
_CHARACTERS = 100


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("try")(try_one)
    app.command()(check)


def try_one(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="LINK|FILE", help="A page's address, or a CSV, JSONL or Parquet file.")
    ],
    brand: Annotated[
        str | None, typer.Option("--brand", help="The brand it is about, by name.", show_default=False)
    ] = None,
    coverage: Annotated[
        str, typer.Option("--coverage", help="Share of the talk that it shows: 0.1, 5-20 %, or unknown.")
    ] = "unknown",
    profile: Annotated[str, typer.Option("--profile", help="Rate profile; see transforms/share_rates.")] = "dr2013",
    given: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of its connector, key=value; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read one page of a link or a file, judge it, and say what it would stand for; nothing is stored."""
    from grapevine.starter import parse_share
    from grapevine.trying import try_out

    screen: Screen = context.obj
    share = parse_share(coverage)
    with screen.working("reading"):
        trial = try_out(what, given=given or [], brand=brand, coverage=share, profile=profile)
    if as_json:
        screen.json({**asdict(trial), "mentions": [asdict(one) for one in trial.mentions[:_SHOWN]]})
        return
    screen.say(f"{trial.title}: {_counted(trial)}")
    rows = [
        (one.published_at, _rating(one.rating, one.rating_max), one.label or "not judged", _short(one.text))
        for one in trial.mentions[:_SHOWN]
    ]
    if rows:
        screen.table(("published", "rating", "label", "text"), rows)
    if len(trial.mentions) > _SHOWN:
        screen.say(f"the first {_SHOWN} of {len(trial.mentions)} are shown, all are counted")
    if trial.mentions and all(one.published_at is None for one in trial.mentions):
        screen.say("none has a date: each counts from the day on which it is first seen")
    for valence in ("bad", "good"):
        screen.say(_stands_for(trial, valence))
    screen.note("\nto pull it, put this into grapevine.toml (nothing was stored):\n")
    for line in trial.block:
        screen.note(line)


def check(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Check settings and credentials, and ask every source for its smallest page; nothing is stored."""
    from grapevine.checking import check_sources
    from grapevine.places import resolve_config
    from grapevine.settings import load_settings

    screen: Screen = context.obj
    path = resolve_config(config)
    settings = load_settings(path)
    with screen.working("asking"):
        found = check_sources(settings)
    if as_json:
        screen.json([asdict(one) for one in found])
    else:
        screen.say(f"{path}: {len(settings.brands)} brands, {len(settings.sources)} sources")
        rows = [(one.source_name, one.connector, one.error or "yes", one.detail) for one in found]
        screen.table(("source", "connector", "well?", "details"), rows)
    if not found:
        raise ConfigError(f"{path} names no source; add one with `grapevine add SOURCE`")
    failed = [one.source_name for one in found if one.error]
    if failed:
        raise CheckFailed(f"{len(failed)} of {len(found)} sources can't be pulled: {', '.join(failed)}; see above")


def _counted(trial: Trial) -> str:
    counts = trial.label_counts
    parts = [f"{counts[label]} {label}" for label in ("bad", "neutral", "good")]
    if counts["unscored"]:
        parts.append(f"{counts['unscored']} not judged (no rating, and no English)")
    skipped = [f"{count} skipped ({reason})" for reason, count in trial.skipped.items()]
    return f"{len(trial.mentions)} mentions: {', '.join((*parts, *skipped))}"


def _stands_for(trial: Trial, valence: str) -> str:
    from grapevine.commands.estimates import short

    behind, seen = trial.estimate[valence], trial.label_counts[valence]
    if not seen:
        rest = f"; up to {short(behind['experiences_high'])} experiences can stay unseen so"
        return f"no {valence} one" + (rest if trial.is_coverage_known else "")
    least = "" if trial.is_coverage_known else "at least "
    return (
        f"{seen} {valence}: if customers talk as in {trial.estimate['profile']}, {least}"
        f"{short(behind['experiences'])} {valence} experiences "
        f"({short(behind['experiences_low'])} to {short(behind['experiences_high'])}), "
        f"heard {short(behind['exposures'])} times"
    )


def _rating(rating: float | None, top: float | None) -> str:
    return "" if rating is None or top is None else f"{rating:g} of {top:g}"


def _short(text: Any) -> str:
    words = " ".join(str(text).split())
    return words if len(words) <= _CHARACTERS else words[: _CHARACTERS - 1].rstrip() + "…"
