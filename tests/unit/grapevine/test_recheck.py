"""`grapevine recheck`: what is edited, deleted or expired at its source is so here, in every file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import zstandard
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors import hackernews
from connectors.pull import pull_source
from grapevine import cli, pipeline, recheck
from grapevine.pipeline import Workspace
from grapevine.recheck import ask
from records.brand import Query
from records.home import Home
from warehouse import store
from warehouse.recheck import due, expired

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=4)
SETTINGS = """
as_of = {as_of}
[[brands]]
name = "Acme"
[[sources]]
connector = "hackernews"
base_url = "{base}"
retention_days = 1
{more}
"""


def hit(number: int, text: str) -> dict[str, Any]:
    return {
        "objectID": str(number),
        "comment_text": text,
        "author": f"author-{number}",
        "created_at_i": int(NOW.timestamp()) - number,
        "story_id": 1,
        "parent_id": 1,
    }


class HackerNews:
    """A source with comments that change between a pull and a recheck."""

    def __init__(self, server: HTTPServer, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self.texts: dict[int, str | dict[str, Any] | None] = {
            1: "Acme lost my parcel",
            2: "Acme is unforgettably awful",
            3: "Acme is serviceable",
            4: "Acme came at noon, an indelible memory",
        }
        self.asked: list[int] = []
        hits = [hit(number, str(text)) for number, text in self.texts.items()]
        server.expect_request("/search_by_date").respond_with_json({"hits": hits})
        for number in self.texts:
            server.expect_request(f"/items/{number}").respond_with_handler(self._item)

    def _item(self, request: Request) -> Response:
        number = int(request.path.rpartition("/")[2])
        self.asked.append(number)
        if number not in self.texts:
            return Response("{}", status=404)
        if isinstance(self.texts[number], dict):
            return Response(json.dumps({"id": number, **self.texts[number]}), content_type="application/json")
        made = hit(number, "")
        item = {"id": number, "type": "comment", "text": self.texts[number], "author": made["author"]}
        item |= {name: made[name] for name in ("created_at_i", "story_id", "parent_id")}
        return Response(json.dumps(item), content_type="application/json")

    def workspace(self, *, as_of: datetime, more: str = "") -> Workspace:
        path = self._folder / "grapevine.toml"
        base = self._server.url_for("").rstrip("/")
        path.write_text(SETTINGS.format(as_of=as_of.isoformat(), base=base, more=more), encoding="utf-8")
        return Workspace.open(config=path, home=self._folder / "home")

    def pulled(self) -> Workspace:
        workspace = self.workspace(as_of=NOW)
        pull_source(
            workspace.source("hackernews"),
            Query(workspace.brands),
            {},
            workspace.home,
            secret_key=store.secret_key(workspace.home),
            clock=lambda: NOW,
            sleep=lambda _: None,
        )
        pipeline.load(workspace)
        return self.workspace(as_of=LATER)


@pytest.fixture
def source(httpserver: HTTPServer, tmp_path: Path) -> HackerNews:
    return HackerNews(httpserver, tmp_path)


def rows(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with store.open(workspace.home, step="test") as connection:
        return connection.execute(sql).fetchall()


def content(path: Path) -> bytes:
    if path.suffix == ".parquet":
        return json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
    return (
        zstandard.ZstdDecompressor().stream_reader(path.open("rb")).read()
        if path.suffix == ".zst"
        else path.read_bytes()
    )


def files_with(workspace: Workspace, word: bytes) -> list[Path]:
    return [path for path in workspace.home.root.rglob("*") if path.is_file() and word in content(path)]


def asked(workspace: Workspace, at: datetime = LATER, **more: Any) -> Any:
    return ask(workspace, clock=lambda: at, sleep=lambda _: None, environment={}, **more)


@pytest.fixture
def terms_of_two_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hacker News as a source whose terms let nobody keep what was not seen for two days."""
    monkeypatch.setattr(
        hackernews.HackerNews, "declaration", replace(hackernews.HackerNews.declaration, retention_days=2)
    )


