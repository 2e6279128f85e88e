from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from records.errors import CheckFailed, InputError
from warehouse import delta, published, query
from warehouse.publish import publish

MARTS = """
    CREATE SCHEMA IF NOT EXISTS marts;
    CREATE OR REPLACE TABLE marts.mentions AS SELECT
        uuid() AS mention_id, 'acme' AS brand, 'text ' || range AS text,
        TIMESTAMPTZ '2026-10-01 00:00:00+00' + INTERVAL 1 DAY * range AS told_at, told_at::DATE AS told_date,
        false AS is_gone
        FROM range(50);
    ALTER TABLE marts.mentions ALTER mention_id SET NOT NULL;
    COMMENT ON TABLE marts.mentions IS 'Mentions. It''s one row per mention; key mention_id.';
    COMMENT ON COLUMN marts.mentions.text IS 'what it says';
    CREATE OR REPLACE TABLE marts.coverage (source VARCHAR, low DOUBLE);
    CREATE OR REPLACE VIEW marts.brand AS SELECT 'acme' AS brand;
    CREATE OR REPLACE TABLE raw.secret AS SELECT 'canary' AS text;
    UPDATE raw.clock SET built_from = 'b1';
"""


@pytest.fixture
def built(landing, loaded, mention, ask):
    landing([mention()])
    loaded()
    ask(MARTS)


def _folders(home) -> list[str]:
    return sorted(path.name for path in home.published.iterdir() if not path.is_symlink())


def test_publish__nothing_before_a_build(home, loaded):
    with pytest.raises(InputError, match="the warehouse is empty"):
        publish(home)
    loaded()
    with pytest.raises(InputError, match="run `grapevine build`"):
        publish(home)


def test_publish__the_marts_alone_with_comments_types_and_parquet(home, built):
    report = publish(home)
    assert (report.is_skipped, report.table_count, report.row_count) == (False, 3, 51)
    with duckdb.connect(str(home.published_file), read_only=True) as reader:
        assert reader.execute("SELECT DISTINCT schema_name FROM duckdb_tables()").fetchall() == [("marts",)]
        assert reader.execute(
            "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = 'mentions'"
        ).fetchall() == [
            ("mention_id", "UUID", False, None),
            ("brand", "VARCHAR", True, None),
            ("text", "VARCHAR", True, "what it says"),
            ("told_at", "TIMESTAMP WITH TIME ZONE", True, None),
            ("told_date", "DATE", True, None),
            ("is_gone", "BOOLEAN", True, None),
        ]
        assert reader.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'mentions'").fetchone() == (
            "Mentions. It's one row per mention; key mention_id.",
        )
        parquet = home.current / "parquet" / "mentions" / "**" / "*.parquet"
        assert reader.execute(f"FROM read_parquet('{parquet}') EXCEPT FROM marts.mentions").fetchall() == []
        assert reader.execute(f"SELECT count(*) FROM read_parquet('{parquet}')").fetchone() == (50,)
    assert b"canary" not in home.published_file.read_bytes()


def test_publish__latest_says_when_from_what_and_how_many(home, built):
    before = datetime.now(UTC)
    folder = publish(home).folder
    latest = query.latest(home)
    assert latest["folder"] == folder.name
    assert before <= datetime.fromisoformat(latest["published_at"])
    assert latest["row_counts"] == {"brand": 1, "coverage": 0, "mentions": 50}
    assert (latest["profiles"], latest["built_from"], latest["is_sample"]) == (["dr2013"], "b1", False)
    assert latest["as_of"] == "2026-11-02T08:00:00+00:00"


def test_publish__again_only_when_something_changed(home, built, ask):
    first = publish(home)
    assert publish(home).is_skipped
    assert publish(home).folder == first.folder
    ask("UPDATE raw.clock SET built_from = 'b2'")
    assert not publish(home).is_skipped
    assert not publish(home, force=True).is_skipped
    assert home.current.resolve().name == _folders(home)[-1]


def test_publish__same_inputs_same_rows(home, built):
    publish(home)
    first = query.select(home, "FROM mentions ORDER BY ALL").rows
    publish(home, force=True)
    assert query.select(home, "FROM mentions ORDER BY ALL").rows == first


def test_publish__the_last_three_stay_and_after_an_erasure_the_newest_only(home, built):
    made = [publish(home, force=True).folder.name for _ in range(5)]
    assert _folders(home) == made[-3:]
    newest = publish(home, only_newest=True).folder.name
    assert _folders(home) == [newest]


def test_publish__an_open_reader_keeps_its_data_and_a_new_one_sees_the_new(home, built, ask):
    publish(home)
    reader = duckdb.connect(str(home.published_file), read_only=True)
    ask("DELETE FROM marts.mentions; UPDATE raw.clock SET built_from = 'b2'")
    publish(home)
    assert reader.execute("SELECT count(*) FROM marts.mentions").fetchone() == (50,)
    with duckdb.connect(str(home.published_file), read_only=True) as new:
        assert new.execute("SELECT count(*) FROM marts.mentions").fetchone() == (0,)
    assert reader.execute("SELECT count(*) FROM marts.mentions").fetchone() == (50,)
    reader.close()


