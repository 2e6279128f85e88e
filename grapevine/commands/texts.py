"""`classify`, `evaluate`, `train`: labels for a file of texts, how right they are, and weights of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grapevine.commands.screen import Screen

__all__ = ["register"]

File = Annotated[Path, typer.Argument(help="CSV (plain or .gz) or Parquet.")]
Text = Annotated[str, typer.Option("--text", help="Column that holds the text.")]
BrandColumn = Annotated[
    str | None, typer.Option("--brand", help="Column that names the brand each text is about.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (classify, evaluate, train):
        app.command()(command)


def classify(
    context: typer.Context,
    file: File,
    text: Text,
    out: Annotated[Path, typer.Option("--out", help="Where to write it; CSV or Parquet by its ending.")],
    brand: BrandColumn = None,
) -> None:
    """Write the file again with label, probabilities and compound beside each row."""
    from transforms.evaluation import classify_file

    screen: Screen = context.obj
    with screen.working("classifying"):
        rows = classify_file(file, text=text, brand=brand, out=out)
    screen.say(f"{rows:,} rows classified into {out}")


def evaluate(
    context: typer.Context,
    file: File,
    text: Text,
    label: Annotated[str, typer.Option("--label", help="Column with bad/neutral/good or negative/neutral/positive.")],
    brand: BrandColumn = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Say how often the labels are right on a file that somebody labelled."""
    from transforms.evaluation import evaluate_file

    screen: Screen = context.obj
    with screen.working("classifying"):
        result = evaluate_file(file, text=text, label=label, brand=brand)
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
    file: File,
    text: Text,
    label: Annotated[str, typer.Option("--label", help="Column with bad/neutral/good or negative/neutral/positive.")],
    out: Annotated[Path, typer.Option("--out", help="The weights file; replaced only by better ones.")],
    brand: BrandColumn = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Fit weights to texts that you labelled; worse ones never replace better ones."""
    from transforms.learning import train_file

    screen: Screen = context.obj
    with screen.working("learning"):
        report = train_file(file, out, text=text, label=label, brand=brand)
    if as_json:
        screen.json(report._asdict())
    else:
        screen.say(report.message)
