"""The data dictionary: every table and column, from the declarations that the warehouse itself is made from.

Raw tables are declared in raw.sql, core and marts in the .yml beside each model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from records.errors import CheckFailed
from warehouse import declaration
from warehouse.declaration import Column, Table

__all__ = ["model_tables", "page"]

_MODELS = Path(__file__).with_name("models")
_BLOCK = re.compile(r"\{%\s*docs (\w+)\s*%\}(.*?)\{%\s*enddocs\s*%\}", re.DOTALL)
_REFERENCE = re.compile(r"\{\{\s*doc\(['\"](\w+)['\"]\)\s*\}\}")
_SCHEMAS = (
    ("marts", "What is published, in `published/current/grapevine.duckdb` and as Parquet: for readers and BI tools."),
    ("core", "What the marts are built from; private."),
    ("raw", "What was pulled, loaded and scored; private. Python writes it."),
)


def page() -> str:
    """Return the page docs/generated/tables.md.

    Raises:
        CheckFailed: a table or column has no description.
    """
    parts = ["# Tables and columns\n\nA table's description ends with its grain and key. Times are UTC.\n"]
    for schema, meaning in _SCHEMAS:
        parts.append(f"## {schema}\n\n{meaning}\n")
        tables = declaration.tables() if schema == "raw" else model_tables(schema)
        parts += [f"### {schema}.{table.name}\n\n{table.description}\n\n{_columns(table.columns)}" for table in tables]
    return "\n".join(parts)


def model_tables(schema: str) -> tuple[Table, ...]:
    """Return the tables that dbt builds in a schema, sorted by name, as their .yml describes them.

    Raises:
        CheckFailed: a table or column has no description.
    """
    blocks = {
        name: " ".join(text.split())
        for path in sorted(_MODELS.rglob("*.md"))
        for name, text in _BLOCK.findall(path.read_text(encoding="utf-8"))
    }
    return tuple(_table(model, blocks) for model in sorted(_models(_MODELS / schema), key=lambda model: model["name"]))


def _models(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.yml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])


def _table(model: dict[str, Any], blocks: dict[str, str]) -> Table:
    name = model["name"]
    columns = tuple(
        Column(
            name=column["name"],
            kind=str(column.get("data_type", "")).upper(),
            is_nullable=not any(one.get("type") == "not_null" for one in column.get("constraints", [])),
            description=_said(column, blocks, f"{name}.{column['name']}"),
        )
        for column in model.get("columns", [])
    )
    return Table(name, _said(model, blocks, name), columns)


def _said(declared: dict[str, Any], blocks: dict[str, str], place: str) -> str:
    text = _REFERENCE.sub(lambda match: blocks.get(match[1], ""), str(declared.get("description") or "")).strip()
    if not text:
        raise CheckFailed(f"{place} has no description in warehouse/models; write one in the .yml beside the model")
    return text


def _columns(columns: tuple[Column, ...]) -> str:
    lines = ["| column | type | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{one.name}` | {one.kind} | {one.description.replace('|', chr(92) + '|')} |" for one in columns]
    return "\n".join(lines) + "\n"
