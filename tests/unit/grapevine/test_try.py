"""`grapevine try`: an address or a file is recognised, one page judged and amplified, and nothing kept."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from grapevine.addresses import KNOWN, recognise
from grapevine.guessing import guess
from grapevine.starter import Share
from grapevine.trying import Trial, try_out
from records.errors import ConfigError, InputError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).resolve().parents[2] / "payloads"
Try = Callable[..., Trial]


@pytest.fixture
def trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Try:
    """Try something without a clock, a wait or a credential; whatever it leaves behind fails the test."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(tmp_path)

    def run(what: str, **more: Any) -> Trial:
        before = sorted(tmp_path.rglob("*"))
        trial = try_out(what, environment={}, clock=lambda: NOW, sleep=lambda seconds: None, **more)
        assert sorted(tmp_path.rglob("*")) == before
        return trial

    return run


@pytest.mark.parametrize("address", KNOWN)
def test_recognise__every_known_address(address: str) -> None:
    filled = address.replace("NUMBER", "440").replace("WORDS", "acme").replace("NAME", "acme").replace("ID", "1abc2d")
    bare, full = recognise(filled), recognise(f"https://www.{filled}")
    assert (bare.connector, bare.title, bare.settings) == (full.connector, full.title, full.settings)


@pytest.mark.parametrize(
    ("address", "connector", "settings"),
    [
        (
            "https://apps.apple.com/gb/app/some-name/id123?see-all=reviews",
            "appstore",
            {"apps": [{"id": 123}], "countries": ["gb"]},
        ),
        ("https://apps.apple.com/app/id7", "appstore", {"apps": [{"id": 7}], "countries": ["us"]}),
        ("https://store.steampowered.com/app/440/Some_Game/", "steam", {"apps": [{"id": 440}]}),
        ("blog.example.org/feed/", "feeds", {"urls": ["https://blog.example.org/feed/"]}),
        ("https://www.google.com/alerts/feeds/1/2", "feeds", {"urls": ["https://www.google.com/alerts/feeds/1/2"]}),
        ("old.reddit.com/r/acme/new", "reddit", {"search": False, "subreddits": ["acme"], "feeds": True}),
    ],
)
def test_recognise__what_the_address_says(address: str, connector: str, settings: dict[str, Any]) -> None:
    found = recognise(address)
    assert (found.connector, dict(found.settings)) == (connector, settings)


@pytest.mark.parametrize("address", ["https://example.org/r/acme", "news.ycombinator.com/news", "reddit.com/search"])
def test_recognise__unknown_addresses_name_the_known(address: str) -> None:
    with pytest.raises(InputError, match=r"store\.steampowered\.com/app/NUMBER"):
        recognise(address)


def test_try__steam_page(trying: Try, httpserver: HTTPServer) -> None:
    body = (PAYLOADS / "steam" / "appreviews__page.json").read_text("utf-8")
    httpserver.expect_oneshot_request("/appreviews/440").respond_with_data(body, content_type="application/json")
    address, base = "https://store.steampowered.com/app/440/", httpserver.url_for("").rstrip("/")
    trial = trying(address, given=[f"base_url={base}"], brand="Acme")
    # one thumb down, one up; the third review of the page has no number
    assert dict(trial.label_counts) == {"bad": 1, "neutral": 0, "good": 1, "unscored": 0}
    assert (trial.channel, dict(trial.skipped)) == ("review_site", {"no id": 1})
    # 1 / .35 and 1 / .23 (the share of customers who write a review, dr2013)
    assert trial.estimate["bad"]["experiences"] == pytest.approx(1 / 0.35)
    assert trial.estimate["good"]["experiences"] == pytest.approx(1 / 0.23)
    assert not trial.is_coverage_known
    assert trial.block[:3] == ("[[sources]]", 'connector = "steam"', 'apps = [{brand = "acme", id = 440}]')


def test_try__a_feed(trying: Try, httpserver: HTTPServer) -> None:
    body = (PAYLOADS / "feeds" / "shop__rss.xml").read_text("utf-8")
    httpserver.expect_request("/talk.rss").respond_with_data(body, content_type="text/xml")
    trial = trying(httpserver.url_for("/talk.rss"))
    assert (trial.connector, len(trial.mentions)) == ("feeds", 2)


def test_try__reddit_thread_by_its_feed(trying: Try, httpserver: HTTPServer) -> None:
    body = (PAYLOADS / "reddit" / "search__feed.rss").read_bytes()
    httpserver.expect_oneshot_request("/comments/1abc2d/.rss").respond_with_data(body, content_type="application/xml")
    trial = trying(
        "https://www.reddit.com/r/acme/comments/1abc2d/some_title/", given=[f"reddit_url={httpserver.url_for('')[:-1]}"]
    )
    assert (trial.connector, trial.channel, len(trial.mentions) > 0) == ("reddit", "online", True)


