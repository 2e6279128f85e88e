"""Home: the one folder under which everything lives, and the name of every path in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Home"]


@dataclass(frozen=True, slots=True)
class Home:
    """Paths under the home folder (`--home`, `GRAPEVINE_HOME`, default `./var`); none of them need exist."""

    root: Path

    @property
    def landing(self) -> Path:
        """`landing/<source>/<slice>/<run>/`: what pulls brought, until `retention_days` have passed."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """The private warehouse (schemas raw, core, marts); opened only through `warehouse.store`."""
        return self.root / "grapevine.duckdb"

    @property
    def weights(self) -> Path:
        """The classifier's own weights, from `grapevine train`; the default ones are used while it is missing."""
        return self.root / "weights.tsv"

    @property
    def scoring(self) -> Path:
        """`scoring/<run>/in` and `out`: pending and scored rows as Parquet."""
        return self.root / "scoring"

    @property
    def published(self) -> Path:
        """`published/<run>/`: what readers may open; `published/current` links to the newest."""
        return self.root / "published"

    @property
    def current(self) -> Path:
        """The link to the newest published folder."""
        return self.published / "current"

    @property
    def published_file(self) -> Path:
        """The DuckDB file that BI tools open."""
        return self.current / "grapevine.duckdb"

    @property
    def digests(self) -> Path:
        """`digests/<period>/<brand>/`: mail, text, page and pictures."""
        return self.root / "digests"

    @property
    def state(self) -> Path:
        """What must outlive a restored warehouse: what was sent, locks."""
        return self.root / "state"

    @property
    def lock(self) -> Path:
        """The advisory lock of the one door; names the holder's process and step."""
        return self.state / "warehouse.lock"

    @property
    def secret_key(self) -> Path:
        """The key that hashes people; readable by its owner only (0600)."""
        return self.root / "secret.key"

    @property
    def dbt(self) -> Path:
        """Where dbt keeps its target and logs."""
        return self.root / "dbt"
