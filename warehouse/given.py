"""What is given and not pulled: raw.brand, raw.source, raw.coverage, raw.rate_profile, raw.driver, raw.confusion."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from records.brand import Brand
from records.setup import Confusion, Coverage, DriverRow, SourceRow
from transforms.coverage import triangular
from transforms.rates import profile_names, profile_rows

__all__ = ["Given", "insert_rows", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The settings as the warehouse keeps them.

    Attributes:
        brands: the configured brands.
        sources: one per entry; entries that share a source give equal rows.
        coverage: what is set about coverage.
        profile: the rate profile in use: its name in the rate book, or the path of a TOML file.
        settings_hash: of the whole settings file.
        is_sample: whether the data are made up.
        confusion: how often the weights in use were right; empty where that was never measured.
        drivers: the playbook, with the owners that the settings name.
    """

    brands: Sequence[Brand]
    sources: Sequence[SourceRow]
    coverage: Sequence[Coverage]
    profile: str
    settings_hash: str
    is_sample: bool
    confusion: Sequence[Confusion] = ()
    drivers: Sequence[DriverRow] = ()

    @property
    def has_only_files(self) -> bool:
        """Whether every source is read from files."""
        return bool(self.sources) and all(source.is_file for source in self.sources)

    def rates(self) -> list[dict[str, Any]]:
        """Return the rows of raw.rate_profile: the whole rate book, the profile in use marked as current."""
        names = dict.fromkeys((*profile_names(), self.profile))
        return [row._asdict() for name in names for row in profile_rows(name, is_current=name == self.profile)]

    def fingerprint(self) -> str:
        """Return 32 hex digits that change when anything does that `write` writes, or the settings file."""
        told = (*self.brands, *self.sources, *self.coverage, *self.drivers, *self.confusion)
        said = repr((*told, self.rates(), self.settings_hash, self.is_sample))
        return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def write(connection: duckdb.DuckDBPyConnection, given: Given, stamp: datetime) -> bool:
    """Write the settings tables anew; a brand or source that leaves the settings stays while mentions name it.

    Args:
        connection: inside a transaction.
        given: what to write.
        stamp: of this load.

    Returns:
        Whether labels were dropped because their source's cut points changed: those ratings wait to be judged again.
    """
    connection.execute("UPDATE raw.brand SET is_configured = false")
    insert_rows(connection, "raw.brand", [_brand_row(brand) for brand in given.brands])
    connection.execute(
        "DELETE FROM raw.brand WHERE NOT is_configured AND brand NOT IN (SELECT brand FROM raw.mention_brand)"
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE source_before AS FROM raw.source")
    insert_rows(connection, "raw.source", [_source_row(source) for source in given.sources])
    connection.execute("DELETE FROM raw.coverage")
    insert_rows(connection, "raw.coverage", [_coverage_row(coverage) for coverage in given.coverage])
    connection.execute("DELETE FROM raw.rate_profile")
    insert_rows(connection, "raw.rate_profile", given.rates())
    connection.execute("DELETE FROM raw.confusion")
    measured = [asdict(one) | {"confusion_loaded_at": stamp} for one in given.confusion]
    insert_rows(connection, "raw.confusion", measured)
    connection.execute("DELETE FROM raw.driver")
    insert_rows(connection, "raw.driver", list(map(asdict, given.drivers)))
    dropped = connection.execute(
        "DELETE FROM raw.classification AS held USING raw.mention_version AS version, raw.source AS source, "
        "source_before AS before WHERE held.mention_id = version.mention_id AND held.version_no = version.version_no "
        "AND held.label_basis = 'rating' AND source.source = version.source AND before.source = version.source "
        "AND (source.rating_max, source.rating_bad_max, source.rating_good_min) "
        "IS DISTINCT FROM (before.rating_max, before.rating_bad_max, before.rating_good_min)"
    ).fetchone()
    return bool(dropped and dropped[0])


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose keys are column names, all with the same ones; a row with a known key replaces the old one."""
    if rows:
        verb = "INSERT OR REPLACE INTO" if _has_key(connection, table) else "INSERT INTO"
        unnested = "SELECT unnest(?, recursive := true)"
        connection.execute(f"{verb} {table} BY NAME {unnested}", [list(map(dict, rows))])


def _has_key(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    schema, _, name = table.rpartition(".")
    found = connection.execute(
        "SELECT count(*) FROM duckdb_constraints() "
        "WHERE constraint_type = 'PRIMARY KEY' AND table_name = ? AND schema_name = ?",
        [name, schema or "main"],
    ).fetchone()
    return bool(found and found[0])


def _brand_row(brand: Brand) -> dict[str, Any]:
    return {
        "brand": brand.key,
        "brand_name": brand.name,
        "time_zone": brand.time_zone,
        "names": list(brand.names),
        "competitors": list(brand.competitors),
        "owner": brand.owner,
        "is_configured": True,
        **asdict(brand.value),
    }


def _source_row(source: SourceRow) -> dict[str, Any]:
    row = asdict(source)
    scale = row.pop("scale") or {}
    del row["is_file"]
    return row | {
        "rating_max": scale.get("rating_max"),
        "rating_bad_max": scale.get("bad_max"),
        "rating_good_min": scale.get("good_min"),
    }


def _coverage_row(coverage: Coverage) -> dict[str, Any]:
    known = triangular(coverage.low, coverage.mode, coverage.high)
    return asdict(coverage) | {
        "inverse_mean": known.inverse_mean,
        "inverse_square_mean": known.inverse_square_mean,
        "log_variance": known.log_variance,
    }
