"""A private warehouse made by hand, row by row, and built once by the real dbt project for all modules here.

Each module names in `SCENES` the functions that tell its rows; a scene has brands and sources of its own, so that the
scenes can stand in one warehouse without touching each other. A build costs as much for all as for one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from grapevine.settings import Settings
from records.brand import BrandValue
from records.home import Home
from records.keys import mention_id
from transforms.coverage import triangular
from transforms.rates import profile_names, profile_rows
from warehouse import store
from warehouse.build import build

AS_OF = datetime(2026, 3, 31, 12, tzinfo=UTC)  # a Tuesday
LOADED = datetime(2026, 4, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    """A time in UTC: "2026-01-05 10:00"; without a clock time, noon."""
    return datetime.fromisoformat(text if " " in text else f"{text} 12:00").replace(tzinfo=UTC)


@dataclass
class Told:
    """One version of a mention.

    Attributes:
        label: what the model says of it, for every brand; or a label for each brand.
        when: when it was published (version 1) or edited (later ones).
    """

    label: str | dict[str, str | None] | None
    when: datetime | None
    words: str | None = None
    rating: float | None = None
    seen: datetime | None = None
    bad_drivers: tuple[str, ...] = ()
    good_drivers: tuple[str, ...] = ()


@dataclass
class Raw:
    """Collects the raw rows of a scene; `write` inserts them.

    Attributes:
        posts: the source of a mention for which none is named.
    """

    posts: str = "posts"
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def brand(
        self,
        key: str,
        time_zone: str = "UTC",
        competitors: tuple[str, ...] = (),
        *,
        is_configured: bool = True,
        value: BrandValue | None = None,
    ) -> None:
        self.add(
            "brand",
            brand=key,
            brand_name=key.title(),
            time_zone=time_zone,
            names=[key],
            competitors=list(competitors),
            is_configured=is_configured,
            **asdict(value or BrandValue()),
        )

    def source(self, name: str, *, publishes_text: bool = True) -> None:
        self.add("source", source=name, connector="files", publishes_text=publishes_text)

    def coverage(
        self,
        source: str,
        low: float,
        mode: float,
        high: float,
        *,
        brand: str | None = None,
        valid_from: date | None = None,
        is_disjoint: bool = False,
    ) -> None:
        known = triangular(low, mode, high)
        self.add(
            "coverage",
            brand=brand,
            source=source,
            valid_from=valid_from,
            low=low,
            mode=mode,
            high=high,
            basis="assumed",
            is_disjoint=is_disjoint,
            inverse_mean=known.inverse_mean,
            inverse_square_mean=known.inverse_square_mean,
            log_variance=known.log_variance,
        )

    def mention(
        self,
        native_id: str,
        *versions: Told,
        brands: str,
        source: str | None = None,
        channel: str = "online",
        author: str | None = None,
        repost_of: str | None = None,
        url: str | None = None,
        first_seen: datetime | None = None,
        views: int | None = None,
        has_reply: bool | None = None,
        place: str | None = None,
        followers: int | None = None,
        reposts: int | None = None,
        is_linked: bool = False,
        loaded: datetime = LOADED,
    ) -> None:
        """Add a mention about the brands (separated by blanks) in all tables that hold something about it."""
        source = source or self.posts
        key = mention_id(source, "", native_id)
        published = versions[0].when
        seen = first_seen or published or AS_OF
        for number, told in enumerate(versions, start=1):
            self.add(
                "mention_version",
                mention_id=key,
                version_no=number,
                source=source,
                namespace="",
                native_id=native_id,
                kind="review" if channel == "review_site" else "post",
                channel=channel,
                author_id=author,
                person_key=f"person {native_id}" if is_linked else None,
                text=f"private {native_id}",
                published_at=published,
                edited_at=told.when if number > 1 else None,
                fetched_at=seen,
                rating=told.rating,
                rating_max=None if told.rating is None else 5.0,
                repost_of=repost_of,
                place_id=place,
                visibility="public",
                content_hash=str(number),
                seen_at=told.seen or told.when or seen,
                version_loaded_at=loaded,
            )
            self.add(
                "signature",
                mention_id=key,
                version_no=number,
                prep_hash="p",
                text_hash=told.words,
                public_text=f"public {native_id} {number}",
                signature_loaded_at=loaded,
            )
            for brand in brands.split():
                label = told.label[brand] if isinstance(told.label, dict) else told.label
                if label != "pending":
                    self.classification(key, brand, label, version_no=number, loaded=loaded, told=told)
        self.add(
            "mention_state",
            mention_id=key,
            current_version_no=len(versions),
            content_hash=str(len(versions)),
            url=url,
            view_count=views,
            follower_count=followers,
            repost_count=reposts,
            has_reply=has_reply,
            first_seen_at=seen,
            fetched_at=seen,
            state_loaded_at=loaded,
        )
        for brand in brands.split():
            self.add("mention_brand", mention_id=key, brand=brand, matched_by="setting", brand_loaded_at=loaded)

    def classification(
        self,
        key: Any,
        brand: str,
        label: str | None,
        *,
        version_no: int = 1,
        model: str = "m1",
        loaded: datetime = LOADED,
        told: Told | None = None,
    ) -> None:
        self.add(
            "classification",
            mention_id=key,
            version_no=version_no,
            brand=brand,
            model_version=model,
            prep_hash="p",
            label=label,
            label_basis="none" if label is None else "text",
            p_bad=None if label is None else 0.5,
            p_neutral=None if label is None else 0.25,
            p_good=None if label is None else 0.25,
            compound=0.0,
            bad_drivers=list(told.bad_drivers) if told else [],
            good_drivers=list(told.good_drivers) if told else [],
            emotions=[],
            flags=[],
            is_leaving=False,
            is_wow=False,
            is_repaired=False,
            classification_loaded_at=loaded,
        )

    def many(self, count: int, label: str, day: str, *, brand: str, **more: Any) -> None:
        """Add mentions of one day by people nobody knows."""
        for number in range(count):
            when = at(day) + timedelta(seconds=number)
            self.mention(
                f"{brand} {day} {label} {number} {more.get('source')}", Told(label, when), brands=brand, **more
            )

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        for table, rows in self.rows.items():
            connection.execute(f"INSERT INTO raw.{table} BY NAME SELECT unnest(?, recursive := true)", [rows])


@dataclass
class Built:
    """A built warehouse."""

    home: Home

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with store.open(self.home, step="test") as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def row(self, sql: str, *parameters: Any) -> dict[str, Any]:
        """The one row of an answer, by column name."""
        with store.open(self.home, step="test") as connection:
            answer = connection.execute(sql, list(parameters))
            names = [column[0] for column in answer.description or ()]
            (row,) = answer.fetchall()
            return dict(zip(names, row, strict=True))

    def period(self, brand: str, start: str, kind: str = "week") -> dict[str, Any]:
        return self.row(
            "SELECT * FROM marts.brand_period WHERE (brand, period_kind, period_start_date) = (?, ?, ?)",
            brand,
            kind,
            date.fromisoformat(start),
        )


def write_raw(home: Home, raw: Raw) -> None:
    """Insert the rows, the rate book and, the first time, the clock."""
    with store.open(home, step="test") as connection:
        if connection.execute("SELECT count(*) FROM raw.clock").fetchone() == (0,):
            connection.execute(
                "INSERT INTO raw.clock BY NAME SELECT ? AS as_of, 1 AS data_revision, 's' AS settings_hash, "
                "false AS is_sample, ? AS clock_loaded_at",
                [AS_OF, LOADED],
            )
            for name in profile_names():
                for row in profile_rows(name, is_current=name == "dr2013"):
                    raw.add("rate_profile", **row._asdict())
            for driver in Settings().driver_records():
                raw.add("driver", **asdict(driver))
        raw.write(connection)


def together(scenes: list[Raw]) -> Raw:
    """Put scenes into one; a brand or a source that two of them name would mix their figures."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for scene in scenes:
        for table, added in scene.rows.items():
            rows.setdefault(table, []).extend(added)
    for table in ("brand", "source"):
        names = [row[table] for row in rows.get(table, ())]
        assert sorted(set(names)) == sorted(names), f"two scenes have a {table} of one name"
    return Raw(rows=rows)


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest, made_once: Callable[..., Path], parsed: Callable[[Home], None]) -> Home:
    """The scenes of all modules collected, built; to be read or copied, never changed."""
    modules = {item.module for item in request.session.items if isinstance(item, pytest.Function)}
    named = {tell for module in modules for tell in getattr(module, "SCENES", ())}
    scenes = sorted(named, key=lambda tell: (tell.__module__, tell.__name__))

    def build_all(folder: Path) -> None:
        home = Home(folder / "home")
        parsed(home)
        write_raw(home, together([tell() for tell in scenes]))
        build(home)

    return Home(made_once("models", build_all) / "home")


@pytest.fixture(scope="session")
def built(world: Home, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The built scenes, to ask: nobody changes them."""
    home = Home(tmp_path_factory.mktemp("models") / "home")
    shutil.copytree(world.root, home.root, symlinks=True)
    return Built(home)


@pytest.fixture
def changed(world: Home, home: Home) -> Built:
    """The built scenes once more, for one test to change."""
    shutil.copytree(world.root, home.root, symlinks=True)
    return Built(home)
