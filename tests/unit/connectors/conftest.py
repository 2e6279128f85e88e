"""Pulls with a clock that stands still and a sleep that only writes down how long it would have been."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.manifest import PullResult
from connectors.pull import pull_source
from records.brand import Brand, Query
from records.home import Home
from records.setup import SourceSetup

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
ACME = Brand(key="acme", name="Acme", handles=("@acme",))
BOLT = Brand(key="bolt", name="Bolt Air", aliases=("BoltAir",))


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class Pulled:
    """What one pull of one slice brought."""

    def __init__(self, result: PullResult) -> None:
        self.result = result
        self.manifest: dict[str, Any] = json.loads((result.folder / "manifest.json").read_text())

    def table(self, name: str = "mention") -> pa.Table:
        files = sorted(self.result.folder.glob(f"{name}-*.parquet"))
        return pa.concat_tables(pq.read_table(file) for file in files) if files else pa.table({})

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.table().to_pylist()

    @property
    def rejects(self) -> list[tuple[str, str]]:
        path = self.result.folder / "rejects.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(line["where"], line["reason"]) for line in map(json.loads, lines)]


@pytest.fixture
def time_() -> Time:
    return Time()


@pytest.fixture
def pull(home: Home, time_: Time) -> Callable[..., Pulled]:
    def pull_one(
        connector: str,
        settings: Mapping[str, Any],
        *,
        brands: tuple[Brand, ...] = (ACME, BOLT),
        cursor: Mapping[str, Any] | None = None,
        slice_: str = "-",
        name: str = "entry",
        **more: Any,
    ) -> Pulled:
        setup = SourceSetup(name=name, connector=connector, source=name, settings=settings)
        cursors = {} if cursor is None else {slice_: cursor}
        results = pull_source(
            setup, Query(brands), cursors, home, secret_key=KEY, clock=time_.clock, sleep=time_.sleep, **more
        )
        return Pulled(next(result for result in results if result.slice == slice_))

    return pull_one


@pytest.fixture
def pull_all(home: Home, time_: Time) -> Callable[..., list[Pulled]]:
    def pull_every_slice(
        connector: str, settings: Mapping[str, Any], *, brands: tuple[Brand, ...] = (ACME,), **more: Any
    ) -> list[Pulled]:
        setup = SourceSetup(name=connector, connector=connector, source=connector, settings=settings)
        cursors = more.pop("cursors", {})
        results = pull_source(
            setup, Query(brands), cursors, home, secret_key=KEY, clock=time_.clock, sleep=time_.sleep, **more
        )
        return [Pulled(result) for result in results]

    return pull_every_slice


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], str]:
    def write_file(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write_file