def test_try__hacker_news_comment_after_no_story(trying: Try, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/search_by_date").respond_with_json({"hits": []})
    item = {"id": 9, "type": "comment", "text": "Acme is <i>awful</i>, never again.", "created_at_i": 1795000000}
    httpserver.expect_oneshot_request("/items/9").respond_with_json(item)
    trial = trying("news.ycombinator.com/item?id=9", given=[f"base_url={httpserver.url_for('')[:-1]}"])
    assert [one.text for one in trial.mentions] == ["Acme is awful, never again."]
    assert trial.label_counts["bad"] == 1


def test_try__names_the_missing_key_and_where_to_get_it(trying: Try) -> None:
    with pytest.raises(ConfigError, match=r"GRAPEVINE_X_BEARER_TOKEN \(console"):
        trying("https://x.com/somebody/status/123")


def write_csv(folder: Path) -> None:
    rows = [f"{n};terrible, they lost my bag;1;acme;2026-01-{n:02}" for n in range(1, 8)]
    rows += [f"{n};great and friendly staff;5;acme;2026-01-{n:02}" for n in range(8, 13)]
    rows += ["13;it was there;3;acme;2026-01-13"]
    (folder / "export.csv").write_text("\n".join(["Review ID;Review;Stars;Company;Date", *rows]), encoding="utf-8")


def test_try__csv_with_other_names(trying: Try, tmp_path: Path) -> None:
    write_csv(tmp_path)
    trial = trying("export.csv", coverage=Share(0.1, 0.2, 0.4))
    assert dict(trial.label_counts) == {"bad": 7, "neutral": 1, "good": 5, "unscored": 0}
    # 7 / (.35 x .2)
    assert trial.estimate["bad"]["experiences"] == pytest.approx(100)
    assert (trial.channel, trial.is_coverage_known, trial.mentions[0].brand) == ("review_site", True, "acme")
    assert 'path = "export.csv"' in trial.block
    assert 'id = "Review ID"' in trial.block


def test_try__settings_given_stand_above_the_guess(trying: Try, tmp_path: Path) -> None:
    write_csv(tmp_path)
    trial = trying("export.csv", given=["rating_scale=0-10", "columns.text=Company"])
    assert trial.label_counts["bad"] == 8  # of 10, a 3 is bad too and the 5s are neutral
    assert trial.label_counts["good"] == 0
    assert {one.text for one in trial.mentions} == {"acme"}


@pytest.mark.parametrize("what", ["missing.csv", "acme"])
def test_try__neither_file_nor_address(trying: Try, what: str) -> None:
    with pytest.raises(InputError, match="no file here, and no address"):
        trying(what)


def test_guess__json_lines_with_tables_inside(tmp_path: Path) -> None:
    lines = [{"id": n, "body": "words " * 9, "user": {"id": f"u{n}"}, "created_utc": 1795000000 + n} for n in range(3)]
    path = tmp_path / "posts.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert guess(path) == {
        "path": str(path),
        "date_formats": ["epoch"],
        "columns": {"id": "id", "text": "body", "author": "user.id", "published_at": "created_utc"},
    }


def test_guess__parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "reviews.parquet"
    pq.write_table(pa.table({"uuid": ["a", "b"], "comment": ["fine", "bad"], "nps": [10, 0]}), path)
    assert guess(path) == {
        "path": str(path),
        "rating_scale": "nps",
        "columns": {"id": "uuid", "text": "comment", "rating": "nps"},
    }


def test_guess__longest_words_where_no_name_says_it_and_fewest_columns_as_id(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(
        "who,when,what people wrote\n"
        "a,2026-01-01,they never called me back about my order\n"
        "a,2026-01-02,they called me back at once and were kind\n",
        encoding="utf-8",
    )
    words = "what people wrote"
    assert guess(path)["columns"] == {"id": ["when", words], "text": words, "published_at": "when"}


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2026-01-31T10:00:00Z"], {}),
        (["2026-01-31"], {"time_zone": "UTC"}),
        (["31/01/2026"], {"date_formats": ["%d/%m/%Y"], "time_zone": "UTC"}),
        (["01/31/2026"], {"date_formats": ["%m/%d/%Y"], "time_zone": "UTC"}),
        (["1795000000000"], {"date_formats": ["epoch_ms"]}),
    ],
)
def test_guess__dates(tmp_path: Path, dates: list[str], expected: dict[str, Any]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text,date\n" + "\n".join(f"{n},words,{day}" for n, day in enumerate(dates)), encoding="utf-8")
    found = guess(path)
    assert found["columns"]["published_at"] == "date"
    assert {name: found[name] for name in ("date_formats", "time_zone") if name in found} == expected


def test_guess__dates_under_a_name_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "id,text,plz,when\n1,some words,10115,2026-11-01\n2,more words,80331,2026-11-02\n", encoding="utf-8"
    )
    assert guess(path)["columns"] == {"id": "id", "text": "text", "published_at": "when"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.xlsx", "", "save it as CSV"),
        ("a.csv", "", "no rows"),
        ("a.csv", "a,b\n1,2\n", "no column of a.csv looks like text or a rating; it has a, b"),
        ("a.csv.gz", "not gzip", "no rows"),
    ],
)
def test_guess__says_what_is_wrong(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        guess(tmp_path / name)


def test_guess__real_exports_give_mentions(trying: Try, real_data: Path) -> None:
    for name in ("airline_tweets_dev", "skytrax_airline_reviews", "mcdonalds_yelp_complaint_reasons"):
        trial = trying(str(real_data / "data" / f"{name}.csv.gz"))
        assert len(trial.mentions) == 500
        assert trial.label_counts["unscored"] < 25


def test_try__real_recordings(trying: Try, real_data: Path, httpserver: HTTPServer) -> None:
    for path, recording in {
        "/comments/1qcwxml/.rss": "reddit/thread.rss",
        "/gb/rss/customerreviews/page=1/id=1510826067/sortby=mostrecent/json": "appstore_rss/1510826067_gb_1.json",
        "/appreviews/439700": "steam/review_439700.json",
    }.items():
        httpserver.expect_request(path).respond_with_data((real_data / "payloads" / recording).read_bytes())
    base = httpserver.url_for("")[:-1]
    thread = trying("reddit.com/r/a/comments/1qcwxml/", given=[f"reddit_url={base}"])
    app = trying("apps.apple.com/gb/app/id1510826067", given=[f"base_url={base}"])
    game = trying("store.steampowered.com/app/439700", given=[f"base_url={base}"])
    assert [len(one.mentions) for one in (thread, app, game)] == [34, 4, 101]
