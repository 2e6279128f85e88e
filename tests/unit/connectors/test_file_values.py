"""What a column of a file may hold: ratings, dates, people, counts, HTML, outcomes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

SETTINGS = {"columns": {"id": "id", "text": "text", "published_at": "when"}, "brand": "acme"}


@pytest.mark.parametrize(
    ("scale", "values", "expected"),
    [
        ("1-5", ["1", "4.5", "5"], [1.0, 4.5, 5.0]),
        ("0-10", ["0", "10"], [0.0, 10.0]),
        ("nps", ["6", "9"], [6.0, 9.0]),
        ("thumbs", ["1", "0", "up", "Down", "yes", "no", "TRUE", "false", "👍", "👎"], [1, 0] * 5),
        ("faces", ["😡", "🙁", "😐", "🙂", "😍", "☹️"], [1, 2, 3, 4, 5, 2]),
        ({"min": 1, "max": 7, "bad_max": 3, "good_min": 5}, ["7"], [7.0]),
    ],
)
def test_file_values__rating_scales(pull, write, scale, values, expected):
    path = write("rated.csv", "id,stars\n" + "".join(f"{n},{value}\n" for n, value in enumerate(values, 1)))
    settings = {"path": path, "brand": "acme", "rating_scale": scale, "columns": {"id": "id", "rating": "stars"}}
    assert [float(value) for value in expected] == [row["rating"] for row in pull("files", settings).rows]


@pytest.mark.parametrize(
    ("scale", "value", "reason"),
    [
        ("1-5", "0", "rating outside its scale 1 to 5"),
        ("1-5", "5.5", "rating outside its scale 1 to 5"),
        ("nps", "11", "rating outside its scale 0 to 10"),
        ("1-5", "nan", "no text and no rating"),
        ("1-5", "inf", "rating outside its scale 1 to 5"),
        ("1-5", "great", "a rating that is no value of its scale"),
        ("thumbs", "maybe", "a rating that is no value of its scale"),
    ],
)
def test_file_values__a_rating_outside_its_scale_is_rejected(pull, write, scale, value, reason):
    path = write("rated.csv", f"id,stars\n1,{value}\n2,1\n")
    settings = {"path": path, "brand": "acme", "rating_scale": scale, "columns": {"id": "id", "rating": "stars"}}
    pulled = pull("files", settings)
    assert (["2"], [("rated.csv line 2", reason)]) == ([row["native_id"] for row in pulled.rows], pulled.rejects)


def test_file_values__dates_zones_and_missing_ones(pull, write):
    path = write(
        "dates.csv", "id,text,when\n1,a,2026-03-01\n2,b,1970-01-01\n3,c,01.02.2026 13:00\n4,d,\n5,e,2026-07-01T00:00\n"
    )
    pulled = pull("files", {**SETTINGS, "path": path, "time_zone": "Europe/Berlin", "date_formats": ["%d.%m.%Y %H:%M"]})
    assert [
        datetime(2026, 2, 28, 23, tzinfo=UTC),
        None,
        datetime(2026, 2, 1, 12, tzinfo=UTC),
        None,
        datetime(2026, 6, 30, 22, tzinfo=UTC),
    ] == [row["published_at"] for row in pulled.rows]


def test_file_values__people_are_hashed_and_never_stored(pull, write, home):
    path = write("people.csv", "id,text,who,mail\n1,fine,Ann Canary,ann@canary.example\n2,fine,Ann Canary,\n")
    columns = {"id": "id", "text": "text", "author": "who", "person": "mail"}
    rows = pull("files", {"path": path, "brand": "acme", "columns": columns}).rows
    assert rows[0]["author_id"] == rows[1]["author_id"]
    assert (len(rows[0]["person_key"]), rows[1]["person_key"]) == (32, None)
    for file in home.root.rglob("*"):
        assert not file.is_file() or b"anary" not in file.read_bytes()


def test_file_values__counts_and_replies(pull, write):
    path = write("counts.csv", 'id,text,views,answered\n1,a,"1,234",2026-01-02T00:00Z\n2,b,12.0,\n3,c,,\n4,d,-1,\n')
    columns = {"id": "id", "text": "text", "view_count": "views", "reply_at": "answered"}
    pulled = pull("files", {"path": path, "brand": "acme", "columns": columns})
    assert [(row["view_count"], row["has_reply"]) for row in pulled.rows] == [(1234, True), (12, False), (None, False)]
    assert pulled.rejects == [("counts.csv line 5", "a count that is no whole number from 0")]


def test_file_values__html_becomes_plain(pull, write):
    path = write("html.csv", 'id,text\n1,"<p>Not <b>bad</b> &amp; fast<script>x()</script></p>"\n')
    settings = {"path": path, "brand": "acme", "text_format": "html", "columns": {"id": "id", "text": "text"}}
    assert pull("files", settings).rows[0]["text"] == "Not bad & fast"


def test_file_values__outcomes(pull, write):
    path = write(
        "sales.csv",
        "day,n,b\n2026-01-01,10,acme\n2026-01-02,x,acme\n2026-02-30,1,acme\n"
        "2026-01-03 23:59:00,3.5,Bolt Air\n,4,acme\n",
    )
    settings = {
        "path": path,
        "rows": "outcomes",
        "series": "orders",
        "columns": {"date": "day", "value": "n", "brand": "b"},
    }
    pulled = pull("files", settings)
    assert [
        {"brand": "acme", "series": "orders", "observed_on": date(2026, 1, 1), "value": 10.0},
        {"brand": "bolt", "series": "orders", "observed_on": date(2026, 1, 3), "value": 3.5},
    ] == pulled.table("outcome").to_pylist()
    assert pulled.result.read_count == 5
    assert pulled.rejects == [
        ("sales.csv line 3", "a value that is no number"),
        ("sales.csv line 4", "a date that is impossible or in no known format"),
        ("sales.csv line 6", "no date"),
    ]
