"""The command line: what it prints, its exit codes, and that errors are one line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from grapevine import cli
from records.home import Home
from transforms import rates
from warehouse import store

GOOD = "id,text,date,stars\n1,fine service,2026-01-02T03:04:05Z,5\n2,bad service,2026-01-03T03:04:05Z,1\n"
SETTINGS = """
[[brands]]
name = "Acme"
[[sources]]
connector = "files"
name = "reviews"
channel = "review_site"
kind = "review"
path = "{path}"
rating_scale = "1-5"
brand = "acme"
{more}
[sources.columns]
id = "id"
text = "{text}"
published_at = "date"
rating = "stars"
"""

STATUS_TABLES = """
create schema marts;
create table marts.brand_day (brand varchar, mention_count bigint, bad_count bigint, good_count bigint, told_date date);
create table marts.source_health as
select
    *, '-' as slice, 'complete' as status, 1 as mention_count, 0 as rejected_count, null::varchar as error_message
from (
    values ('new', timestamptz '2999-01-01 00:00:00+00'), ('old', timestamptz '2020-01-01 00:00:00+00'), ('never', null)
) as pulled (source_name, last_success_at)
"""


class Desk:
    """Runs a command in this process, as a person would at the terminal."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def settings(self, path: str, *, text: str = "text", more: str = "") -> None:
        content = SETTINGS.format(path=path, text=text, more=more)
        (self.folder / "grapevine.toml").write_text(content, encoding="utf-8")

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self._monkeypatch.chdir(self.folder)
        self._monkeypatch.setattr("sys.argv", ["grapevine", "--home", str(self.folder / "home"), *arguments])
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    (tmp_path / "good.csv").write_text(GOOD, encoding="utf-8")
    return Desk(tmp_path, monkeypatch, capsys)


def test_pull__says_what_came(desk: Desk) -> None:
    desk.settings("good.csv")
    assert desk("pull") == (0, "2 rows from 1 slice\n", "")
    code, out, _ = desk("load")
    assert code == 0
    assert out.startswith("2 rows read: 2 kept, 0 duplicates, 0 rejected; 2 new, 0 edited; as of 2026-01-03 03:04 UTC")
    assert desk("pull")[1] == "0 rows from 1 slice, 1 unchanged\n"


