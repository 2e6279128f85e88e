"""Drivers in words: what made it good or bad, beside what was published, with advice and whose it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from digests.act_facts import DriverFigures, Side
from digests.catalogue import Catalogue
from digests.changes import moved_words
from digests.facts import DigestFigures
from digests.options import DigestOptions
from digests.quotes import one_line
from digests.told import MentionStory, Tone, mention_story

__all__ = ["DriverStory", "advice_of", "charted", "coaching_case", "driver_stories", "owner_of", "title_of"]

TOP = 3  # drivers a side
FEWEST_TOLD = 2  # experiences, below which a driver is no pattern
MOST_BAD, MOST_GOOD = 6, 4  # bars of a chart
FEWEST_CHARTED = 3  # experiences on either side, below which a bar would rest on one or two tellings
FEWEST_BARS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverStory:
    """One driver on one side.

    Attributes:
        key: the driver's.
        seen: how many were seen, then and before, and whether that is a change.
        exposures: the range of exposures behind them.
        published: the published figure and whose it is, or "".
        quote: the first driver's of its side, or None.
        advice: what to do, for the first bad one, else "".
        owner: who does it, or "".
    """

    key: str
    tone: Tone
    title: str
    seen: str
    exposures: str
    published: str
    quote: MentionStory | None
    advice: str
    owner: str


def driver_stories(
    words: Catalogue, figures: DigestFigures, options: DigestOptions
) -> tuple[tuple[DriverStory, ...], tuple[DriverStory, ...]]:
    """Return the top bad and the top good drivers, those with the most exposures first."""
    bad, good = (_most_told(figures, valence, FEWEST_TOLD) for valence in ("bad", "good"))
    return (
        tuple(_story(words, figures, one, "bad", place, options) for place, one in enumerate(bad[:TOP])),
        tuple(_story(words, figures, one, "good", place, options) for place, one in enumerate(good[:TOP])),
    )


def charted(figures: DigestFigures) -> tuple[DriverFigures, ...]:
    """Return the drivers that a chart shows: those most told as bad and as good, from bad to good; empty if too few."""
    bad = _most_told(figures, "bad", FEWEST_CHARTED)[:MOST_BAD]
    good = _most_told(figures, "good", FEWEST_CHARTED)[:MOST_GOOD]
    chosen = {one.key: one for one in (*bad, *good)}
    shown = sorted(chosen.values(), key=lambda one: (_reached(one.good) - _reached(one.bad), one.key))
    return tuple(shown) if len(shown) >= FEWEST_BARS else ()


def coaching_case(figures: DigestFigures) -> DriverFigures | None:
    """Return the driver in which a talk with the team helps most: of people or practice, most told; None if none is."""
    found = [one for one in figures.act.drivers if one.group in ("people", "practice") and one.bad.quote]
    return max(found, key=lambda one: (one.bad.count, one.key), default=None)


def title_of(words: Catalogue, key: str, title: str) -> str:
    """Return a driver's title in the catalogue's language."""
    return str(_playbook(words.language).get(key, {}).get("title", title))


def owner_of(words: Catalogue, driver: DriverFigures) -> str:
    """Return whose a driver is: the name in the settings, else the role."""
    return one_line(driver.owner, 60) or words.say(f"owner.{driver.owner_role}")


def advice_of(words: Catalogue, driver: DriverFigures) -> str:
    """Return the playbook's advice in the catalogue's language."""
    return str(_playbook(words.language).get(driver.key, {}).get("advice", driver.advice))


def _story(
    words: Catalogue, figures: DigestFigures, driver: DriverFigures, valence: Tone, place: int, options: DigestOptions
) -> DriverStory:
    side: Side = getattr(driver, valence)
    is_first_bad = place == 0 and valence == "bad"
    low, high = (words.whole(end) for end in side.exposures.ends)
    quoted = side.quote if place == 0 else None
    return DriverStory(
        key=driver.key,
        tone=valence,
        title=title_of(words, driver.key, driver.title),
        seen=_seen(words, figures, side, valence, options.min_n),
        exposures=words.say("drivers.exposures", range=words.between(low, high)),
        published=_published(words, driver),
        quote=mention_story(words, figures.brand.key, quoted, options) if quoted else None,
        advice=advice_of(words, driver) if is_first_bad else "",
        owner=owner_of(words, driver) if is_first_bad else "",
    )


def _seen(words: Catalogue, figures: DigestFigures, side: Side, valence: str, min_n: int) -> str:
    everything = getattr(figures.now, f"{valence}_count") if figures.now else 0
    told = [words.say(f"drivers.seen.{valence}", n=side.count)]
    if side.count >= min_n and everything:
        told = [words.say(f"drivers.share.{valence}", n=side.count, share=words.share(side.count, everything))]
    if figures.before is not None and not figures.is_first and not figures.weighty_new_sources:
        told.append(
            words.say(
                "tile.before", n=words.count(side.count_before), before=words.say(f"kind.{figures.period.kind}.before")
            )
        )
        if side.change.is_known and (side.is_finding or min(side.count, side.count_before) >= min_n):
            told.append(moved_words(words, side.change, is_finding=side.is_finding))
    return ", ".join(told)


def _most_told(figures: DigestFigures, valence: str, fewest: int) -> list[DriverFigures]:
    found = [one for one in figures.act.drivers if getattr(one, valence).count >= fewest]
    return sorted(found, key=lambda one: -_reached(getattr(one, valence)))


def _reached(side: Side) -> float:
    return side.exposures.point or 0.0


def _published(words: Catalogue, driver: DriverFigures) -> str:
    if not driver.published:
        return ""
    figure = _playbook(words.language).get(driver.key, {}).get("figure", driver.published)
    return words.say("drivers.published", figure=figure, rated_by=words.say(f"drivers.rated_by.{driver.rated_by}"))


@cache
def _playbook(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the playbook's words in a language, by driver; English ones come from `marts.driver`."""
    file = files("digests") / "playbook" / f"{language}.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
