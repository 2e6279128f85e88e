"""The message catalogue: every sentence of a digest in one language, and how that language writes numbers and dates.

One file a language in `digests/messages/`; a test holds their keys and placeholders equal.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from digests.periods import Period
from records.errors import ConfigError

__all__ = ["Catalogue", "catalogue", "languages", "two_digits"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language.

    Attributes:
        language: its BCP 47 name.
        entries: key ("headline.worse") to text with {placeholders}; "key.one" and "key.other" where a number decides.
    """

    language: str
    entries: Mapping[str, str]

    def say(self, key: str, /, **values: object) -> str:
        """Return a text with its placeholders filled; `n` chooses the plural form where there are two.

        Raises:
            KeyError: no such text, or a placeholder without a value: a fault of ours, not of the data.
        """
        if key not in self.entries and isinstance(n := values.get("n"), int):
            key = f"{key}.{'one' if n == 1 else 'other'}"
            values["n"] = self.count(n)
        return self.entries[key].format_map(values)

    def count(self, number: int) -> str:
        """Return a count in full: "12,345"."""
        return f"{number:,}".replace(",", self.entries["number.thousands"])

    def rounded(self, number: float) -> str:
        """Return an estimate with two significant digits: 1234 -> "1,200", 1.27 -> "1.3"."""
        rounded = two_digits(number)
        if rounded >= 10:
            return self.count(round(rounded))
        decimals = 0 if rounded == 0 else max(0, 1 - math.floor(math.log10(rounded)))
        return f"{rounded:.{decimals}f}".replace(".", self.entries["number.decimal"])

    def whole(self, number: float) -> str:
        """Return an estimated count: two significant digits, never a fraction: 4.7 -> "5"."""
        return self.count(round(two_digits(number)))

    def percent(self, share: float) -> str:
        """Return a share (0..1, or above 1) as a whole percentage of two significant digits; below 1 % as "0.4%"."""
        percentage = share * 100
        text = self.count(round(two_digits(percentage))) if percentage >= 1 else self.rounded(max(percentage, 0.1))[:3]
        return self.entries["number.percent"].format(number=text)

    def share(self, part: float, whole: float) -> str:
        """Return part of whole as a whole percentage, 0 and 100 included; whole above 0."""
        return self.entries["number.percent"].format(number=round(100 * part / whole))

    def between(self, low: str, high: str) -> str:
        """Return "207 to 394", or one of them when rounding made them equal."""
        return low if low == high else self.entries["word.to"].format(low=low, high=high)

    def listing(self, words: list[str]) -> str:
        """Return words joined as a sentence joins them: "a, b and c"."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.entries['word.and']} {words[-1]}"

    def day(self, day: date, *, with_year: bool = False) -> str:
        """Return "17 February" or "17 February 2015"."""
        form = "date.day_year" if with_year else "date.day"
        return self.entries[form].format(day=day.day, month=self.entries[f"month.{day.month}"], year=day.year)

    def short_day(self, day: date) -> str:
        """Return "17 Feb", for places with little room."""
        month = self.entries[f"month.{day.month}"]
        return self.entries["date.day"].format(day=day.day, month=month if len(month) <= 4 else month[:3])

    def days(self, period: Period) -> str:
        """Return a period's days: "16–22 February 2015", "February 2015", "2015"."""
        start, end = period.start, period.end
        if period.kind == "day":
            weekday = self.entries[f"weekday.{start.isoweekday()}"]
            return f"{weekday}, {self.day(start, with_year=True)}"
        if period.kind in ("month", "year"):
            month = self.entries[f"month.{start.month}"]
            return f"{month} {start.year}" if period.kind == "month" else str(start.year)
        if start.year != end.year:
            return f"{self.day(start, with_year=True)} – {self.day(end, with_year=True)}"
        if start.month != end.month:
            return f"{self.day(start)} – {self.day(end, with_year=True)}"
        return self.entries["date.range"].format(
            first=start.day, last=self.day(end, with_year=True), month=self.entries[f"month.{start.month}"]
        )

    def period(self, period: Period) -> str:
        """Return a period's short name: "week 8", "February 2015", "Q1 2015"."""
        quarter = (period.start.month + 2) // 3
        if period.kind == "week":
            return self.say("date.week", week=period.start.isocalendar().week)
        return (
            self.say("date.quarter", quarter=quarter, year=period.start.year)
            if period.kind == "quarter"
            else self.days(period)
        )


def two_digits(number: float) -> float:
    """Return a number rounded to two significant digits.

    >>> two_digits(1234.5), two_digits(0.1274), two_digits(0)
    (1200.0, 0.13, 0.0)
    """
    return float(f"{number:.2g}")


def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue."""
    folder = files("digests") / "messages"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language.

    Raises:
        ConfigError: there is none.
    """
    if language not in languages():
        raise ConfigError(f"digest.language is {language!r}; choose one of {', '.join(languages())}")
    text = (files("digests") / "messages" / f"{language}.toml").read_text("utf-8")
    return Catalogue(language, dict(_flat(tomllib.loads(text))))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return found
