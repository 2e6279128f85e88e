"""`amplify`: what a number of bad and good mentions stands for."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from grapevine.commands.screen import Screen

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(amplify)


def amplify(
    context: typer.Context,
    bad: Annotated[int, typer.Option("--bad", help="Bad experiences seen.")] = 0,
    good: Annotated[int, typer.Option("--good", help="Good experiences seen.")] = 0,
    channel: Annotated[str, typer.Option("--channel", help="Where: review_site, online or company.")] = "review_site",
    coverage: Annotated[
        float, typer.Option("--coverage", help="Share of the channel's tellings that is collected, above 0 to 1.")
    ] = 1.0,
    profile: Annotated[str, typer.Option("--profile", help="Rate profile; see transforms/share_rates.")] = "dr2013",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Estimate the experiences behind mentions, and how far they are told."""
    from transforms.amplification import amplify as estimate

    screen: Screen = context.obj
    result = estimate(bad=bad, good=good, channel=channel, coverage=coverage, profile=profile)
    if as_json:
        screen.json(result)
        return
    rows = [
        (
            valence,
            f"{seen:,}",
            _short(result[valence]["experiences"]),
            f"{_short(result[valence]['experiences_low'])} to {_short(result[valence]['experiences_high'])}",
            _short(result[valence]["exposures"]),
            _share(result[valence]["hidden_share"]),
        )
        for valence, seen in (("bad", bad), ("good", good))
    ]
    screen.table(("", "seen", "experiences behind", "90 % range", "exposures", "told elsewhere"), rows)
    screen.say(
        f"If customers talk as in {profile}: "
        f"one bad experience is heard as often as {result['recovery_ratio']:.2f} good ones."
    )


def _short(value: float | None) -> str:
    """Two significant digits: the estimate knows no more."""
    if value is None:
        return "unknown"
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 1 else f"{value:.2g}"


def _share(value: Any) -> str:
    return "unknown" if value is None else f"{value:.0%}"
