"""Landing runs made by hand, and the settings they are loaded with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.landing import LANDING_SCHEMA, OUTCOME_SCHEMA, RATING_COUNT_SCHEMA
from records.brand import Brand
from records.home import Home
from records.keys import content_hash, mention_id
from records.setup import SourceRow
from warehouse import store
from warehouse.load import LoadReport, load

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
ACME = Brand("acme", "Acme", handles=("@acme",), time_zone="Europe/Berlin", competitors=("bolt",))
BOLT = Brand("bolt", "Bolt")


def _mention(native_id: str = "1", text: str = "Acme lost my parcel", **fields: Any) -> dict[str, Any]:
    source, namespace = fields.get("source", "posts"), fields.get("namespace", "")
    row = dict.fromkeys(LANDING_SCHEMA.names) | {
        "mention_id": str(mention_id(source, namespace, native_id)),
        "source": source,
        "namespace": namespace,
        "native_id": native_id,
        "kind": "post",
        "channel": "online",
        "text": text,
        "published_at": START,
        "fetched_at": START + timedelta(days=1),
        "visibility": "public",
        "brands": [{"brand": "acme", "matched_by": "word:acme", "name": None}],
    }
    row |= fields
    return row | {"content_hash": content_hash(row["title"], row["text"], row["rating"], row["visibility"])}


@dataclass
class Landing:
    """Writes complete landing runs, each beginning a minute after the one before."""

    home: Home
    count: int = 0
    folders: list[Path] = field(default_factory=list)

    def __call__(
        self,
        rows: Iterable[Mapping[str, Any]] = (),
        *,
        source_name: str = "posts",
        slice_name: str = "-",
        gone: Sequence[tuple[str, str]] = (),
        cursor: Mapping[str, Any] | None = None,
        outcomes: Sequence[Mapping[str, Any]] = (),
        rating_counts: Sequence[Mapping[str, Any]] = (),
        rejected: Mapping[str, int] | None = None,
        raw: bytes | None = None,
        **manifest: Any,
    ) -> Path:
        self.count += 1
        began = START + timedelta(days=1, minutes=self.count)
        run_id = f"{began:%Y%m%dT%H%M%SZ}"
        folder = self.home.landing / source_name / slice_name / run_id
        folder.mkdir(parents=True)
        numbered = [dict(row) | {"row_no": number} for number, row in enumerate(rows, start=1)]
        for kind, schema, found in (
            ("mention", LANDING_SCHEMA, numbered),
            ("outcome", OUTCOME_SCHEMA, outcomes),
            ("rating_count", RATING_COUNT_SCHEMA, rating_counts),
        ):
            if found:
                pq.write_table(pa.Table.from_pylist(list(found), schema=schema), folder / f"{kind}-00001.parquet")
        if raw is not None:
            import zstandard

            (folder / "page-00001.raw.zst").write_bytes(zstandard.ZstdCompressor().compress(raw))
        said = {
            "format": 1,
            "run_id": run_id,
            "source_name": source_name,
            "source": source_name,
            "slice": slice_name,
            "connector": "files",
            "status": "complete",
            "error": None,
            "read_count": len(numbered) + len(outcomes) + sum((rejected or {}).values()),
            "rejected_count": sum((rejected or {}).values()),
            "rejected_by_reason": dict(rejected or {}),
            "gone": [list(one) for one in gone],
            "cursor": cursor,
            "newest_published_at": None,
            "started_at": began.isoformat(),
            "ended_at": (began + timedelta(seconds=30)).isoformat(),
        }
        (folder / "manifest.json").write_text(json.dumps(said | manifest))
        self.folders.append(folder)
        return folder


@pytest.fixture
def mention() -> Callable[..., dict[str, Any]]:
    """Makes one row of a mention file; what is not given is unknown."""
    return _mention


@pytest.fixture
def landing(home: Home) -> Landing:
    return Landing(home)


@pytest.fixture
def loaded(home: Home, empty_warehouse: Path) -> Callable[..., LoadReport]:
    """Load with settings of two brands and one source of files."""

    def load_with(**changes: Any) -> LoadReport:
        if not home.warehouse.exists():
            home.warehouse.parent.mkdir(exist_ok=True)
            shutil.copyfile(empty_warehouse, home.warehouse)
        given: dict[str, Any] = {
            "brands": [ACME, BOLT],
            "sources": [SourceRow(source="posts", connector="files", is_file=True)],
            "coverage": [],
            "profile": "dr2013",
            "as_of": None,
            "settings_hash": "settings",
            "is_sample": False,
        }
        return load(home, **(given | changes))

    return load_with


@pytest.fixture
def ask(home: Home) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the private warehouse."""

    def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with store.open(home, step="test") as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    return rows
