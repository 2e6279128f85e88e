"""Nothing is lost: cut off after any page, rows arriving at the head, dead page tokens, overlapping pulls."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Declaration, HttpRequest, Page, Response
from connectors.cursor import Cursor, Gap, request_from_json, request_to_json
from connectors.walk import Walk
from records.errors import Drift, Throttled, TransientError
from records.mention import Draft

START = datetime(2026, 1, 1, tzinfo=UTC)
PAGE_SIZE = 3


@dataclass
class Feed:
    """A newest-first source with page tokens; `rows` are minutes after START, newest last."""

    rows: list[int] = field(default_factory=list)
    dead_tokens: bool = False

    declaration = Declaration(name="feed", title="Feed", channel="online", order="newest_first")

    def plan(self, query, cursors):
        return [HttpRequest(url="https://feed.example/top")]

    def fetch(self, request):
        ordered = sorted(self.rows, reverse=True)
        below = dict(request.params).get("below")
        if below is not None and self.dead_tokens:
            raise Drift("token expired")
        left = [row for row in ordered if below is None or row < int(below)]
        body = json.dumps({"rows": left[:PAGE_SIZE], "more": len(left) > PAGE_SIZE})
        return Response(received_at=START, body=body.encode())

    def parse(self, request, response):
        answer = response.json()
        drafts = tuple(
            Draft(
                native_id=str(row), kind="post", channel="online", text="x", published_at=START + timedelta(minutes=row)
            )
            for row in answer["rows"]
        )
        following = ()
        if answer["more"]:
            following = (HttpRequest(url="https://feed.example/top", params=(("below", str(answer["rows"][-1])),)),)
        return Page(records=drafts, next=following)


@dataclass
class Reader:
    """Pulls a feed again and again, each time cut off after some pages."""

    feed: Feed
    cursor: Cursor = field(default_factory=Cursor)
    seen: list[str] = field(default_factory=list)

    def pull(self, *, pages=None):
        number = count(1)

        def fetch(request):
            if pages is not None and next(number) > pages:
                raise TransientError("cut off")
            return self.feed.fetch(request)

        def land(request, response, page):
            self.seen.extend(draft.native_id for draft in page.records)

        walk = Walk(self.feed, fetch=fetch, land=land, clock=lambda: START, sleep=lambda seconds: None)
        before = self.cursor.mark
        stored = json.loads(json.dumps(self.cursor.to_json()))
        self.cursor, error = walk.read(
            self.feed.plan(None, {}), Cursor.from_json(stored), afresh=lambda: self.feed.plan(None, {})
        )
        assert before is None or self.cursor.mark >= before
        return error


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 8), st.none() | st.integers(0, 4), st.booleans()), max_size=8))
def test_cursor__nothing_is_lost_whatever_is_cut_off_while_rows_arrive(steps):
    reader = Reader(Feed())
    minute = count(1)
    for arriving, pages, dead in steps:
        reader.feed.rows.extend(next(minute) for _ in range(arriving))
        reader.feed.dead_tokens = dead
        reader.pull(pages=pages)
    reader.feed.dead_tokens = False
    for _ in range(len(steps) + 1):
        error = reader.pull()
    assert error is None
    assert set(reader.seen) == {str(row) for row in reader.feed.rows}
    assert reader.cursor.gaps == ()
    newest = max(reader.feed.rows, default=None)
    assert reader.cursor.mark == (None if newest is None else START + timedelta(minutes=newest))


LATE_MINUTES = 10


class LateFeed(Feed):
    """A feed some of whose rows show up later than their date, by less than the declared overlap."""

    declaration = replace(Feed.declaration, overlap=timedelta(minutes=LATE_MINUTES))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.sets(st.integers(1, LATE_MINUTES), max_size=4), st.none() | st.integers(0, 4)), max_size=8)
)
def test_cursor__rows_that_arrive_late_inside_the_overlap_are_found(steps):
    reader, newest = Reader(LateFeed()), 0
    for lateness, pages in steps:
        newest += LATE_MINUTES // 2
        dated = {newest - late for late in lateness} | {newest}
        reader.feed.rows.extend(sorted(dated - set(reader.feed.rows)))
        reader.pull(pages=pages)
    for _ in range(len(steps) + 1):
        error = reader.pull()
    assert error is None
    assert set(reader.seen) == {str(row) for row in reader.feed.rows}


def test_cursor__mark_stays_until_the_gap_closes():
    reader = Reader(Feed(rows=list(range(1, 4))))
    reader.pull()
    done = START + timedelta(minutes=3)
    assert reader.cursor.mark == done
    reader.feed.rows.extend(range(4, 16))
    reader.pull(pages=1)
    assert (reader.cursor.mark, reader.cursor.head) == (done, START + timedelta(minutes=15))
    reader.feed.rows.extend(range(16, 30))
    reader.pull(pages=2)
    assert (reader.cursor.mark, len(reader.cursor.gaps)) == (done, 2)
    reader.pull()
    assert (reader.cursor.mark, reader.cursor.gaps) == (START + timedelta(minutes=29), ())
    assert {int(row) for row in reader.seen} == set(range(1, 30))


def test_cursor__a_pull_with_nothing_new_reads_one_page():
    reader = Reader(Feed(rows=list(range(1, 100))))
    reader.pull()
    reader.seen.clear()
    reader.pull()
    assert len(reader.seen) <= PAGE_SIZE


def test_cursor__many_cuts_keep_few_gaps_and_lose_nothing():
    reader = Reader(Feed())
    for step in range(60):
        reader.feed.rows.extend(range(step * 10, step * 10 + 10))
        reader.pull(pages=1)
    assert len(reader.cursor.gaps) <= 20
    assert reader.pull() is None
    assert {int(row) for row in reader.seen} == set(range(600))


def test_cursor__overlapping_pulls_lose_nothing_whichever_is_loaded_last():
    for last in (0, 1):
        feed = Feed(rows=list(range(1, 20)))
        one, other = Reader(feed), Reader(feed)
        one.pull(pages=2)
        feed.rows.extend(range(20, 30))
        other.pull()
        after = Reader(feed, cursor=(one, other)[last].cursor)
        feed.rows.extend(range(30, 33))
        after.pull()
        assert {int(row) for row in one.seen + other.seen + after.seen} == set(range(1, 33))


class Stuck(Feed):
    """Gives pages that lead to themselves, to the same records under new tokens, or to nothing for ever."""

    kind = "same request"

    def fetch(self, request):
        token = int(dict(request.params).get("t", "0"))
        rows = [] if self.kind == "empty" else [1, 2] if self.kind == "same records" else [token + 1]
        after = token if self.kind == "same request" and token else token + 1
        return Response(received_at=START, body=json.dumps({"rows": rows, "t": after}).encode())

    def parse(self, request, response):
        page = super().parse(
            request, Response(received_at=START, body=json.dumps({**response.json(), "more": False}).encode())
        )
        after = HttpRequest(url="https://feed.example/top", params=(("t", str(response.json()["t"])),))
        return Page(records=page.records, next=(after,))


@pytest.mark.parametrize("kind", ["same request", "same records", "empty"])
def test_cursor__an_endless_source_stops_with_drift(kind):
    feed = Stuck()
    feed.kind = kind
    error = Reader(feed).pull()
    assert isinstance(error, Drift)


def test_cursor__a_long_wait_ends_the_pull_and_keeps_what_was_read():
    class Waiting(Feed):
        def parse(self, request, response):
            page = super().parse(request, response)
            return Page(records=page.records, next=page.next, wait=600.0)

    reader = Reader(Waiting(rows=list(range(1, 10))))
    error = reader.pull()
    assert isinstance(error, Throttled)
    assert error.until == START + timedelta(seconds=600)
    assert reader.seen == ["9", "8", "7"]
    assert len(reader.cursor.gaps) == 1


def test_cursor__a_source_that_ends_before_the_last_reading_says_so():
    class Shallow(Feed):
        declaration = replace(Feed.declaration, max_depth=2 * PAGE_SIZE)

        def parse(self, request, response):
            page = super().parse(request, response)
            return page if dict(request.params).get("below") is None else replace(page, next=())

    def walked(feed, cursor):
        walk = Walk(feed, fetch=feed.fetch, land=lambda *_: None, clock=lambda: START, sleep=lambda seconds: None)
        cursor, error = walk.read(feed.plan(None, {}), cursor, afresh=list)
        assert error is None
        return cursor, walk.shortfall

    feed = Shallow(rows=[1, 2, 3])
    cursor, shortfall = walked(feed, Cursor())
    assert shortfall is None
    feed.rows.extend(range(4, 7))
    cursor, shortfall = walked(feed, cursor)
    assert shortfall is None
    feed.rows.extend(range(7, 40))
    _, shortfall = walked(feed, cursor)
    assert "some in between are lost, pull more often" in str(shortfall)


def test_cursor__a_row_dated_in_the_future_does_not_end_later_walks():
    reader = Reader(Feed(rows=[1, 2, 3, 60 * 24 * 365]))
    reader.pull()
    assert reader.cursor.mark == START + timedelta(minutes=3)
    reader.feed.rows.extend(range(4, 20))
    reader.pull()
    assert {int(row) for row in reader.seen} >= set(range(1, 20))


def test_cursor__survives_being_written_down():
    request = HttpRequest(url="https://a.example", params=(("a", "b"),), headers=(("x", "y"),), context={"n": 1})
    cursor = Cursor(mark=START, head=START, gaps=(Gap(since=None, until=START, next=(request,)),), state={"a": [1]})
    assert Cursor.from_json(json.loads(json.dumps(cursor.to_json()))) == cursor
    assert request_from_json(json.loads(json.dumps(request_to_json(request)))) == request
