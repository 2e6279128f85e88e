"""How an alert is said: one sentence or two, the brand's name not in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from digests.alerts.facts import AlertFacts
from digests.catalogue import Catalogue
from digests.drivers import title_of
from digests.quotes import one_line

__all__ = ["AlertStory", "alert_sentence", "alert_stories"]

DRIVERS_NAMED = 3
EXCERPT = 70  # characters of a mention's words in a digest


@dataclass(frozen=True, slots=True)
class AlertStory:
    """One alert in a digest; link None where nothing can be shown."""

    text: str
    link: str | None


def alert_sentence(words: Catalogue, facts: AlertFacts, *, fewest: int) -> str:
    """Return what happened.

    Args:
        words: of the language.
        facts: the alert.
        fewest: experiences from which a driver is named.
    """
    one = facts.judged
    day = words.day(one.opened_on)
    match one.figure:
        case "mention" | "word":
            times = "" if facts.exposure_count is None else words.count(int(facts.exposure_count))
            quote = facts.excerpt or words.say("mentions.no_words")
            return words.say(f"alert.{one.figure}", day=day, source=facts.source, quote=quote, times=times)
        case "source":
            key = "alert.source_over" if one.closed_on else "alert.source"
            return words.say(key, source=facts.source, n=int(one.observed), day=day)
        case "rating":
            now, before = (words.share(round(100 * (share or 0.0)), 100) for share in (one.observed, one.expected))
            return words.say("alert.rating", n=facts.rating_count, day=day, now=now, before=before)
        case "exposure_count":
            times, most = words.count(int(one.observed)), words.count(int(one.expected or 0))
            return words.say("alert.exposure_count", day=day, times=times, n=one.day_count, most=most)
    expected = one.expected or 0.0
    said = words.say(
        f"alert.{one.figure}_{one.day_count}",
        driver=title_of(words, *facts.driver) if facts.driver else "",
        day=day,
        bad=words.count(round(one.observed)),
        expected=words.rounded(expected) if expected >= 1 else words.say("alert.hardly_any"),
        high=words.count(round(one.usual_high or 0.0)),
    )
    named = [
        f"{title_of(words, key, title)} ({words.count(n)})"
        for key, title, n in facts.named[:DRIVERS_NAMED]
        if n >= fewest
    ]
    return " ".join((said, words.say("alert.mostly", drivers=words.listing(named)))) if named else said


def alert_stories(words: Catalogue, alerts: Sequence[AlertFacts], *, fewest: int) -> tuple[AlertStory, ...]:
    """Return the alerts as a digest tells them: what happened and how it ended, with a place to read on."""
    told = []
    for facts in alerts:
        # The mention's own place in the digest has more of its words.
        brief = replace(facts, excerpt=one_line(facts.excerpt, EXCERPT))
        said = alert_sentence(words, brief, fewest=fewest)
        text = " ".join(filter(None, (said[:1].upper() + said[1:], _closing(words, facts))))
        told.append(AlertStory(text, facts.links[0] if facts.links else None))
    return tuple(told)


def _closing(words: Catalogue, facts: AlertFacts) -> str:
    """Return how an alert ended; "" for one that is open, and for a single mention, which only gets old."""
    one = facts.judged
    if one.closed_on is None or one.figure in ("mention", "word"):
        return ""
    return words.say("alert.heard_again" if one.figure == "source" else "alert.closed", day=words.day(one.closed_on))
