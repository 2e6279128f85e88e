"""Files of every kind, whole: what lands, what is rejected, and when nothing is read again."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from records.brand import Brand


def _packed(content: bytes) -> bytes:
    """Pack with a fixed time: the bytes are part of test names, which must be the same in every process."""
    return gzip.compress(content, mtime=0)


HEADER = "id,text,when\n"
SETTINGS = {"columns": {"id": "id", "text": "text", "published_at": "when"}, "brand": "acme"}


def ids(pulled):
    return [row["native_id"] for row in pulled.rows]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", b"id,text,when\n1,fine,2026-01-02T03:04:05Z\n"),
        ("mark.csv", b"\xef\xbb\xbfid,text,when\r\n1,fine,2026-01-02T03:04:05+00:00\r\n"),
        ("semicolon.csv", b"id;text;when\n1;fine;2026-01-02 03:04:05 -0000\n"),
        ("tab.tsv", b"id\ttext\twhen\n1\tfine\t2026-01-02T04:04:05+01:00\n"),
        ("packed.csv.gz", _packed(b"id,text,when\n1,fine,2026-01-02T03:04:05Z\n")),
        ("packed_in_secret.csv", _packed(b"id,text,when\n1,fine,2026-01-02T03:04:05Z\n")),
        ("wide.csv", "id,text,when\n1,fine,2026-01-02T03:04:05Z\n".encode("utf-16")),
        ("lines.jsonl", b'{"id": 1, "text": "fine", "when": "2026-01-02T03:04:05Z"}\n\n'),
        ("lines.ndjson.gz", _packed(b'{"id": "1", "text": "fine", "when": "2026-01-02T03:04:05Z"}')),
    ],
)
def test_files__every_form_gives_the_same_row(pull, write, name, content):
    pulled = pull("files", {**SETTINGS, "path": write(name, content)})
    assert pulled.result.status == "complete"
    [row] = pulled.rows
    assert ("1", "fine", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == (
        row["native_id"],
        row["text"],
        row["published_at"],
    )
    assert row["brands"] == [{"brand": "acme", "matched_by": "setting", "name": None}]


def test_files__parquet_with_its_own_types(pull, tmp_path):
    path = tmp_path / "table.parquet"
    table = pa.table(
        {
            "id": pa.array([7, 8], pa.int64()),
            "text": ["fine", None],
            "when": pa.array([datetime(2026, 1, 2, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")),
            "stars": pa.array([None, 4.0]),
            "seen": pa.array([None, 12], pa.int32()),
        }
    )
    pq.write_table(table, path)
    columns = {"id": "id", "text": "text", "published_at": "when", "rating": "stars", "view_count": "seen"}
    pulled = pull("files", {"path": str(path), "columns": columns, "brand": "acme", "rating_scale": "1-5"})
    assert [
        (row["native_id"], row["text"], row["rating"], row["rating_max"], row["view_count"]) for row in pulled.rows
    ] == [("7", "fine", None, None, None), ("8", "", 4.0, 5.0, 12)]


def test_files__latin_1_is_guessed_and_may_be_declared(pull, write):
    body = (HEADER + "".join(f"{n},café très bon numéro {n},2026-01-02Z\n" for n in range(20))).replace(
        "2026-01-02Z", "2026-01-02T00:00Z"
    )
    path = write("latin.csv", body.encode("latin-1"))
    assert pull("files", {**SETTINGS, "path": path}).rows[3]["text"] == "café très bon numéro 3"
    assert pull("files", {**SETTINGS, "path": path, "encoding": "cp1252"}).rows[3]["text"] == "café très bon numéro 3"


BAD_ROWS = [
    ("no id", ",fine,2026-01-02T00:00Z", "no id"),
    ("no words", "2,NA,2026-01-02T00:00Z", "no text and no rating"),
    ("impossible", "2,fine,2026-02-30T00:00Z", "a date that is impossible or in no known format"),
    ("no date", "2,fine,yesterday", "a date that is impossible or in no known format"),
    ("naive", "2,fine,2026-01-02 03:04", "a time without a zone; set time_zone"),
    ("future", "2,fine,2031-01-02T00:00Z", "dated in the future"),
    ("ragged", "2,fine", "ragged row: not as many fields as the header"),
    ("long", f"2,{'x' * 100_001},2026-01-02T00:00Z", "text longer than max_text_characters"),
    ("five megabytes", f"2,{'x' * 5_000_000},2026-01-02T00:00Z", "text longer than max_text_characters"),
    ("nul", "2,fi\x00ne,2026-01-02T00:00Z", "a NUL byte"),
    ("open quote", '2,"fine,2026-01-02T00:00Z', "a quote that is opened and never closed"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "reason"), [bad[1:] for bad in BAD_ROWS], ids=[bad[0] for bad in BAD_ROWS])
def test_files__a_bad_row_is_counted_and_no_other_is_lost(pull, write, row, reason):
    path = write(
        "bad.csv", f'{HEADER}1,one,2026-01-02T00:00Z\n{row}\n3,"three, and\nmore",2026-01-02T00:00Z\n4,four,\n'
    )
    pulled = pull("files", {**SETTINGS, "path": path})
    assert ids(pulled) == ["1", "3", "4"]
    assert [("bad.csv line 3", reason)] == pulled.rejects
    assert {reason: 1} == pulled.manifest["rejected_by_reason"]
    assert pulled.result.read_count == 4


def test_files__invalid_utf8_rejects_its_row_only(pull, write):
    path = write("bad.csv", HEADER.encode() + b"1,one,\n2,\xff\xfe bad,\n3,na\xc3\xafve,\n")
    pulled = pull("files", {**SETTINGS, "path": path})
    assert ids(pulled) == ["1", "3"]
    assert pulled.rejects == [
        ("bad.csv line 3", "bytes that are not valid in its encoding; set encoding if it is another")
    ]


def test_files__bad_json_lines_are_rejected(pull, write):
    path = write("bad.jsonl", '{"id": 1, "text": "one", "when": null}\n{"id": 2,\n[3]\n{"id": 4, "text": "four"}\n')
    pulled = pull("files", {**SETTINGS, "path": path})
    assert ids(pulled) == ["1", "4"]
    assert pulled.rejects == [("bad.jsonl line 2", "not a JSON object"), ("bad.jsonl line 3", "not a JSON object")]


def test_files__a_stray_quote_at_the_end_swallows_nothing(pull, write):
    rows = "".join(f"{n},row {n},\n" for n in range(2, 2000))
    pulled = pull("files", {**SETTINGS, "path": write("bad.csv", f'{HEADER}1,"never closed,\n{rows}')})
    assert [str(n) for n in range(2, 2000)] == ids(pulled)
    assert pulled.rejects == [("bad.csv line 2", "a quote that is opened and never closed")]


def test_files__nested_keys_of_json_lines(pull, write):
    path = write("deep.jsonl", '{"data": {"id": "a"}, "body": {"text": "fine"}}\n')
    settings = {"path": path, "brand": "acme", "columns": {"id": "data.id", "text": "body.text"}}
    assert ids(pull("files", settings)) == ["a"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.csv", None, "gone.csv does not exist; correct path"),
        ("half.csv.gz", _packed((HEADER + "1,one,\n" * 5000).encode())[:-40], "is a broken gzip file"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "is not text but a picture"),
        ("sheet.csv", b"PK\x03\x04 and more", "is not text but a zip or Excel file; save it as CSV"),
        ("noise.csv", bytes(range(256)) * 40, "is not a text file"),
        ("noise.parquet", b"no parquet at all", "is not a whole Parquet file"),
        ("array.jsonl", b'[{"id": 1}]', "holds no JSON objects, one on each line"),
        ("other.csv", b"id,txt,when\n1,one,\n", "columns.text = 'text' is no column of"),
    ],
)
def test_files__a_bad_file_is_one_clear_line(pull, write, tmp_path, name, content, message):
    path = write(name, content) if content is not None else str(tmp_path / name)
    pulled = pull("files", {**SETTINGS, "path": path})
    assert pulled.result.status == "failed"
    assert message in pulled.result.error.message
    assert "\n" not in pulled.result.error.message
    assert pulled.result.error.kind == "config"
    assert pulled.result.read_count == 0
    assert pulled.rows == []


def test_files__a_misspelt_column_names_the_near_one(pull, write):
    pulled = pull("files", {**SETTINGS, "path": write("other.csv", b"id,texts,when\n1,one,\n")})
    assert "did you mean 'texts'? it has id, texts, when" in pulled.result.error.message


@pytest.mark.parametrize("content", [b"", b"\n\n", HEADER.encode(), _packed(b"")])
def test_files__an_empty_file_is_no_error(pull, write, content):
    pulled = pull("files", {**SETTINGS, "path": write("empty.csv", content)})
    assert (pulled.result.status, pulled.result.error, pulled.result.read_count) == ("unchanged", None, 0)


def test_files__one_broken_file_of_several_does_not_stop_the_others(pull, write, tmp_path):
    write("a.csv", HEADER + "1,one,\n")
    write("b.csv.gz", _packed((HEADER + "2,two,\n" * 9000).encode())[:-30])
    write("c.csv", HEADER + "3,three,\n,none,\n")
    pulled = pull("files", {**SETTINGS, "path": str(tmp_path / "*.csv*")})
    assert pulled.result.status == "partial"
    assert "b.csv.gz is a broken gzip file" in pulled.result.error.message
    assert ids(pulled) == ["1", "3"]
    assert [row["row_no"] for row in pulled.rows] == [1, 2]
    assert pulled.result.read_count == 3
    seen = [Path(name).name for name in pulled.manifest["cursor"]["state"]["files"]]
    assert seen == ["a.csv", "c.csv"]


def test_files__unchanged_is_not_read_again_and_grown_is(pull, write, home):
    path = write("grow.csv", HEADER + "1,one,\n")
    first = pull("files", {**SETTINGS, "path": path})
    cursor = first.manifest["cursor"]
    again = pull("files", {**SETTINGS, "path": path}, cursor=cursor)
    assert (again.result.status, again.manifest["cursor"]) == ("unchanged", None)
    os.utime(path, (1, 1))
    touched = pull("files", {**SETTINGS, "path": path}, cursor=cursor)
    assert (touched.result.status, touched.rows) == ("unchanged", [])
    write("grow.csv", HEADER + "1,one,\n2,two,\n")
    grown = pull("files", {**SETTINGS, "path": path}, cursor=touched.manifest["cursor"])
    assert (grown.result.status, ids(grown)) == ("complete", ["1", "2"])
    assert first.rows[0]["content_hash"] == grown.rows[0]["content_hash"]
    other_settings = pull("files", {**SETTINGS, "path": path, "language": "en"}, cursor=grown.manifest["cursor"])
    assert [row["language"] for row in other_settings.rows] == ["en", "en"]


def test_files__unchanged_imports_nothing_heavy(pull, write, home):
    import subprocess
    import sys

    path = write("same.csv", HEADER + "1,one,\n")
    cursor = pull("files", {**SETTINGS, "path": path}, brands=(Brand(key="acme", name="Acme"),)).manifest["cursor"]
    script = (
        "import json, sys, pathlib\n"
        "from connectors.pull import pull_source\n"
        "from records.home import Home; from records.brand import Brand, Query; from records.setup import SourceSetup\n"
        f"settings = json.loads({json.dumps(json.dumps({**SETTINGS, 'path': path}))})\n"
        "setup = SourceSetup(name='entry', connector='files', source='entry', settings=settings)\n"
        f"cursors = {{'-': json.loads({json.dumps(json.dumps(cursor))})}}\n"
        f"home, query = Home(pathlib.Path({str(home.root)!r})), Query((Brand(key='acme', name='Acme'),))\n"
        "[result] = pull_source(setup, query, cursors, home, secret_key=b'k' * 32)\n"
        "heavy = {'pyarrow', 'pydantic', 'requests', 'pandas', 'praw', 'tweepy', 'zstandard'} & set(sys.modules)\n"
        "print(result.status, sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("unchanged []", "")


def test_files__id_of_several_columns_is_hashed(pull, write):
    path = write("noid.csv", "who,text\nann,one\nbob,one\nann,two\nann,one\n")
    rows = pull("files", {"path": path, "brand": "acme", "columns": {"id": ["who", "text"], "text": "text"}}).rows
    assert [len(row["native_id"]) for row in rows] == [32] * 4
    assert rows[0]["mention_id"] == rows[3]["mention_id"]
    assert len({row["native_id"] for row in rows}) == 3


def test_files__brands_from_a_column(pull, write):
    path = write(
        "brands.csv", "id,text,b\n1,good,Acme Inc.\n2,bad,BoltAir\n3,so so,Zeta\n4,mine,\n5,@acme rocks,bolt\n"
    )
    settings = {
        "path": path,
        "columns": {"id": "id", "text": "text", "brand": "b"},
        "brands": {"map": {"Acme Inc.": "acme"}},
    }
    pulled = pull("files", settings)
    found = {row["native_id"]: [(one["brand"], one["matched_by"]) for one in row["brands"]] for row in pulled.rows}
    assert found == {
        "1": [("acme", "column:b")],
        "2": [("bolt", "column:b")],
        "5": [("bolt", "column:b"), ("acme", "handle:@acme")],
    }
    assert pulled.rejects == [
        ("brands.csv line 4", "a brand that is not in brands.map"),
        ("brands.csv line 5", "no brand in the brand column"),
    ]
    made = pull("files", {**settings, "brands": {"map": {"Acme Inc.": "acme"}, "unmapped": "create"}})
    assert made.rows[2]["brands"] == [{"brand": "zeta", "matched_by": "column:b", "name": "Zeta"}]


def test_files__brands_by_words_only(pull, write):
    path = write("words.csv", "id,text\n1,I love Acme\n2,nothing here\n3,bolt  AIR and acme\n")
    pulled = pull("files", {"path": path, "columns": {"id": "id", "text": "text"}})
    assert [[one["brand"] for one in row["brands"]] for row in pulled.rows] == [["acme"], ["acme", "bolt"]]
    assert pulled.rejects == [("words.csv line 3", "about none of the brands")]


def test_files__unknown_brand_key_is_a_setting_error(pull, write):
    pulled = pull("files", {**SETTINGS, "brand": "acne", "path": write("a.csv", HEADER)})
    assert pulled.result.error.message == "brand = 'acne' is no configured brand; there are acme, bolt"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"columns": {"text": "text"}}, "columns.id is missing"),
        ({"columns": {"id": "id"}}, "columns.text and columns.rating are both missing"),
        ({"columns": {"id": "id", "rating": "r"}}, "rating_scale is missing"),
        ({"columns": {"id": "id", "text": "t", "txt": "u"}}, "columns.txt: Extra inputs are not permitted"),
        (
            {"columns": {"id": "id", "text": "t"}, "time_zone": "Mars"},
            "time_zone: Value error, time zone 'Mars' is unknown",
        ),
        ({"columns": {"id": "id", "text": "t"}, "encoding": "utf-9"}, "encoding 'utf-9' is unknown"),
    ],
)
def test_files__wrong_settings_are_one_line(pull, write, settings, message):
    pulled = pull("files", {**settings, "path": write("a.csv", HEADER)})
    assert (pulled.result.status, pulled.result.error.kind) == ("failed", "config")
    assert message in pulled.result.error.message
    assert "\n" not in pulled.result.error.message


TWEETS = {
    "columns": {
        "id": ["tweet_id", "name", "text"],
        "text": "text",
        "published_at": "tweet_created",
        "brand": "airline",
    }
}
REVIEWS = {
    "columns": {
        "id": ["airline_name", "author", "date", "content"],
        "text": "content",
        "rating": "overall_rating",
        "brand": "airline_name",
        "published_at": "date",
    },
    "rating_scale": "0-10",
    "time_zone": "UTC",
}


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "rows", "settings"),
    [("airline_tweets_dev", 10_201, TWEETS), ("skytrax_airline_reviews", 2_244, REVIEWS)],
)
def test_files__real_data_is_read_to_the_last_row(pull, real_data, name, rows, settings):
    path = str(real_data / "data" / f"{name}.csv.gz")
    pulled = pull("files", {**settings, "path": path, "brands": {"unmapped": "create"}})
    assert pulled.result.read_count == rows
    assert len(pulled.rows) + pulled.result.rejected_count == rows
    assert pulled.result.rejected_count < rows / 100
