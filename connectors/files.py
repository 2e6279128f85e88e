"""Files: CSV (plain or .gz), JSON Lines and Parquet, of mentions or of a brand's own outcome series.

A file is read whole or not at all, and again whenever its content, the settings or the brands change; rows that are the
same as before change nothing. Rows whose id is made of several columns have no identity but those columns: an edit to
one of them looks like a new row, so edits cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.contract import Declaration, FileRead, Page, Request, Response
from connectors.cursor import Cursor
from connectors.filestate import expand
from records.brand import Brand, Query
from records.errors import ConfigError
from records.setup import RatingScale

if TYPE_CHECKING:
    from connectors.file_columns import FileColumns
    from connectors.file_settings import FileSettings
    from connectors.file_tables import TableBatch

_FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet"}


@dataclass(frozen=True)
class Files:
    """Reads local files; see `connectors.file_settings` for the settings."""

    settings: FileSettings

    declaration: ClassVar[Declaration] = Declaration(
        name="files",
        title="Files (CSV, JSON Lines, Parquet)",
        channel="online",
        sees_edits=None,
        sees_deletions=False,
        sees_replies=None,
        keeps_raw=False,
        path_settings=("path",),
        reads_files=True,
        tested_on="recordings",
    )

    @classmethod
    def settings_model(cls) -> type[FileSettings]:
        """Return the settings model."""
        from connectors.file_settings import FileSettings

        return FileSettings

    @classmethod
    def rating_scale(cls, settings: Mapping[str, Any]) -> RatingScale | None:
        """Return the cut points of the scale that the settings name."""
        scale = cls.settings_model()(**settings).scale
        return None if scale is None else scale.cut_points

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return one read per file.

        Raises:
            ConfigError: a brand named in the settings is not configured.
        """
        brands = _brand_names(query.brands)
        keys = {brand.key for brand in query.brands}
        named = {"brand": self.settings.brand}
        named.update({f"brands.map.{value!r}": key for value, key in self.settings.brands.map.items()})
        for setting, key in named.items():
            if key is not None and key not in keys:
                raise ConfigError(f"{setting} = {key!r} is no configured brand; there are {', '.join(sorted(keys))}")
        for path in expand(self.settings.path):
            yield FileRead(path=path, context={"brands": brands})

    def parse(self, request: Request, response: Response) -> Iterator[Page]:
        """Return the pages of one file."""
        return (self.parse_part(request, part) for part in self.cut(request, response))

    def cut(self, request: Request, response: Response) -> Iterator[TableBatch]:
        """Return some rows of a file at a time, its columns as they stand there.

        Raises:
            ConfigError: a column is not in the file.
            InputError: the file is broken or of another format.
        """
        from connectors.file_tables import read_table

        if not isinstance(request, FileRead) or response.stream is None:
            raise TypeError("files are read from a stream")
        settings = self.settings
        return read_table(
            response.stream,
            name=str(request.path),
            wanted=self._columns(request).wanted(),
            format=settings.format or _format_of(request.path),
            encoding=settings.encoding,
            delimiter=settings.delimiter,
        )

    def parse_part(self, request: Request, part: TableBatch) -> Page:
        """Return what some rows mean."""
        columns = self._columns(request)
        if self.settings.rows == "outcomes":
            outcomes, skipped = columns.outcomes(part)
            return Page(outcomes=outcomes, skipped=tuple(skipped))
        drafts, skipped = columns.drafts(part)
        return Page(records=drafts, skipped=tuple(skipped))

    def _columns(self, request: Request) -> FileColumns:
        from connectors.file_columns import FileColumns

        if not isinstance(request, FileRead):
            raise TypeError("files are read from a path")
        return FileColumns(self.settings, brands=request.context.get("brands", {}), file=request.path.name)


def _format_of(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return _FORMATS.get(suffixes[-1] if suffixes else "", "csv")


def _brand_names(brands: Iterable[Brand]) -> dict[str, str]:
    names: dict[str, str] = {}
    for brand in brands:
        for name in (brand.key, brand.name, *brand.aliases):
            names.setdefault(name.lower(), brand.key)
    return names


CONNECTOR = Files
