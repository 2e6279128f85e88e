"""`classify`, `explain`, `evaluate`, `train`: labels for texts, why, how right they are, and weights of your own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from grapevine.commands.screen import Screen
from records.errors import InputError

if TYPE_CHECKING:
    from transforms.explaining import Explanation

__all__ = ["register"]

_SHOWN = 12  # of what moved a text

File = Annotated[Path, typer.Argument(help="CSV (plain or .gz) or Parquet.")]
Text = Annotated[str, typer.Option("--text", help="Column that holds the text.")]
Label = Annotated[str, typer.Option("--label", help="Column with bad/neutral/good or negative/neutral/positive.")]
BrandColumn = Annotated[
    str | None, typer.Option("--brand", help="Column that names the brand each text is about.", show_default=False)
]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file.", show_default=False)]
WeightsFile = Annotated[
    str | None,
    typer.Option(
        "--weights", help='Weights file; those in use when left out, "default": those of Grapevine.', show_default=False
    ),
]
RatingColumn = Annotated[
    str | None,
    typer.Option("--rating", help="Column with ratings; they decide where there are any.", show_default=False),
]
RatingMax = Annotated[float, typer.Option("--rating-max", help="Upper end of the ratings' scale.", min=1)]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (classify, explain, evaluate, train):
        app.command()(command)


def classify(
    context: typer.Context,
    file: File,
    text: Text,
    out: Annotated[Path, typer.Option("--out", help="Where to write it; CSV or Parquet by its ending.")],
    brand: BrandColumn = None,
    rating: RatingColumn = None,
    rating_max: RatingMax = 5,
    why: Annotated[
        bool, typer.Option("--explain", help="Add a column why: what moved each text, and how far.")
    ] = False,
    weights: WeightsFile = None,
    config: Config = None,
) -> None:
    """Write the file again with label, probabilities and compound beside each row."""
    from grapevine import teaching
    from transforms.evaluation import Ratings, classify_file

    screen: Screen = context.obj
    with screen.working("classifying"):
        model = teaching.choose(weights, screen.resolved_home(), config)
        rated = Ratings(rating, rating_max) if rating else None
        rows = classify_file(file, text=text, brand=brand, out=out, weights=model, ratings=rated, explain=why)
    screen.say(f"{rows:,} rows classified into {out}")


def explain(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="A mention's id, or a text in quotes; - reads standard input.")],
    brands: Annotated[
        list[str] | None,
        typer.Option("--brand", help="A name of the brand that a text is about.", show_default=False),
    ] = None,
    weights: WeightsFile = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Say which words and rules moved a text to its label, in the numbers that made the decision."""
    from grapevine import teaching

    screen: Screen = context.obj
    said = sys.stdin.read() if what == "-" else what
    model = teaching.choose(weights, screen.resolved_home(), config)
    try:
        mention = UUID(said.strip())
    except ValueError:
        found = [teaching.explain_text(said, tuple(brands or ()), model)]
    else:
        found = teaching.explain_mention(screen.resolved_home(), mention, model)
    if as_json:
        screen.json([one.as_dict() for one in found])
        return
    for one in found:
        _show(screen, one)


def evaluate(
    context: typer.Context,
    file: File,
    text: Text,
    label: Label,
    brand: BrandColumn = None,
    rating: RatingColumn = None,
    rating_max: RatingMax = 5,
    weights: WeightsFile = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Say how often the labels are right on a file that somebody labelled."""
    from grapevine import teaching
    from transforms.evaluation import Ratings, evaluate_file

    screen: Screen = context.obj
    with screen.working("classifying"):
        model = teaching.choose(weights, screen.resolved_home(), config)
        rated = Ratings(rating, rating_max) if rating else None
        result = evaluate_file(file, text=text, label=label, brand=brand, weights=model, ratings=rated)
    if as_json:
        screen.json(result)
        return
    figures = {name: value for name, value in result.items() if not isinstance(value, dict)}
    rows = [
        (name, f"{value:.4f}" if isinstance(value, float) else f"{value:,}")
        for name, value in figures.items()
        if value is not None
    ]
    screen.table(("figure", "value"), rows)
    confusion = result["confusion"]
    screen.table(
        ("true", *confusion), [(true, *given.values()) for true, given in confusion.items()], title="given label"
    )


def train(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="CSV (plain or .gz) or Parquet with labels.", show_default=False)
    ] = None,
    from_labels: Annotated[
        bool, typer.Option("--from-labels", help="Learn from the labels that people gave with `grapevine label`.")
    ] = False,
    text: Text = "text",
    label: Label = "label",
    brand: BrandColumn = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The weights file; the one in use when left out.", show_default=False)
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Fit weights of your own to texts that you labelled; worse ones never replace better ones."""
    from grapevine import models, teaching

    screen: Screen = context.obj
    if (file is None) != from_labels:
        raise InputError("give a file of labelled texts, or --from-labels")
    target = out or models.weights_file(screen.resolved_home(), config)
    with screen.working("learning"):
        if file is None:
            report = teaching.train_from_labels(screen.resolved_home(), target)
        else:
            report = teaching.train_file(file, target, text=text, label=label, brand=brand)
    if as_json:
        screen.json(report._asdict())
        return
    screen.say(report.message)
    if report.is_written and out is None:
        screen.note("`grapevine run` labels all mentions anew with them")


def _show(screen: Screen, one: Explanation) -> None:
    chances = ", ".join(f"{name} {chance:.2f}" for name, chance in one.chances.items())
    screen.say(one.headline)
    screen.say(f"by its words: {one.label or 'no label'} ({chances}; {one.model_version})")
    rows = [(part.what, f"{part.bad:+.2f}", f"{part.good:+.2f}") for part in one.parts[:_SHOWN]]
    if others := one.parts[_SHOWN:]:
        bad, good = sum(part.bad for part in others), sum(part.good for part in others)
        rows.append((f"{len(others)} others", f"{bad:+.2f}", f"{good:+.2f}"))
    bad, good = one.log_odds
    rows.append(("together: log-odds against neutral", f"{bad:+.2f}", f"{good:+.2f}"))
    screen.table(("what moved it", "to bad", "to good"), rows)
