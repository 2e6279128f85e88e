"""Around the pages: rechecks, dry runs, budgets shared by processes, what killed pulls leave behind, the registry."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
import zstandard

from connectors import filestate, registry
from connectors.budget import Budget
from connectors.contract import Declaration, Page, Response
from connectors.manifest import PullError, PullResult, slug, troubles
from connectors.pull import RECHECK, dry_run, pull_source, recheck_source, slices
from connectors.reading import usable
from connectors.record import record
from records.brand import Brand, Query
from records.errors import ConfigError, Gone, Throttled, TransientError
from records.mention import Draft, Engagement
from records.setup import RatingScale, SourceSetup

KEY = b"k" * 32
ACME = Brand(
    key="acme",
    name="Acme",
    aliases=("Acme Air",),
    handles=("@acme",),
    all_words=("flight",),
    none_words=("road runner",),
)
QUERY = Query((ACME,))


def setup(connector, **settings):
    return SourceSetup(name=f"my-{connector}", connector=connector, source=connector, settings=settings)


def listing(*things):
    return {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": data} for data in things]}}


@pytest.fixture
def recheck(home, time_):
    def ask(connector, ids, fetch):
        result = recheck_source(
            setup(connector), QUERY, ids, home, secret_key=KEY, clock=time_.clock, sleep=time_.sleep, fetch=fetch
        )
        return result, json.loads((result.folder / "manifest.json").read_text())

    return ask


def test_recheck__edited_lands_and_gone_and_absent_are_named(recheck, time_):
    answer = listing(
        {"name": "t1_a", "body": "words that no longer name it", "created_utc": 1794000000},
        {"name": "t1_b", "body": "[removed]", "author": "x"},
    )
    result, manifest = recheck(
        "reddit",
        [("", "t1_a"), ("", "t1_b"), ("", "t1_c")],
        lambda request: Response(received_at=time_.now, data=answer),
    )
    assert (result.status, result.slice, result.read_count) == ("complete", RECHECK, 1)
    assert manifest["gone"] == [["", "t1_b"], ["", "t1_c"]]
    assert manifest["cursor"] is None


def test_recheck__a_404_about_one_id_means_that_it_is_gone(recheck):
    def fetch(request):
        raise Gone("no longer exists")

    result, manifest = recheck("hackernews", [("", "7"), ("", "8")], fetch)
    assert (result.status, manifest["gone"]) == ("complete", [["", "7"], ["", "8"]])


def test_recheck__a_fault_keeps_what_was_learnt(recheck, time_):
    def fetch(request):
        if request.url.endswith("/7"):
            raise Gone("no longer exists")
        raise TransientError("cut off")

    result, manifest = recheck("hackernews", [("", "7"), ("", "8")], fetch)
    assert (result.status, result.error.kind, manifest["gone"]) == ("partial", "transient", [["", "7"]])


def test_recheck__asks_reddit_about_100_ids_at_a_time(recheck, time_):
    asked = []

    def fetch(request):
        asked.append(request.arguments["params"]["id"].count(",") + 1)
        return Response(received_at=time_.now, data=listing())

    recheck("reddit", [("", f"t1_{number}") for number in range(250)], fetch)
    assert asked == [100, 100, 50]


def test_recheck__a_source_that_cannot_be_asked_is_a_setting_error(recheck):
    result, _ = recheck("steam", [("", "1")], None)
    assert (result.status, result.error.kind) == ("failed", "config")


def test_dry_run__says_what_would_be_asked_of_each_source_in_its_own_syntax():
    reddit, *_ = dry_run(setup("reddit", subreddits=["travel"]), QUERY, {})
    assert reddit.method == "praw.GET"
    assert json.loads(reddit.asked)["params"]["q"] == ('(Acme OR "Acme Air" OR @acme) AND flight AND NOT "road runner"')
    [x] = dry_run(setup("x", language="en"), QUERY, {})
    assert json.loads(x.asked)["query"] == ('(Acme OR "Acme Air" OR @acme) flight -"road runner" -is:retweet lang:en')
    assert [one.slice for one in dry_run(setup("hackernews"), QUERY, {})] == ["acme", "acme air"]
    [steam] = dry_run(setup("steam", apps=[{"id": 440}]), QUERY, {})
    assert steam.asked.startswith("https://store.steampowered.com/appreviews/440?json=1&filter=updated")


def test_dry_run__words_that_do_not_fit_become_several_searches():
    many = Brand(key="many", name="Acme", any_words=tuple(f"product number {number}" for number in range(60)))
    requests = dry_run(setup("x"), Query((many,)), {})
    queries = [json.loads(request.asked)["query"] for request in requests]
    assert len(queries) > 2
    assert all(len(query) <= 512 for query in queries)
    assert all(any(f'"product number {number}"' in query for query in queries) for number in range(60))
    assert len({request.slice for request in requests}) == len(requests)


def test_slices__new_words_begin_anew():
    before = slices(setup("x"), QUERY, {})
    after = slices(setup("x"), Query((Brand(key="acme", name="Acme"),)), {})
    assert before != after
    assert slices(setup("appstore", apps=[{"id": 5}], countries=["gb", "us"]), QUERY, {}) == ["5-gb", "5-us"]


DECLARED = Declaration(
    name="source", title="Source", channel="online", requests_per_window=3, window=timedelta(seconds=30)
)


def test_budget__is_shared_and_waits_for_room(home, time_):
    one = Budget(home, DECLARED, clock=time_.clock, sleep=time_.sleep)
    other = Budget(home, DECLARED, clock=time_.clock, sleep=time_.sleep)
    for budget in (one, other, one):
        budget.spend()
    assert time_.slept == []
    other.spend()
    assert sum(time_.slept) == pytest.approx(30, abs=0.1)


def test_budget__a_wait_too_long_is_throttled(home, time_):
    slow = Declaration(name="slow", title="Slow", channel="online", requests_per_window=1, window=timedelta(hours=1))
    budget = Budget(home, slow, clock=time_.clock, sleep=time_.sleep)
    budget.spend()
    with pytest.raises(Throttled, match="the request budget of slow is spent until") as raised:
        budget.spend()
    assert raised.value.until == time_.now + timedelta(hours=1)


def test_budget__a_hold_keeps_every_process_back(home, time_):
    Budget(home, DECLARED, clock=time_.clock, sleep=time_.sleep).hold_until(time_.now + timedelta(seconds=20))
    Budget(home, DECLARED, clock=time_.clock, sleep=time_.sleep).spend()
    assert sum(time_.slept) == pytest.approx(20, abs=0.1)


def test_pull__what_a_killed_pull_left_a_day_ago_is_removed(home, write, time_):
    path = write("a.csv", "id,text\n1,one\n")
    entry = setup("files", path=path, brand="acme", columns={"id": "id", "text": "text"})
    folder = home.landing / "my-files" / "-"
    for name, hours in (("old.tmp", 30), ("young.tmp", 1)):
        (folder / name).mkdir(parents=True)
        then = (time_.now - timedelta(hours=hours)).timestamp()
        os.utime(folder / name, (then, then))
    pull_source(entry, QUERY, {}, home, secret_key=KEY, clock=time_.clock, sleep=time_.sleep)
    assert not (folder / "old.tmp").exists()
    assert (folder / "young.tmp").exists()


def test_pull__a_file_that_changes_while_it_is_read_is_not_taken(pull, write, monkeypatch):
    path = write("a.csv", "id,text\n1,one\n")
    looks = iter([[1, 1], [2, 2]])
    monkeypatch.setattr(filestate, "look", lambda path: next(looks))
    pulled = pull("files", {"path": path, "brand": "acme", "columns": {"id": "id", "text": "text"}})
    assert (pulled.result.status, pulled.result.error.kind, pulled.rows) == ("failed", "transient", [])


def test_record__people_and_private_fields_are_cut(home, time_, tmp_path):
    page = {
        "hits": [
            {
                "objectID": "1",
                "author": "canary",
                "comment_text": "write to canary@mail.example or @canary, acme",
                "created_at_i": 1794000000,
            }
        ]
    }
    answer = Response(received_at=time_.now, body=json.dumps(page).encode())
    paths = record(
        setup("hackernews"),
        QUERY,
        home,
        tmp_path / "kept",
        clock=time_.clock,
        sleep=time_.sleep,
        fetch=lambda request: answer,
    )
    assert len(paths) == 2
    for path in paths:
        kept = json.loads(path.read_text())
        assert "canary" not in path.read_text()
        assert kept["hits"][0]["comment_text"] == "write to someone@mail.example or @someone, acme"


def test_landing__raw_answers_have_no_private_fields(pull_all, time_):
    page = {"success": 1, "reviews": [{"recommendationid": "1", "author": {"steamid": "canary"}, "voted_up": True}]}
    [pulled] = pull_all(
        "steam",
        {"apps": [{"id": 440, "brand": "acme"}]},
        fetch=lambda request: Response(received_at=time_.now, body=json.dumps(page).encode()),
    )
    [raw] = pulled.result.folder.glob("page-*.raw.zst")
    assert b"canary" not in zstandard.decompress(raw.read_bytes())
    assert len(pulled.rows[0]["author_id"]) == 32


def test_pull__values_of_another_type_cost_only_their_record(pull_all, time_):
    def review(number, **other):
        words = {"recommendationid": str(number), "review": "fine", "voted_up": True, "timestamp_created": 1794000000}
        return {**words, **other}

    page = {
        "reviews": [
            review(1),
            review(2, review="a\x00b \ud800 c"),
            review(3, language=["english"]),
            review(4, timestamp_created=10**20),
            review(5, review=["words"]),
            review(6, review="x" * 100_001),
            review(7, votes_up="12"),
        ]
    }
    [pulled] = pull_all(
        "steam",
        {"apps": [{"id": 440, "brand": "acme"}]},
        fetch=lambda request: Response(received_at=time_.now, body=json.dumps(page).encode()),
    )
    assert pulled.result.status == "complete"
    assert [row["native_id"] for row in pulled.rows] == ["1", "2", "3", "7"]
    assert pulled.rows[1]["text"] == "a\ufffdb \ufffd c"
    assert pulled.rows[3]["helpful_count"] == 12
    assert pulled.manifest["rejected_by_reason"] == {
        "not of the expected shape": 2,
        "text longer than 100,000 characters": 1,
    }


def test_reading__counts_and_words_of_another_type_are_left_out():
    def draft(**values):
        return Draft(native_id=str(len(values)), kind="post", channel="online", **values)

    page = usable(
        Page(
            records=(
                draft(text="fine"),
                draft(text="fine", engagement=Engagement(view_count="12")),
                draft(text="fine", title=7, url=None),
            )
        )
    )
    assert [one.text for one in page.drafts] == ["fine"]
    assert [one.reason for one in page.skipped] == ["not of the expected shape"] * 2


def test_pull__a_brand_that_is_not_configured_is_named(pull_all, time_):
    [pulled] = pull_all(
        "steam",
        {"apps": [{"id": 440, "brand": "acne"}]},
        fetch=lambda request: Response(received_at=time_.now, body=b'{"success": 1, "reviews": []}'),
    )
    assert (pulled.result.status, pulled.result.error.kind) == ("failed", "config")
    assert pulled.result.error.message == "source 'steam': brand = 'acne' is no configured brand; there are acme"


def test_registry__an_unknown_connector_names_the_near_one():
    with pytest.raises(ConfigError, match="connector = 'hackernew' is unknown; did you mean 'hackernews'"):
        registry.find("hackernew")


def test_registry__frame_modules_are_no_connectors():
    assert registry.built_in() == {"appstore", "feeds", "files", "hackernews", "reddit", "steam", "x"}
    with pytest.raises(ConfigError, match="is unknown"):
        registry.find("walk")


def test_registry__rating_scales_are_known_before_a_pull():
    assert registry.rating_scale(setup("steam", apps=[{"id": 1}])) == RatingScale(rating_max=1, bad_max=0, good_min=1)
    nps = setup("files", path="/x.csv", rating_scale="nps", columns={"id": "a", "rating": "b"})
    assert registry.rating_scale(nps) == RatingScale(rating_max=10, bad_max=6, good_min=9)
    assert registry.rating_scale(setup("hackernews")) is None


@pytest.mark.parametrize(
    ("one", "other"), [("a b", "a_b"), ("a/b", "a_b"), ("é", "è"), ("..", "."), ("x" * 90, "x" * 91)]
)
def test_manifest__slugs_differ_where_names_differ(one, other):
    assert slug(one) != slug(other)
    assert "/" not in slug(one)
    assert slug(one) not in (".", "..")


def test_troubles__name_each_fault_once_however_many_slices_met_it(home):
    def result(slice_name: str, message: str | None) -> PullResult:
        error = PullError(kind="transient", message=message) if message else None
        status = "failed" if message else "complete"
        return PullResult(
            source_name="posts", slice=slice_name, run_id="1", status=status, error=error, folder=home.root
        )

    results = [result("a", "did not answer"), result("b", None), result("c", "did not answer"), result("d", "says no")]
    assert troubles(results) == ["posts: did not answer (2 slices)", "posts: says no"]
