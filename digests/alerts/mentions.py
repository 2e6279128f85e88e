"""Single mentions that can't wait: seen very often, or with a word that always is news."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from digests.alerts.alert import Alert, make_alert
from digests.catalogue import Catalogue
from digests.options import AlertOptions
from digests.published import Published
from digests.quotes import one_line, quote

__all__ = ["mention_alerts"]

RECENT_DAYS = 7  # how long a single mention stays news
WORDS_BEFORE = 60  # characters quoted before a word that must not wait


def mention_alerts(
    source: Published, words: Catalogue, brand: str, name: str, today: date, options: AlertOptions
) -> Iterable[Alert]:
    """Find recent mentions with a great reach, and those that hold a word that must not wait."""
    spelled = "|".join(re.escape(word) for word in options.words if word.strip())
    rows = source.rows(
        "alert_mentions",
        brand=brand,
        first_day=today - timedelta(days=RECENT_DAYS - 1),
        last_day=today,
        great_reach=options.great_reach,
        words=rf"\b(?:{spelled})\b" if spelled else "",
    )
    for row in rows:
        figure = "word" if row["has_word"] else "mention"
        said = _around(row["title"], row["text"], spelled) if row["has_word"] else quote(row["title"], row["text"], 120)
        times = "" if row["exposure_count"] is None else words.count(int(row["exposure_count"]))
        yield make_alert(
            brand, figure, row["told_date"], observed=row["exposure_count"] or 1.0,
            sentence=words.say(f"alert.{figure}", brand=name, day=words.day(row["told_date"]),
                               source=one_line(row["source"], 40), quote=said, times=times),
            links=[row["url"]], subject=row["mention_id"],
        )  # fmt: skip


def _around(title: str | None, text: str | None, spelled: str) -> str:
    """Return a quote that shows the word that must not wait."""
    whole = f"{title or ''} {text or ''}"
    found = re.search(rf"\b(?:{spelled})\b", whole, re.IGNORECASE)
    start = max(0, found.start() - WORDS_BEFORE) if found else 0
    return ("…" if start else "") + quote(None, whole[whole.find(" ", start) + 1 if start else 0 :], 120)
