"""Values as files write them: times, counts, yes and no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["IMPOSSIBLE_DATE", "NOT_A_COUNT", "NO_ZONE", "TimeReader", "Unusable", "read_count"]

IMPOSSIBLE_DATE = "a date that is impossible or in no known format"
NO_ZONE = "a time without a zone; set time_zone"
NOT_A_COUNT = "a count that is no whole number from 0"

_SPACE_BEFORE_ZONE = re.compile(r"(?<=\d)\s+(?=[+-]\d\d:?\d\d$|Z$)")
_UTC_NAME = re.compile(r"\s*(?:UTC|GMT)$", re.IGNORECASE)
_MAX_COUNT = 2**63 - 1


class Unusable(ValueError):
    """A value that rejects its row; the message is the reason, and holds nothing of the value."""


class TimeReader:
    """Reads times: ISO 8601 first, then the formats declared.

    Args:
        formats: strptime patterns, "epoch" or "epoch_ms".
        zone: of times that name none; None refuses them.
        missing_days: days that stand for no date, whatever their time of day.
    """

    def __init__(self, *, formats: Sequence[str], zone: str | None, missing_days: Sequence[str]) -> None:
        self._formats = formats
        self._zone = None if zone is None else (UTC if zone == "UTC" else ZoneInfo(zone))
        self._missing = frozenset(missing_days)
        self._missing_years = frozenset(int(day[:4]) for day in missing_days if day[:4].isdigit())

    def read(self, value: Any) -> datetime | None:
        """Return a time as aware UTC, None for a missing one.

        Raises:
            Unusable: the message is the reason as rejects keep it.
        """
        moment = self._written(value)
        if moment is None:
            return None
        if moment.tzinfo is None:
            if self._zone is None:
                raise Unusable(NO_ZONE)
            moment = moment.replace(tzinfo=self._zone)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise Unusable(IMPOSSIBLE_DATE) from None

    def day(self, value: Any) -> date | None:
        """Return the day as it is written, whatever the zone, None for a missing one.

        Raises:
            Unusable: the message is the reason as rejects keep it.
        """
        moment = self._written(value)
        return None if moment is None else moment.date()

    def _written(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            if value[:10] in self._missing:
                return None
            moment = self._read_text(value)
        elif isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 (the zone follows)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            moment = self._read_number(value)
        else:
            raise Unusable(IMPOSSIBLE_DATE)
        if moment.year in self._missing_years and moment.date().isoformat() in self._missing:
            return None
        return moment

    def _read_text(self, text: str) -> datetime:
        # fromisoformat also takes bare digits; those may be anything, so a date needs its dashes.
        if text[4:5] == "-":
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                spelled = _SPACE_BEFORE_ZONE.sub("", _UTC_NAME.sub("+00:00", text))
                if spelled != text:
                    try:
                        return datetime.fromisoformat(spelled)
                    except ValueError:
                        pass
        for pattern in self._formats:
            try:
                if pattern in ("epoch", "epoch_ms"):
                    return self._read_number(float(text))
                return datetime.strptime(text, pattern)  # noqa: DTZ007 (the zone follows)
            except ValueError:
                continue
        raise Unusable(IMPOSSIBLE_DATE)

    def _read_number(self, number: float) -> datetime:
        for pattern in self._formats:
            if pattern in ("epoch", "epoch_ms"):
                try:
                    return datetime.fromtimestamp(number / (1000 if pattern == "epoch_ms" else 1), UTC)
                except (OverflowError, OSError, ValueError):
                    break
        raise Unusable(IMPOSSIBLE_DATE)


def read_count(value: Any) -> int:
    """Return a count: 12, "12", "12.0" or "1,234".

    Raises:
        Unusable: the message is the reason as rejects keep it.
    """
    try:
        number = float(value.replace(",", "") if isinstance(value, str) else value)
        whole = int(number)
    except (TypeError, ValueError, OverflowError):
        raise Unusable(NOT_A_COUNT) from None
    if whole != number or not 0 <= whole <= _MAX_COUNT:
        raise Unusable(NOT_A_COUNT)
    return whole
