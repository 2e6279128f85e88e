"""Alerts: what can't wait until Monday.

Every figure is judged anew from the published history, day by day: an alert opens when a day (or two together) is
higher than chance would bring it, stays open until two whole days are back to normal, and does not open again during
its cool-down. So the same history always gives the same alerts, and nothing has to be remembered. Who was told of one
is remembered by `digests.send`.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scipy import special

from digests.baseline import Expectation, expect, upper_tail
from digests.catalogue import Catalogue, catalogue
from digests.options import AlertOptions
from digests.published import Published, open_published
from digests.quotes import one_line, quote, safe_link
from records.home import Home

__all__ = ["Alert", "check", "history", "judge_days"]

HISTORY_DAYS = 56  # before the days judged
REPLAYED_DAYS = 28  # how far back an alert may have opened
RECENT_DAYS = 7  # how long a single mention stays news
DAYS_PER_MONTH = 30.4
EXAM_SHARE = 0.7  # of the allowed chance, for each of two overlapping tests (one day, two days); found by simulation
NORMAL_AGAIN = 0.05  # upper tail above which a day counts as normal
CALM_DAYS = 2  # normal days that close an alert
RATING_DAYS = 7
WORDS_BEFORE = 60  # characters quoted before a word that must not wait
WEIGHTY_SHARE = 0.1  # of what is heard now, from which a source's beginning begins the history
SHORTEST_LISTENING = 7  # days after which a source's silence can be unusual


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert.

    Attributes:
        alert_id: stable from run to run.
        brand: the brand's key; "" for a source, which serves all brands.
        figure: bad_count, rating, mention, word or source.
        opened_on: the day that gave it.
        closed_on: the day on which it ended; None while it is open.
        observed: what was seen: a count, a mean rating (share of its scale), exposures, or days of silence.
        expected: what was to be expected; None where the alert needs no expectation.
        sentence: what to tell people.
        links: http(s) addresses that show it, at most three.
    """

    alert_id: str
    brand: str
    figure: str
    opened_on: date
    closed_on: date | None
    observed: float
    expected: float | None
    sentence: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outbreak:
    """A run of days with too many bad experiences; `closed_on` None while it lasts."""

    opened_on: date
    closed_on: date | None
    observed: int
    expectation: Expectation
    day_count: int


