"""How long to wait for a source, and where it says so."""

from __future__ import annotations

import email.utils
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

__all__ = ["FUTURE_SLACK", "LONGEST_WAIT_SECONDS", "Clock", "Sleep", "reset_at", "resume_at"]

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]

LONGEST_WAIT_SECONDS = 60.0
"""The longest that a pull waits for a source at one point; more becomes `Throttled`, and a later run goes on."""

FUTURE_SLACK = timedelta(days=1)
"""How far ahead of our clock a time may lie and still be believed: clocks and zones differ, but not by more."""

_RESET_HEADERS = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset", "ratelimit-resettime")
_REMAINING_HEADERS = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
_EPOCH_FROM_SECONDS = 1e9  # a bare number this large is a moment, a smaller one is a duration
_EPOCH_FROM_MILLISECONDS = 1e11


def resume_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when a source wants to be asked again, None if it does not say.

    `Retry-After` is seconds or an HTTP date; the reset headers are seconds to go (Reddit), epoch seconds (X), epoch
    milliseconds, or an ISO time (Mastodon, Yelp).

    Args:
        headers: names in lower case.
        now: aware UTC.
    """
    for name in ("retry-after", *_RESET_HEADERS):
        text = headers.get(name, "").strip()
        if text:
            moment = _moment(text, now)
            if moment is not None:
                return max(moment, now)
    return None


def reset_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when a spent quota is renewed, None while any of it is left or if the source does not say."""
    for name in _REMAINING_HEADERS:
        try:
            if float(headers[name]) >= 1:
                return None
        except (KeyError, ValueError):
            continue
        return resume_at(headers, now)
    return None


def _moment(text: str, now: datetime) -> datetime | None:
    try:
        number = float(text)
    except ValueError:
        return _written_moment(text)
    if not math.isfinite(number):
        return None
    try:
        if number >= _EPOCH_FROM_MILLISECONDS:
            return datetime.fromtimestamp(number / 1000, UTC)
        if number >= _EPOCH_FROM_SECONDS:
            return datetime.fromtimestamp(number, UTC)
        return now + timedelta(seconds=max(number, 0.0))
    except (OverflowError, ValueError, OSError):
        return None


def _written_moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            moment = read(text)
        except ValueError:
            continue
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return None