@pytest.mark.usefixtures("terms_of_two_days")
def test_recheck__what_is_gone_or_expired_leaves_every_file(
    source: HackerNews,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    parsed: Callable[[Home], None],
) -> None:
    workspace = source.pulled()
    parsed(workspace.home)
    for step in (pipeline.load, pipeline.score, pipeline.build, pipeline.publish, pipeline.digest):
        step(workspace)
    parts = {path.relative_to(workspace.home.root).parts[0] for path in files_with(workspace, b"unforgettably")}
    assert parts == {"landing", "grapevine.duckdb", "published", "digests"}
    source.texts[1] = "Acme found my parcel, great service"
    source.texts[2] = None  # its words were taken away
    del source.texts[4]  # 404
    source.texts[3] = {"karma": 1}  # an answer that says nothing about it: it stays unseen, and expires

    clock = {"clock": lambda: LATER}
    monkeypatch.setattr(recheck, "ask", partial(recheck.ask, sleep=lambda _: None, environment={}, **clock))
    monkeypatch.setattr(recheck, "settle", partial(recheck.settle, **clock))
    home, config = str(workspace.home.root), str(tmp_path / "grapevine.toml")
    monkeypatch.setattr("sys.argv", ["grapevine", "--home", home, "recheck", "--json", "--config", config])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "edited_count": 1,
        "gone_count": 2,
        "expired_count": 1,
        "erased_count": 3,
        "swept_count": 1,  # the pull's run; the recheck's own is new
        "asked_counts": {"hackernews": 4},
        "left_counts": {},
        "not_asked": {},
    }
    reasons = rows(workspace, "SELECT reason, is_erased, count(*) FROM raw.tombstone GROUP BY ALL ORDER BY ALL")
    assert reasons == [("expired", True, 1), ("removed", True, 2)]
    assert rows(workspace, "SELECT text FROM raw.mention_version WHERE text IS NOT NULL ORDER BY ALL") == [
        ("Acme found my parcel, great service",),
        ("Acme lost my parcel",),
    ]
    for word in (b"unforgettably", b"indelible", b"serviceable"):
        assert files_with(workspace, word) == []
    assert rows(workspace, "SELECT count(*) FROM core.mention WHERE is_gone") == [(3,)]
    assert len(list(workspace.home.landing.glob("*/*/*"))) == 1
    assert list((workspace.home.root / "digests").rglob("mail.html"))


def test_recheck__is_bounded_and_says_what_stays_due(source: HackerNews) -> None:
    source.pulled()
    workspace = source.workspace(as_of=LATER, more="recheck_limit = 3")
    result = asked(workspace)
    assert (dict(result.asked_counts), dict(result.left_counts)) == ({"hackernews": 3}, {"hackernews": 1})
    workspace = source.workspace(as_of=LATER, more="recheck_limit = 0")
    result = asked(workspace)
    assert (dict(result.asked_counts), dict(result.left_counts)) == ({}, {"hackernews": 1})


def test_recheck__nothing_due_asks_nobody(source: HackerNews) -> None:
    workspace = source.pulled()
    assert dict(asked(workspace, NOW + timedelta(hours=19)).asked_counts) == {}
    assert source.asked == []


def test_recheck__goes_round_so_that_nobody_waits_for_ever(source: HackerNews) -> None:
    workspace = source.pulled()
    asked(workspace, limit=3)
    first = set(source.asked)
    source.asked.clear()
    asked(workspace, limit=3)
    # three are loaded and no longer due; the mark stands behind them
    assert (len(first), set(source.asked)) == (3, {1, 2, 3, 4} - first)
    source.asked.clear()
    asked(workspace, limit=3)
    assert source.asked == []


def test_recheck__a_broken_answer_is_said_and_the_rest_obeyed(source: HackerNews, httpserver: HTTPServer) -> None:
    workspace = source.pulled()
    order = [int(one.native_id) for one in due(workspace.home, source="hackernews", before=LATER, limit=9)]
    source.texts[order[0]] = None
    httpserver.clear()
    httpserver.expect_request(f"/items/{order[0]}").respond_with_handler(source._item)
    httpserver.expect_request(f"/items/{order[1]}").respond_with_data("<html>sorry</html>")
    result = asked(workspace)
    assert [one.status for one in result.results] == ["partial"]
    report = pipeline.load(workspace)
    assert report.gone_count == 1


def test_recheck__without_a_key_is_said_and_is_no_failure(source: HackerNews) -> None:
    workspace = source.pulled()
    with store.open(workspace.home, step="test") as connection:
        connection.execute("UPDATE raw.mention_version SET source = 'x'")
    workspace = source.workspace(as_of=LATER, more='[[sources]]\nconnector = "x"\n')
    result = asked(workspace)
    assert result.results == ()
    assert "GRAPEVINE_X_BEARER_TOKEN" in result.not_asked["x"]


def test_due__longest_unseen_first_and_without_what_is_gone(source: HackerNews) -> None:
    home = source.pulled().home
    found = due(home, source="hackernews", before=LATER, limit=10)
    assert found == sorted(found)
    assert {(one.fetched_at, one.namespace) for one in found} == {(NOW, "")}
    behind = due(home, source="hackernews", before=LATER, limit=10, after=(found[1].fetched_at, found[1].mention_id))
    assert behind == found[2:]
    with store.open(home, step="test") as connection:
        connection.execute(
            "UPDATE raw.mention_version SET visibility = 'gone' WHERE mention_id = ?", [found[0].mention_id]
        )
    assert due(home, source="hackernews", before=LATER, limit=10) == found[1:]
    assert due(home, source="hackernews", before=NOW, limit=10) == []
    assert due(home, source="another", before=LATER, limit=10) == []


def test_expired__is_what_was_last_seen_before(source: HackerNews) -> None:
    home = source.pulled().home
    assert len(expired(home, source="hackernews", before=NOW + timedelta(seconds=1))) == 4
    assert expired(home, source="hackernews", before=NOW) == []


def test_due__without_a_warehouse(home: Home) -> None:
    assert due(home, source="x", before=NOW, limit=1) == []
    assert expired(home, source="x", before=NOW) == []
    assert not home.root.exists()
