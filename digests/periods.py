"""Periods: a day, week, month, quarter or year in a brand's own calendar, and its name ("2026-W46")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from records.errors import InputError

__all__ = ["Period", "PeriodKind"]

PeriodKind = Literal["day", "week", "month", "quarter", "year"]

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_NAMES = (
    ("week", re.compile(r"(\d{4})-W(\d{2})")),
    ("day", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("quarter", re.compile(r"(\d{4})-Q([1-4])")),
    ("year", re.compile(r"(\d{4})")),
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A run of whole days.

    Attributes:
        start: first day.
        kind: day, week (ISO: Monday to Sunday), month, quarter or year.
    """

    start: date
    kind: PeriodKind = "week"

    @property
    def end(self) -> date:
        """The last day, inclusive."""
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> Period:
        """The period that follows."""
        if self.kind in _MONTHS:
            return Period(_add_months(self.start, _MONTHS[self.kind]), self.kind)
        return Period(self.start + timedelta(days=7 if self.kind == "week" else 1), self.kind)

    @property
    def previous(self) -> Period:
        """The period before."""
        return Period.holding(self.start - timedelta(days=1), self.kind)

    @property
    def name(self) -> str:
        """The name used in paths and in `marts.brand_period.period_name`.

        >>> Period(date(2015, 2, 16)).name, Period(date(2015, 1, 1), "quarter").name
        ('2015-W08', '2015-Q1')
        """
        year, week, _ = self.start.isocalendar()
        return {
            "day": self.start.isoformat(),
            "week": f"{year}-W{week:02d}",
            "month": f"{self.start:%Y-%m}",
            "quarter": f"{self.start.year}-Q{(self.start.month + 2) // 3}",
            "year": f"{self.start.year}",
        }[self.kind]

    @classmethod
    def holding(cls, day: date, kind: PeriodKind = "week") -> Period:
        """Return the period of a kind in which a day lies.

        Raises:
            InputError: no such kind.
        """
        if kind not in get_args(PeriodKind):
            raise InputError(f"period kind is {kind!r}, must be one of {', '.join(get_args(PeriodKind))}")
        if kind == "day":
            return cls(day, kind)
        if kind == "week":
            return cls(day - timedelta(days=day.weekday()), kind)
        months = _MONTHS[kind]
        return cls(date(day.year, (day.month - 1) // months * months + 1, 1), kind)

    @classmethod
    def last_complete(cls, as_of: datetime, time_zone: str, kind: PeriodKind = "week") -> Period:
        """Return the last period that had ended at a moment, as the brand's clock tells it.

        Args:
            as_of: aware.
            time_zone: IANA name.
            kind: day, week, month, quarter or year.
        """
        if as_of.tzinfo is None:
            raise ValueError(f"as_of is {as_of.isoformat()}, which has no time zone")
        return cls.holding(as_of.astimezone(ZoneInfo(time_zone)).date(), kind).previous

    @classmethod
    def parse(cls, name: str) -> Period:
        """Return the period of a name.

        Raises:
            InputError: the name is of no known form, or names a day or week that does not exist.

        >>> Period.parse("2015-W08").end
        datetime.date(2015, 2, 22)
        """
        for kind, pattern in _NAMES:
            if found := pattern.fullmatch(name.strip()):
                try:
                    return _of_parts(kind, [int(part) for part in found.groups()])
                except ValueError as error:
                    raise InputError(f"period is {name!r}, which is not in the calendar ({error})") from error
        raise InputError(f"period is {name!r}; write 2026-W46, 2026-11-16, 2026-11, 2026-Q4 or 2026")


def _of_parts(kind: str, parts: list[int]) -> Period:
    year, *rest = parts
    if kind == "week":
        return Period(date.fromisocalendar(year, rest[0], 1), "week")
    if kind == "day":
        return Period(date(year, *rest), "day")
    if kind == "quarter":
        return Period(date(year, rest[0] * 3 - 2, 1), "quarter")
    return Period(date(year, rest[0], 1), "month") if rest else Period(date(year, 1, 1), "year")


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
