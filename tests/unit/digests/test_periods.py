from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.periods import Period, PeriodKind
from records.errors import InputError

KINDS: tuple[PeriodKind, ...] = ("day", "week", "month", "quarter", "year")


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(KINDS))
def test_period__name_and_neighbours_fit(day: date, kind: PeriodKind) -> None:
    period = Period.holding(day, kind)
    assert period.start <= day <= period.end
    assert Period.parse(period.name) == period
    assert period.next.start == period.end + timedelta(days=1)
    assert period.next.previous == period


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2015-W08", date(2015, 2, 16), date(2015, 2, 22)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-11-16", date(2026, 11, 16), date(2026, 11, 16)),
    ],
)
def test_parse__names(name: str, start: date, end: date) -> None:
    period = Period.parse(name)
    assert (start, end) == (period.start, period.end)


@pytest.mark.parametrize("name", ["2026-W54", "2026-13", "2026-02-30", "last week", "", "2026-Q5", "../2026", "0000"])
def test_parse__refuses_what_is_no_period(name: str) -> None:
    with pytest.raises(InputError, match="period is"):
        Period.parse(name)


def test_last_complete__follows_the_brands_clock() -> None:
    sunday_evening = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    assert Period.last_complete(sunday_evening, "UTC").name == "2026-W45"
    assert Period.last_complete(sunday_evening, "Europe/Berlin").name == "2026-W46"


def test_last_complete__refuses_a_naive_time() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Period.last_complete(datetime(2026, 11, 15), "UTC")  # noqa: DTZ001 - the very thing under test
