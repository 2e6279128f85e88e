"""Replies and rivals: who was answered, who waits, what to do next, and the share of voice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from digests.catalogue import Catalogue
from digests.drivers import advice_of, owner_of, title_of
from digests.facts import DigestFigures
from digests.quotes import one_line, safe_link

__all__ = ["Action", "action", "responses", "voice", "voice_rows"]

_DAYS = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")  # in `comparison_basis`

FEWEST_FOR_MEDIAN = 5  # answers; fewer have no typical time


@dataclass(frozen=True, slots=True)
class Action:
    """The one next step: whose it is, what it is, and where."""

    title: str
    text: str
    link: str | None


def action(words: Catalogue, figures: DigestFigures, min_n: int) -> Action | None:
    """Return the next step; None without one.

    The driver with most at stake, where enough experiences name it; else answer what waits, or look at the bad mention
    that carries furthest.
    """
    top = next((driver for driver in figures.act.drivers if driver.bad.count >= min_n), None)
    if top is not None:
        title = title_of(words, top.key, top.title)
        return Action(
            words.say("action.for", owner=owner_of(words, top)),
            words.say("action.driver", title=title, advice=advice_of(words, top)),
            safe_link(top.bad.quote.url) if top.bad.quote else None,
        )
    bad = next((mention for mention in figures.mentions if mention.label == "bad"), None)
    first = figures.waiting[0] if figures.waiting else bad
    if first is None or (first is bad and not figures.waiting and not figures.responses.unknown_count):
        return None
    owner = one_line(figures.brand.owner, 60)
    title = words.say("action.for", owner=owner) if owner else words.say("action.title")
    place = {"day": words.day(first.told_date), "source": one_line(first.source, 40)}
    if figures.waiting:
        text = words.say("action.answer", n=figures.responses.open_count, **place)
    else:
        text = words.say("action.read", **place)
    return Action(title, text, safe_link(first.url))


def responses(words: Catalogue, figures: DigestFigures, min_n: int) -> str:
    """Return how many bad experiences were answered; "" where no source can tell."""
    counts = figures.responses
    known = counts.answered_count + counts.open_count
    if not known:
        return ""
    told = [
        words.say("responses.line", answered=words.count(counts.answered_count), open=words.count(counts.open_count))
    ]
    if known >= min_n:
        told.append(words.say("responses.rate", rate=words.share(counts.answered_count, known)))
    if counts.median_hours is not None and counts.answered_count >= FEWEST_FOR_MEDIAN:
        # Rounded up: an answer after 20 minutes came within an hour, not within none.
        told.append(words.say("responses.median", n=max(1, -int(-counts.median_hours // 1))))
    if counts.unknown_count:
        told.append(words.say("responses.unknown", n=counts.unknown_count))
    return " ".join(told)


def voice(words: Catalogue, figures: DigestFigures, min_n: int) -> str:
    """Return the share of voice on common sources; "" without rivals or below `min_n` mentions of any brand."""
    voices = figures.voices
    if len(voices) < 2 or min(one.mention_count for one in voices) < min_n:
        return ""
    shares = [
        words.say("voice.share", brand=one_line(one.brand_name, 40), share=words.share(one.share, 1))
        for one in voices
        if one.share is not None
    ]
    total = words.count(sum(one.mention_count for one in voices))
    basis = _DAYS.sub(lambda found: _said_days(words, found), one_line(voices[0].comparison_basis, 200))
    return words.say("voice.line", shares=words.listing(shares), n=total, sources=basis)


def _said_days(words: Catalogue, found: re.Match[str]) -> str:
    return " – ".join(words.day(date.fromisoformat(day)) for day in found.groups())


def voice_rows(words: Catalogue, figures: DigestFigures) -> list[tuple[str, str, str, str]]:
    """Return one row per compared brand for the page's table: name, mentions, bad, good."""
    return [
        (
            one_line(one.brand_name, 60),
            words.count(one.mention_count),
            words.count(one.bad_count),
            words.count(one.good_count),
        )
        for one in figures.voices
        if len(figures.voices) > 1
    ]