def test_publish__killed_or_out_of_space_leaves_the_old_one_current_and_is_cleared_up(home, built, monkeypatch):
    old = publish(home).folder

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(published, "write_parquet", full)
        with pytest.raises(CheckFailed, match="No space left on device; free space"):
            publish(home, force=True)
    assert _folders(home) == [old.name]
    shutil.copytree(old, home.published / "20260101T000000000000Z.tmp")
    (home.published / "current.1.tmp").symlink_to(old.name)
    assert publish(home).is_skipped
    assert _folders(home) == [old.name]


def test_publish__on_a_disk_that_is_really_full(home, built, ask):
    home.published.mkdir(parents=True)
    disk = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(home.published)]
    if subprocess.run(disk, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here (it needs root)")
    try:
        old = publish(home).folder
        more = "INSERT INTO marts.mentions SELECT uuid(), 'acme', sha256(range::VARCHAR) || sha256('x' || range), {}"
        ask(more.format("'2026-10-07T08:00Z', '2026-10-07', false FROM range(60000)"))
        ask("UPDATE raw.clock SET built_from = 'b2'")
        with pytest.raises(CheckFailed, match="free space if the disk is full"):
            publish(home)
        assert (home.current.resolve(), _folders(home)) == (old, [old.name])
        assert len(_everything(home)) == 50
        subprocess.run(["mount", "-o", "remount,size=200m", str(home.published)], check=True)
        assert publish(home).row_count == 60_051
    finally:
        subprocess.run(["umount", str(home.published)], check=True)


@pytest.mark.parametrize("damage", ["cut", "overwritten", "gone", "latest", "parquet", "month cut", "month gone"])
def test_publish__a_damaged_copy_is_mended_by_the_next_run(home, built, damage):
    folder = publish(home).folder
    file: Path = folder / published.FILE
    match damage:
        case "cut":
            file.write_bytes(file.read_bytes()[:5000])
        case "overwritten":
            with file.open("r+b") as out:
                out.seek(file.stat().st_size // 2)
                out.write(b"damage")
        case "gone":
            file.unlink()
        case "latest":
            (folder / published.LATEST).write_text("{")
        case "parquet":
            shutil.rmtree(folder / "parquet" / "mentions")
        case "month cut":
            month = next((folder / "parquet" / "mentions").iterdir())
            month.write_bytes(month.read_bytes()[:100])
        case "month gone":
            next((folder / "parquet" / "mentions").iterdir()).unlink()
    assert not publish(home).is_skipped
    assert len(_everything(home)) == 50


def test_publish__rows_that_were_lost_are_noticed(home, built, monkeypatch):
    old = publish(home).folder
    copy = published.write_table

    def lossy(connection, table) -> None:
        copy(connection, table)
        if table.name == "mentions":
            connection.execute("DELETE FROM target.marts.mentions WHERE text = 'text 7'")

    monkeypatch.setattr(published, "write_table", lossy)
    with pytest.raises(CheckFailed, match=r"marts\.mentions has 50 rows, but 49 were published in DuckDB and 49"):
        publish(home, force=True)
    assert home.current.resolve() == old


def test_publish__nested_columns_are_refused(home, built, ask):
    ask("CREATE TABLE marts.nested AS SELECT ['a'] AS names")
    with pytest.raises(CheckFailed, match=r"marts\.nested\.names is VARCHAR\[\].*make it flat"):
        publish(home)


def test_query__reads_and_nothing_else(home, built):
    with pytest.raises(InputError, match="nothing is published"):
        query.select(home, "FROM mentions")
    with pytest.raises(InputError, match="nothing is published"):
        query.latest(home)
    publish(home)
    answer = query.select(home, "SELECT brand, count(*) AS n FROM mentions WHERE brand = ? GROUP BY ALL", ["acme"])
    assert answer.rows_as_dicts() == [{"brand": "acme", "n": 50}]
    for statement in (
        f"ATTACH '{home.warehouse}' AS w",
        f"FROM read_csv('{home.lock}')",
        "COPY mentions TO 'out.csv'",
        "DELETE FROM mentions",
        "SET enable_external_access = true",
        "FROM nowhere",
    ):
        with pytest.raises(InputError, match="can't be run"):
            query.select(home, statement)


def test_query__damaged_file_is_named(home, built):
    folder = publish(home).folder
    (folder / published.FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(CheckFailed, match="publish --force"):
        query.select(home, "SELECT 1")
    (folder / published.LATEST).write_text("{}")
    with pytest.raises(CheckFailed, match="has not format 1"):
        query.latest(home)


def _links(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in sorted((folder / "parquet" / "mentions").iterdir())}


def _everything(home) -> list[tuple]:
    parquet = home.current / "parquet" / "mentions" / "*.parquet"
    rows = query.select(home, "FROM mentions ORDER BY ALL").rows
    with duckdb.connect() as reader:
        reader.execute("SET TimeZone = 'UTC'")
        assert reader.execute(f"FROM read_parquet('{parquet}') ORDER BY ALL").fetchall() == rows
    return rows


def test_delta__rows_that_came_went_and_changed_and_nothing_else(home, built, ask):
    first = publish(home)
    before = _links(first.folder)
    assert list(before) == ["mentions-2026-10-0.parquet", "mentions-2026-11-0.parquet"]
    ask("UPDATE marts.mentions SET text = 'edited' WHERE told_date = '2026-11-05'")
    ask("DELETE FROM marts.mentions WHERE told_date = '2026-11-06'")
    ask("INSERT INTO marts.mentions SELECT uuid(), 'acme', NULL, '2026-12-01T08:00Z', '2026-12-01', false")
    ask("INSERT INTO marts.coverage VALUES ('posts', 0.5); UPDATE raw.clock SET built_from = 'b2'")
    second = publish(home)
    assert (first.is_delta, second.is_delta) == (False, True)
    changed = _everything(home)
    assert query.select(home, "FROM coverage").rows == [("posts", 0.5)]
    after = _links(second.folder)
    assert list(after) == [*before, "mentions-2026-12-0.parquet"]
    assert after["mentions-2026-10-0.parquet"] == before["mentions-2026-10-0.parquet"]
    assert after["mentions-2026-11-0.parquet"] != before["mentions-2026-11-0.parquet"]
    publish(home, force=True)
    assert _everything(home) == changed
    assert len(changed) == 50


def test_delta__a_month_that_empties_and_a_table_that_empties(home, built, ask):
    publish(home)
    ask("DELETE FROM marts.mentions WHERE told_date >= '2026-11-01'; UPDATE raw.clock SET built_from = 'b2'")
    assert list(_links(publish(home).folder)) == ["mentions-2026-10-0.parquet"]
    ask("DELETE FROM marts.mentions; UPDATE raw.clock SET built_from = 'b3'")
    assert list(_links(publish(home).folder)) == ["mentions-none-0.parquet"]
    assert _everything(home) == []
    ask("INSERT INTO marts.mentions SELECT uuid(), 'acme', NULL, '2026-12-01T08:00Z', '2026-12-01', false")
    ask("UPDATE raw.clock SET built_from = 'b4'")
    publish(home)
    assert len(_everything(home)) == 1


def test_delta__whole_when_the_schema_changed_the_week_is_over_or_the_copy_is_damaged(home, built, ask):
    publish(home)
    ask("COMMENT ON COLUMN marts.mentions.text IS 'other words'; UPDATE raw.clock SET built_from = 'b2'")
    assert not publish(home).is_delta
    ask("UPDATE raw.clock SET built_from = 'b3'")
    folder = publish(home).folder
    latest = (folder / published.LATEST).read_text()
    old = json.loads(latest) | {"whole_at": "2026-01-01T00:00:00+00:00"}
    (folder / published.LATEST).write_text(json.dumps(old))
    ask("UPDATE raw.clock SET built_from = 'b4'")
    assert not publish(home).is_delta
    (home.published_file).write_bytes(b"damage")
    ask("UPDATE raw.clock SET built_from = 'b5'")
    assert not publish(home).is_delta


def test_delta__a_changed_copy_that_came_out_wrong_gives_way_to_a_whole_one(home, built, ask):
    # other ids at every look, so that no row can be found again
    ask("CREATE TABLE raw.kept AS SELECT * EXCLUDE (mention_id) FROM marts.mentions; DROP TABLE marts.mentions")
    ask("CREATE VIEW marts.mentions AS SELECT uuid() AS mention_id, * FROM raw.kept")
    publish(home)
    ask("UPDATE raw.clock SET built_from = 'b2'")
    report = publish(home)
    assert (report.is_skipped, report.is_delta, report.row_count) == (False, False, 51)


def test_delta__months_that_only_edits_touched_take_turns(tmp_path, monkeypatch):
    monkeypatch.setattr(delta, "BYTES_IN_TURN", 250)
    for month in ("2026-07", "2026-08", "2026-09", "2026-10"):
        (tmp_path / f"mentions-{month}-0.parquet").write_bytes(b"x" * 100)
    moment = datetime(2026, 11, 2, tzinfo=UTC)
    edited = delta.Changes(frozenset({"2026-11"}), frozenset({"2026-07", "2026-08", "2026-09", "2026-10"}))

    now, behind = delta.in_turn(edited, {"2026-08": "2026-11-01T00:00:00+00:00"}, moment, tmp_path)

    assert now == {"2026-11", "2026-08", "2026-10"}  # what has waited longest, then the newest, as far as there is room
    assert behind == {"2026-07": moment.isoformat(), "2026-09": moment.isoformat()}
    assert delta.in_turn(delta.Changes(frozenset({"2026-07"}), frozenset()), behind, moment, tmp_path) == (
        {"2026-07", "2026-09"},
        {},
    )
    monkeypatch.setattr(delta, "BYTES_IN_TURN", 50)  # a month that is larger must have its turn too
    now, behind = delta.in_turn(delta.Changes(frozenset(), frozenset()), behind, moment, tmp_path)
    assert (now, behind) == ({"2026-09"}, {"2026-07": moment.isoformat()})