def check(home: Home, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
    """Return the alerts that are open at the published as_of, gravest kind first.

    Raises:
        InputError: nothing is published.
    """
    return [alert for alert in history(home, options, language=language) if alert.closed_on is None]


def history(home: Home, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
    """Return the alerts of the last four weeks, closed ones too."""
    options, words = options or AlertOptions(), catalogue(language)
    source = open_published(home.current)
    with source.connection:
        found: list[Alert] = []
        for row in source.rows("alert_brands"):
            today = source.as_of.astimezone(ZoneInfo(row["time_zone"])).date()
            name = one_line(row["brand_name"], 60)
            found += _mention_alerts(source, words, row["brand"], name, today, options)
            found += _count_alerts(source, words, row["brand"], name, today, options)
            found += _rating_alerts(source, words, row["brand"], name, today, options)
        found += _silent_sources(source, words, options)
    order = ("word", "mention", "bad_count", "rating", "source")
    return sorted(found, key=lambda alert: (order.index(alert.figure), alert.brand, alert.opened_on, alert.alert_id))


def judge_days(
    counts: Sequence[int], first_day: date, options: AlertOptions, *, from_day: date, is_last_whole: bool = True
) -> list[Outbreak]:
    """Return the outbreaks in a series of daily counts.

    Args:
        counts: one per day, oldest first, zeros included.
        first_day: the day of the first count.
        options: how many false alarms a month are allowed, the fewest events, the cool-down.
        from_day: the first day judged; earlier ones are history only.
        is_last_whole: whether the last day is over; a day that is not can open an alert but not close one.
    """
    chance = options.false_alarms_per_month / DAYS_PER_MONTH * EXAM_SHARE
    found: list[Outbreak] = []
    is_open, calm, rest_until = False, 0, date.min
    for place in range(max(0, (from_day - first_day).days), len(counts)):
        day = first_day + timedelta(days=place)
        # The day before is judged with this one, so neither may be part of what they are judged by.
        start = max(0, place - 1 - HISTORY_DAYS)
        past, past_day = counts[start : max(0, place - 1)], first_day + timedelta(days=start)
        single = expect(past, past_day, [day])
        if single is None:
            continue
        if is_open:
            is_normal = upper_tail(counts[place], single) > NORMAL_AGAIN
            calm = calm + 1 if is_normal and (is_last_whole or place < len(counts) - 1) else 0
            if calm == CALM_DAYS:
                found[-1] = _closed(found[-1], day)
                is_open, rest_until = False, day + timedelta(days=options.cool_down_days)
        elif day > rest_until:
            double = expect(past, past_day, [day - timedelta(days=1), day])
            exams = [(counts[place], single, 1), (counts[place] + counts[place - 1], double, 2)]
            for observed, expectation, day_count in exams:
                # What is below its expectation needs no closer look, and most days are.
                if expectation is None or observed < max(options.fewest_events, expectation.mean):
                    continue
                if upper_tail(observed, expectation) < chance:
                    found.append(Outbreak(day, None, observed, expectation, day_count))
                    is_open, calm = True, 0
                    break
    return found


def _closed(outbreak: Outbreak, day: date) -> Outbreak:
    return Outbreak(outbreak.opened_on, day, outbreak.observed, outbreak.expectation, outbreak.day_count)


def _count_alerts(
    source: Published, words: Catalogue, brand: str, name: str, today: date, options: AlertOptions
) -> Iterable[Alert]:
    first_day = today - timedelta(days=HISTORY_DAYS + REPLAYED_DAYS)
    rows = source.rows("alert_days", brand=brand, first_day=first_day, last_day=today)
    if not rows:
        return
    seen = {row["told_date"]: row["bad_count"] for row in rows}
    started = _listening_since(source, brand, today)
    counts = [seen.get(started + timedelta(days=n), 0) for n in range((today - started).days + 1)]
    from_day = today - timedelta(days=REPLAYED_DAYS)
    for outbreak in judge_days(counts, started, options, from_day=from_day, is_last_whole=False):
        expected = outbreak.expectation
        yield _alert(
            brand,
            "bad_count",
            outbreak.opened_on,
            closed_on=outbreak.closed_on,
            observed=outbreak.observed,
            expected=expected.mean,
            sentence=words.say(
                f"alert.bad_count_{outbreak.day_count}",
                brand=name,
                day=words.day(outbreak.opened_on),
                bad=words.count(outbreak.observed),
                expected=words.rounded(expected.mean) if expected.mean >= 1 else words.say("alert.hardly_any"),
                high=words.count(expected.high(NORMAL_AGAIN)),
            ),
            links=[row["url"] for row in source.rows("evidence", brand=brand, day=outbreak.opened_on)],
        )


def _listening_since(source: Published, brand: str, today: date) -> date:
    """Return the first day from which all sources that matter now were heard: before it, silence says nothing."""
    recent_after = today - timedelta(days=RECENT_DAYS)
    heard = source.rows("listening_since", brand=brand, last_day=today, recent_after=recent_after)
    total = sum(row["recent_count"] for row in heard)
    earliest = today - timedelta(days=HISTORY_DAYS + REPLAYED_DAYS)
    began: list[date] = [row["first_date"] for row in heard if row["recent_count"] > total * WEIGHTY_SHARE]
    return max([earliest, *began])


def _rating_alerts(
    source: Published, words: Catalogue, brand: str, name: str, today: date, options: AlertOptions
) -> Iterable[Alert]:
    """Compare the last seven days' ratings with the eight weeks before them, by Welch's test."""
    first_day = today - timedelta(days=HISTORY_DAYS + RATING_DAYS)
    rows = source.rows("alert_ratings", brand=brand, first_day=first_day, last_day=today)
    split = today - timedelta(days=RATING_DAYS)
    old, new = (_moments([row for row in rows if (row["told_date"] > split) == is_new]) for is_new in (False, True))
    if old is None or new is None or min(old[0], new[0]) < options.fewest_events or old[2] + new[2] <= 0:
        return
    chance = options.false_alarms_per_month / DAYS_PER_MONTH
    if _chance_of_fall(old, new) < chance:
        shown = {"now": words.share(round(100 * new[1]), 100), "before": words.share(round(100 * old[1]), 100)}
        yield _alert(
            brand, "rating", split + timedelta(days=1), observed=new[1], expected=old[1],
            sentence=words.say("alert.rating", brand=name, n=new[0], **shown),
        )  # fmt: skip


def _chance_of_fall(old: tuple[int, float, float], new: tuple[int, float, float]) -> float:
    """Return the lower tail of Welch's t for two sets of (count, mean, variance), not both without variance."""
    share_old, share_new = old[2] / old[0], new[2] / new[0]
    freedom = (share_old + share_new) ** 2 / (share_old**2 / (old[0] - 1) + share_new**2 / (new[0] - 1))
    return float(special.stdtr(freedom, (new[1] - old[1]) / math.sqrt(share_old + share_new)))


def _moments(rows: Sequence[Mapping[str, float]]) -> tuple[int, float, float] | None:
    """Return count, mean and variance of ratings from their daily sums; None for fewer than two."""
    count = sum(int(row["rating_count"]) for row in rows)
    if count < 2:
        return None
    mean = sum(row["total"] for row in rows) / count
    return count, mean, max(0.0, (sum(row["squares"] for row in rows) - count * mean**2) / (count - 1))


def _mention_alerts(
    source: Published, words: Catalogue, brand: str, name: str, today: date, options: AlertOptions
) -> Iterable[Alert]:
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
        yield _alert(
            brand, figure, row["told_date"], observed=row["exposure_count"] or 1.0,
            sentence=words.say(f"alert.{figure}", brand=name, day=words.day(row["told_date"]),
                               source=one_line(row["source"], 40), quote=said, times=times),
            links=[row["url"]], identity=row["mention_id"],
        )  # fmt: skip


def _around(title: str | None, text: str | None, spelled: str) -> str:
    """Return a quote that shows the word that must not wait."""
    whole = f"{title or ''} {text or ''}"
    found = re.search(rf"\b(?:{spelled})\b", whole, re.IGNORECASE)
    start = max(0, found.start() - WORDS_BEFORE) if found else 0
    return ("…" if start else "") + quote(None, whole[whole.find(" ", start) + 1 if start else 0 :], 120)


def _silent_sources(source: Published, words: Catalogue, options: AlertOptions) -> Iterable[Alert]:
    """Find sources that bring something on most days and have now been silent for longer than chance would have it."""
    today = source.as_of.date()
    first_day = today - timedelta(days=HISTORY_DAYS)
    days: dict[str, dict[date, int]] = {}
    for row in source.rows("alert_sources", first_day=first_day, last_day=today):
        days.setdefault(row["source"], {})[row["told_date"]] = row["mention_count"]
    chance = options.false_alarms_per_month / DAYS_PER_MONTH
    for name, seen in days.items():
        newest, oldest = max(seen), min(seen)
        silent, listened = (today - newest).days, (newest - oldest).days + 1
        if listened < SHORTEST_LISTENING or sum(seen.values()) < options.fewest_events:
            continue
        # Days with and without a mention, not counts: bursts must not make quiet days look odd.
        quiet_share = (listened - len(seen) + 1) / (listened + 2)
        if silent >= 1 and quiet_share**silent < chance:
            sentence = words.say("alert.source", source=one_line(name, 40), n=silent, day=words.day(newest))
            yield _alert("", "source", newest, observed=silent, sentence=sentence, identity=name)


def _alert(
    brand: str, figure: str, opened_on: date, *, observed: float, sentence: str, expected: float | None = None,
    closed_on: date | None = None, links: Iterable[str | None] = (), identity: str = "",
) -> Alert:  # fmt: skip
    key = "\x1f".join((brand, figure, opened_on.isoformat(), identity))
    return Alert(
        alert_id=hashlib.sha256(key.encode()).hexdigest()[:16],
        brand=brand,
        figure=figure,
        opened_on=opened_on,
        closed_on=closed_on,
        observed=float(observed),
        expected=expected,
        sentence=sentence,
        links=tuple(link for url in links if (link := safe_link(url))),
    )
