"""What there is to tell of an alert: what was judged, and what shows it, read from the published marts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from digests.alerts.alert import Judged
from digests.published import Published
from digests.quotes import one_line, quote, safe_link

__all__ = ["RATING_DAYS", "AlertFacts", "read_alerts", "spelled"]

RATING_DAYS = 7  # whose ratings are judged together
WORDS_BEFORE = 60  # characters quoted before a word that must not wait
EXCERPT = 120  # characters
_ORDER = ("word", "mention", "bad_count", "exposure_count", "driver", "rating", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """One alert with its evidence; other people's words made safe.

    Attributes:
        judged: the alert.
        brand_name: "" for a source.
        driver: (key, title) of the driver it is about, or None.
        named: (driver key, title, bad experiences) of the days of a rise, most frequent first.
        source: of a single mention, or that fell silent; "" for other alerts.
        excerpt: a single mention's words; "" for other alerts.
        exposure_count: of a single mention; None where unknown.
        rating_count: ratings of the days judged; 0 for other alerts.
        links: http(s) addresses, at most three.
    """

    judged: Judged
    brand_name: str = ""
    driver: tuple[str, str] | None = None
    named: tuple[tuple[str, str, int], ...] = ()
    source: str = ""
    excerpt: str = ""
    exposure_count: float | None = None
    rating_count: int = 0
    links: tuple[str, ...] = ()


def read_alerts(
    source: Published,
    *,
    words: Sequence[str],
    brand: str | None = None,
    first_day: date = date.min,
    last_day: date = date.max,
) -> tuple[AlertFacts, ...]:
    """Return the alerts that opened or closed in a time, gravest kind first.

    Args:
        source: the open marts.
        words: those that always are news, to quote what stands around them.
        brand: only its own and those of sources; all when None.
        first_day: the first day, inclusive.
        last_day: the last day, inclusive.
    """
    rows = source.rows("alerts", brand=brand, first_day=first_day, last_day=last_day)
    # A mention that was erased since takes its alert with it.
    found = [facts for row in rows if (facts := _facts(source, row, words)) is not None]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                _ORDER.index(one.judged.figure),
                one.judged.brand,
                one.judged.opened_on,
                one.judged.alert_id,
            ),
        )
    )


def spelled(words: Sequence[str]) -> str:
    """Return a pattern of whole words; "" for none."""
    listed = "|".join(re.escape(word) for word in words if word.strip())
    return rf"\b(?:{listed})\b" if listed else ""


def _facts(source: Published, row: dict[str, Any], words: Sequence[str]) -> AlertFacts | None:
    name = one_line(row.pop("brand_name"), 60)
    one = Judged(**row)
    match one.figure:
        case "mention" | "word":
            return _of_mention(source, one, name, words)
        case "source":
            return AlertFacts(judged=one, source=one_line(one.subject, 40))
        case "rating":
            since = one.opened_on - timedelta(days=RATING_DAYS - 1)
            rows = source.rows("alert_ratings", brand=one.brand, first_day=since, last_day=one.opened_on)
            return AlertFacts(judged=one, brand_name=name, rating_count=sum(day["rating_count"] for day in rows))
        case "exposure_count":
            return AlertFacts(judged=one, brand_name=name, links=_evidence(source, one))
    since = one.opened_on - timedelta(days=one.day_count - 1)
    drivers = source.rows("alert_drivers", brand=one.brand, first_day=since, last_day=one.opened_on)
    titles = {day["driver"]: one_line(day["driver_title"], 60) for day in drivers}
    counts = {key: sum(day["bad_count"] for day in drivers if day["driver"] == key) for key in titles}
    if one.figure == "driver" and one.subject is not None:
        about = (one.subject, titles.get(one.subject, one.subject))
        return AlertFacts(judged=one, brand_name=name, driver=about, links=_evidence(source, one))
    named = tuple((key, titles[key], n) for key, n in sorted(counts.items(), key=lambda each: (-each[1], each[0])))
    return AlertFacts(judged=one, brand_name=name, named=named, links=_evidence(source, one))


def _of_mention(source: Published, one: Judged, name: str, words: Sequence[str]) -> AlertFacts | None:
    rows = source.rows("alert_mention", brand=one.brand, mention_id=one.subject)
    if not rows:
        return None
    (row,) = rows
    said = _around(row["title"], row["text"], spelled(words)) if one.figure == "word" else None
    return AlertFacts(
        judged=one,
        brand_name=name,
        source=one_line(row["source"], 40),
        excerpt=quote(row["title"], row["text"], EXCERPT) if said is None else said,
        exposure_count=row["exposure_count"],
        links=_safe(row["url"]),
    )


def _evidence(source: Published, one: Judged) -> tuple[str, ...]:
    rows = source.rows("evidence", brand=one.brand, day=one.opened_on, driver=one.subject)
    return _safe(*(row["url"] for row in rows))


def _safe(*urls: str | None) -> tuple[str, ...]:
    return tuple(link for url in urls if (link := safe_link(url)))


def _around(title: str | None, text: str | None, pattern: str) -> str:
    """Return a quote that shows the word that must not wait."""
    whole = f"{title or ''} {text or ''}"
    found = re.search(pattern, whole, re.IGNORECASE) if pattern else None
    start = max(0, found.start() - WORDS_BEFORE) if found else 0
    return ("…" if start else "") + quote(None, whole[whole.find(" ", start) + 1 if start else 0 :], EXCERPT)