def test_pull__says_what_was_rejected_and_where_it_stands(desk: Desk) -> None:
    desk.settings("bad.csv")
    rows = "".join(f"{line},fine,2026-01-02T03:04:05,5\n" for line in range(2)) + ",fine,2026-01-02T03:04:05Z,5\n"
    (desk.folder / "bad.csv").write_text(f"{GOOD}{rows}", encoding="utf-8")
    _, out, _ = desk("pull")
    told, _, place = out.strip().partition(", see ")
    assert told == "5 rows from 1 slice; reviews: 3 rejected (2 x a time without a zone; set time_zone, 1 x no id)"
    assert len((desk.folder / place).read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("path", "text", "more", "code", "said"),
    [
        ("none.csv", "text", "", 4, "none.csv does not exist"),
        ("good.csv", "txet", "", 4, "did you mean 'text'?"),
        ("good.csv", "text", "colour = 1", 2, "colour is not a setting"),
        ("broken.csv.gz", "text", "", 4, "broken gzip"),
    ],
)
def test_pull__wrong_input_is_one_line(desk: Desk, path: str, text: str, more: str, code: int, said: str) -> None:
    packed = gzip.compress((GOOD * 500).encode())
    (desk.folder / "broken.csv.gz").write_bytes(packed[: len(packed) // 2])
    desk.settings(path, text=text, more=more)
    got, _, err = desk("pull")
    assert (got, err.count("\n"), err.startswith("error: ")) == (code, 1, True)
    assert said in err


def test_sql__every_type_becomes_json(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.published_file.parent.mkdir(parents=True)
    with duckdb.connect(str(home.published_file)) as connection:
        connection.execute("CREATE SCHEMA marts")
    query = "select 1.5 as d, time '10:00' as t, interval 90 seconds as i, date '2026-01-02' as day, [1, null] as list"
    monkeypatch.setattr("sys.argv", ["grapevine", "--home", str(home.root), "sql", query, "--json"])
    with pytest.raises(SystemExit):
        cli.main()
    assert json.loads(capsys.readouterr().out) == [
        {"d": 1.5, "t": "10:00:00", "i": 90.0, "day": "2026-01-02", "list": [1, None]}
    ]


def test_status__names_the_sources_that_are_late(desk: Desk) -> None:
    published = Home(desk.folder / "home").current
    published.mkdir(parents=True)
    (published / "latest.json").write_text('{"format": 1, "published_at": "", "as_of": ""}', encoding="utf-8")
    with duckdb.connect(str(published / "grapevine.duckdb")) as connection:
        connection.execute(STATUS_TABLES)

    assert desk("status")[0] == 0
    code, said, error = desk("status", "--max-hours", "24")
    assert (code, "complete" in said) == (6, True)
    assert error.startswith("error: no complete pull within 24 hours: never, old; `grapevine run` pulls again")
    assert "within 1e+09 hours: never;" in desk("status", "--max-hours", "1e9", "--json")[2]


def test_settings__missing_file_is_one_line(desk: Desk) -> None:
    code, _, err = desk("load", "--config", "none.toml")
    assert (code, err.count("\n")) == (2, 1)
    assert "grapevine init" in err


def test_as_of__needs_a_zone(desk: Desk) -> None:
    desk.settings("good.csv")
    code, _, err = desk("load", "--as-of", "2026-01-01T00:00")
    assert code == 2
    assert "has no time zone" in err


def test_unexpected_errors__are_one_line_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path) -> None:
        raise RuntimeError("a fault\nof two lines")

    monkeypatch.setattr("grapevine.pipeline.load_settings", broken)
    code, _, err = desk("load")
    assert (code, err) == (1, "error: unexpected RuntimeError: a fault of two lines; `grapevine --debug` shows where\n")


def test_amplify__json_has_the_promised_names(desk: Desk) -> None:
    code, out, _ = desk("amplify", "--bad", "35", "--good", "23", "--json")
    result = json.loads(out)
    assert code == 0
    assert {"bad", "good", "recovery_ratio", "adjusted_positive_share", "word_of_mouth_balance"} <= set(result)
    # 35 reviews at a share rate of .35 and 23 at .23 stand for 100 experiences each
    assert (result["bad"]["experiences"], result["good"]["experiences"]) == (pytest.approx(100), pytest.approx(100))
    assert set(result["bad"]["tellings"]) == {"friends", "coworkers", "online", "company", "review_site"}
    assert result["recovery_ratio"] == pytest.approx(1.468036, abs=1e-6)
    assert result["adjusted_positive_share"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    "arguments", [("--bad", "-1"), ("--coverage", "0"), ("--coverage", "1.5"), ("--channel", "television")]
)
def test_amplify__refuses_what_cannot_be(desk: Desk, arguments: tuple[str, ...]) -> None:
    code, out, err = desk("amplify", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--bad", "-1"), "-1"),
        (("--bad", "40", "--recover", "1.2"), "recover is 1.2"),
        (("--bad", "40", "--invite-reviews", "-0.1"), "invite_reviews is -0.1"),
        (("--bad", "40", "--invite-complaints", "2"), "invite_complaints is 2"),
        (("--bad", "40", "--coverage", "0"), "coverage is 0"),
        (("--bad", "40", "--faster", "soon"), "--faster is 'soon'"),
        (("--bad", "40", "--channel", "friends"), "--channel is 'friends'"),
        (("--bad", "40", "--profile", "dr2014"), "'dr2014'"),
    ],
)
def test_what_if__refuses_what_cannot_be(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = desk("what-if", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert said in err


def test_what_if__nothing_seen_is_unknown_and_no_error(desk: Desk) -> None:
    code, out, _ = desk("what-if", "--recover", "0.2", "--json")
    result = json.loads(out)
    assert code == 0
    assert result["visible_positive_share_before"] is None
    assert result["balance_before"] is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rate = 0.35", "rate = 1.35", "rate is 1.35"),
        ("[bad.online]", "[bad.television]", "[bad] lacks online"),
        ("n = 565", "n = 0", "n is 0"),
        ("mean = 78.0", "mean = -1.0", "mean is -1.0"),
    ],
)
def test_rates_check__names_what_is_wrong(desk: Desk, old: str, new: str, said: str) -> None:
    text = (Path(rates.__file__).parent / "share_rates" / "dr2013.toml").read_text(encoding="utf-8")
    (desk.folder / "own.toml").write_text(text.replace(old, new), encoding="utf-8")
    code, out, err = desk("rates", "check", "own.toml")
    assert (code, out) == (2, "")
    assert said in err


def test_init__writes_settings_that_can_be_read(desk: Desk) -> None:
    code, out, _ = desk("init", "--brand", "Acme Ltd", "--competitor", "Rival", "--handle", "@acme")
    assert code == 0
    assert "grapevine run" in out
    text = (desk.folder / "grapevine.toml").read_text(encoding="utf-8")
    assert 'competitors = ["rival"]' in text
    code, _, err = desk("init", "--brand", "Acme Ltd")
    assert (code, "exists already" in err) == (2, True)


def test_classify_and_evaluate__on_a_csv(desk: Desk) -> None:
    rows = [
        "text,truth",
        "I love this great service,good",
        "awful and rude staff,negative",
        "a parcel,neutral",
        "odd,unsure",
    ]
    (desk.folder / "texts.csv").write_text("\n".join(rows), encoding="utf-8")
    code, out, _ = desk("evaluate", "texts.csv", "--text", "text", "--label", "truth", "--json")
    result = json.loads(out)
    assert (code, result["n"], result["left_out"]) == (0, 3, 1)
    assert {"macro_f1_3", "macro_f1_2", "accuracy_3", "recall_bad", "ece", "confusion"} <= set(result)
    assert desk("classify", "texts.csv", "--text", "text", "--out", "out.csv")[0] == 0
    header, first, *_ = (desk.folder / "out.csv").read_text(encoding="utf-8").splitlines()
    assert [name.strip('"') for name in header.split(",")][:3] == ["text", "truth", "label"]
    assert "good" in first
    code, _, err = desk("evaluate", "texts.csv", "--text", "txt", "--label", "truth")
    assert (code, "did you mean 'text'?" in err) == (2, True)


def test_what_if__recovering_a_fifth_of_what_is_seen(desk: Desk) -> None:
    code, out, _ = desk("what-if", "--bad", "35", "--good", "23", "--recover", "0.2", "--json")
    result = json.loads(out)
    assert code == 0
    # 100 bad experiences, 35 % of them seen, a fifth of these put right
    assert result["recovered_cases"][0] == pytest.approx(7.0)
    assert result["recoverable_share"] == pytest.approx(0.35)
    code, _, err = desk("what-if", "--bad", "1", "--faster", "soon")
    assert (code, "write it like 6h or 2d" in err) == (2, True)


def test_rates__a_profile_of_your_own_from_a_survey(desk: Desk) -> None:
    code, template, _ = desk("rates", "calibrate")
    (desk.folder / "survey.csv").write_text(template, encoding="utf-8")
    assert (code, desk("rates", "calibrate", "survey.csv", "--out", "own.toml")[0]) == (0, 0)
    code, out, _ = desk("rates", "check", "own.toml")
    assert (code, out.startswith("own can be used")) == (0, True)
    code, out, _ = desk("rates", "compare", "dr2013", "satisfied_post_more")
    assert (code, "0.35" in out) == (0, True)
    code, _, err = desk("rates", "check", "none.toml")
    assert (code, "correct the path" in err) == (2, True)


def test_rates__a_profile_of_your_own_from_a_list_of_customers(desk: Desk) -> None:
    listed = [f"{number}@example.org" for number in range(200)]
    (desk.folder / "customers.txt").write_text("\n".join([*listed, " 0@example.org ", ""]), encoding="utf-8")
    command = ("rates", "calibrate", "--customers", "customers.txt", "--channel", "online", "--out", "own.toml")
    assert "do `grapevine run` first" in desk(*command)[2]
    home = Home(desk.folder / "home")
    with store.open(home, step="test") as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS core")
        connection.execute("CREATE TABLE core.mention (mention_id INTEGER, person_key VARCHAR)")
        connection.execute(
            "CREATE TABLE core.experience AS SELECT range AS mention_id, 'acme' AS brand, 'online' AS channel, "
            "if(range < 150, 'bad', 'good') AS label FROM range(160)"
        )
    assert "name the source's `person` column" in desk(*command)[2]
    with store.open(home, step="test") as connection:  # 50 told twice and badly, 10 others well, 50 are on no list
        people = [*listed[:50], *listed[:50], *(f"{number}@example.com" for number in range(50)), *listed[50:60]]
        rows = [(number, store.hash_person(home, person)) for number, person in enumerate(people)]
        connection.executemany("INSERT INTO core.mention VALUES (?, ?)", rows)
    code, _, err = desk(*command, "--brand", "acme")
    assert (code, "50 of 200 customers were seen on online" in err) == (0, True)
    before, made = (rates.load_profile(name).rates for name in ("dr2013", str(desk.folder / "own.toml")))
    # 56.5 discounted answers at .45 and 200 at .25
    assert made["bad"]["online"].share_rate == pytest.approx((56.5 * 0.45 + 50) / 256.5, abs=0.001)
    assert made["good"]["online"].share_rate == pytest.approx(before["good"]["online"].share_rate)
    assert "must be bad or good" in desk(*command, "--experience", "meh")[2]


def test_train__says_what_it_needs(desk: Desk) -> None:
    (desk.folder / "few.csv").write_text("text,truth\nI love it,good\n", encoding="utf-8")
    code, _, err = desk("train", "few.csv", "--text", "text", "--label", "truth", "--out", "own.tsv")
    assert (code, "training needs at least" in err) == (2, True)


def test_connectors__list_and_check(desk: Desk) -> None:
    code, out, _ = desk("connectors", "list", "--json")
    found = {row["connector"]: row for row in json.loads(out)}
    assert code == 0
    assert found["hackernews"]["is_ready"] is True
    assert "GRAPEVINE_X_BEARER_TOKEN" in found["x"]["needs"]
    code, _, err = desk("connectors", "check", "hackernews", "--payloads", str(desk.folder / "none"))
    assert (code != 0, err.count("\n")) == (True, 1)


def test_home__may_stand_after_the_command(desk: Desk) -> None:
    desk.settings("good.csv")
    elsewhere = desk.folder / "elsewhere"
    assert desk("pull", "--home", str(elsewhere))[0] == 0
    assert (elsewhere / "landing").is_dir()
    assert cli.common_first(["sql", "--", "--home"]) == ["sql", "--", "--home"]
    assert cli.common_first(["run", "--home=a", "--debug"]) == ["--home=a", "--debug", "run"]


def test_pull__dry_run_shows_requests_and_sends_none(desk: Desk) -> None:
    settings = '[[brands]]\nname = "Acme"\n[[sources]]\nconnector = "hackernews"\n'
    (desk.folder / "grapevine.toml").write_text(settings, encoding="utf-8")
    code, out, _ = desk("pull", "--dry-run", "--json")
    planned = json.loads(out)
    assert (code, len(planned) > 0) == (0, True)
    assert "search_by_date" in json.dumps(planned)
    assert not (desk.folder / "home" / "landing").exists()
