from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from records.errors import Busy, CheckFailed, ConfigError
from warehouse import declaration, store

HOLD = """
from pathlib import Path
from records.home import Home
from warehouse import store
kept = store.{how}(Home(Path(sys.argv[1])), step="slow step")
kept.__enter__()
"""


@pytest.fixture
def start(home):
    """Starts another process that does something and then waits until its standard input is closed."""
    started = []

    def run(code: str) -> subprocess.Popen[str]:
        whole = f"import sys\n{code}\nprint('in', flush=True)\nsys.stdin.read()"
        process = subprocess.Popen(
            [sys.executable, "-c", whole, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout.readline() == "in\n"
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def holder(start):
    """Another process that holds the door until its standard input is closed."""
    return lambda how="door": start(HOLD.format(how=how))


def test_door__names_the_holder_and_its_step(home, holder):
    process = holder()
    with pytest.raises(Busy, match=rf"held by process {process.pid} \(step slow step\), waited 0 s"):
        store.open(home, step="load", wait_seconds=0).__enter__()


def test_door__opens_when_the_holder_leaves(home, holder):
    process = holder()
    with ThreadPoolExecutor() as pool:

        def enter() -> int:
            with store.open(home, step="load", wait_seconds=30) as connection:
                return connection.execute("SELECT 1").fetchone()[0]

        waiting = pool.submit(enter)
        process.communicate()
        assert waiting.result() == 1


def test_door__opens_when_the_holder_is_killed(home, holder):
    process = holder(how="open")
    process.kill()
    process.wait()
    with store.open(home, step="load", wait_seconds=5) as connection:
        assert connection.execute("SELECT count(*) FROM raw.clock").fetchone() == (0,)


def test_open__a_file_that_is_open_past_the_door_is_busy(home, start):
    with store.open(home, step="load"):
        pass
    start("import duckdb\nkept = duckdb.connect(sys.argv[1] + '/grapevine.duckdb')\n")
    with pytest.raises(Busy, match="came past the door"), store.inside(home):
        pass


def test_open__a_file_that_is_no_warehouse_is_named(home):
    store.make_home(home)
    home.warehouse.write_bytes(b"no database" * 1000)
    with pytest.raises(CheckFailed, match=r"grapevine\.duckdb can't be opened; restore a backup"):
        store.open(home, step="load").__enter__()


def test_open__a_disk_that_fails_is_said_in_one_line(home):
    said = r"can't be read or written: .*No space left; free space"
    with pytest.raises(CheckFailed, match=said), store.open(home, step="score"):
        raise duckdb.IOException("IO Error: No space left\nmore")


def test_open__the_home_and_the_lock_are_the_owners_alone(home):
    with store.open(home, step="load"):
        assert home.root.stat().st_mode & 0o777 == 0o700
        assert home.lock.stat().st_mode & 0o777 == 0o600
    assert home.lock.read_text() == ""


def test_open__utc_and_bounded(home, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_MEMORY", "1GB")
    monkeypatch.setenv("GRAPEVINE_THREADS", "1")
    with store.open(home, step="load") as connection:
        settings = dict(
            connection.execute(
                "SELECT name, value FROM duckdb_settings() WHERE name IN "
                "('TimeZone', 'threads', 'memory_limit', 'temp_directory')"
            ).fetchall()
        )
    assert settings == {
        "TimeZone": "UTC",
        "threads": "1",
        "memory_limit": "953.6 MiB",
        "temp_directory": str(home.root / "tmp"),
    }


def test_transaction__nothing_of_it_stays_after_an_error(home):
    def fail() -> None:
        with store.open(home, step="test") as connection, store.transaction(connection):
            connection.execute("INSERT INTO raw.declaration VALUES ('x')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with store.open(home, step="test") as connection:
        assert connection.execute("SELECT count(*) FROM raw.declaration").fetchone() == (1,)


def test_secret_key__made_once_and_for_its_owner_only(home):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: store.secret_key(home), range(32)))
    assert len(keys) == 1
    assert home.secret_key.stat().st_mode & 0o777 == 0o600
    assert list(home.root.glob("secret.key.*")) == []
    assert store.hash_person(home, "ann") == store.hash_person(home, "ann") != store.hash_person(home, "bob")


def test_secret_key__open_to_others_or_cut_short_is_refused(home):
    store.secret_key(home)
    home.secret_key.chmod(0o644)
    with pytest.raises(ConfigError, match="run chmod 600"):
        store.secret_key(home)
    home.secret_key.chmod(0o600)
    home.secret_key.write_bytes(b"short")
    with pytest.raises(ConfigError, match="has 5 bytes instead of 32"):
        store.secret_key(home)


def test_declaration__every_table_and_column_is_described_in_the_database(home):
    with store.open(home, step="test") as connection:
        bare = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'raw' AND comment IS NULL "
            "UNION ALL SELECT table_name, NULL FROM duckdb_tables() WHERE schema_name = 'raw' AND comment IS NULL"
        ).fetchall()
        made = connection.execute(
            "SELECT table_name, column_name, is_nullable FROM duckdb_columns() WHERE schema_name = 'raw' ORDER BY ALL"
        ).fetchall()
    assert bare == []
    declared = [(table.name, one.name, one.is_nullable) for table in declaration.tables() for one in table.columns]
    assert sorted(declared) == made


def test_declaration__every_description_ends_with_grain_or_key():
    for table in declaration.tables():
        assert "One row" in table.description, table.name


def test_declaration__a_warehouse_of_an_earlier_version_gains_new_columns(home):
    with store.open(home, step="test") as connection:
        connection.execute(
            "ALTER TABLE raw.pull DROP COLUMN retry_at; UPDATE raw.declaration SET declaration_hash = ''"
        )
    with store.open(home, step="test") as connection:
        assert connection.execute("SELECT retry_at FROM raw.pull").fetchall() == []


def test_declaration__costs_nothing_when_unchanged(home, monkeypatch):
    with store.open(home, step="test"):
        pass
    monkeypatch.setattr(declaration, "tables", None)  # would be called to make tables
    with store.open(home, step="test") as connection:
        assert isinstance(connection, duckdb.DuckDBPyConnection)
