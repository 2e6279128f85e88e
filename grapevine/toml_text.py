"""TOML as a person would write it: one value, and one `[[sources]]` entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomlkit

__all__ = ["entry_lines", "value_text"]


def value_text(value: Any) -> str:
    """Return a value as it stands behind the equals sign; tables inline.

    >>> value_text([{"id": 1, "brand": "acme"}])
    '[{id = 1, brand = "acme"}]'
    """
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {value_text(part)}" for name, part in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    return str(tomlkit.item(value).as_string())


def entry_lines(connector: str, settings: Mapping[str, Any]) -> list[str]:
    """Return the lines of a `[[sources]]` entry; tables among its settings come last, under their own heading."""
    plain = {name: value for name, value in settings.items() if not isinstance(value, Mapping)}
    tables = {name: value for name, value in settings.items() if isinstance(value, Mapping)}
    lines = ["[[sources]]", f"connector = {value_text(connector)}"]
    lines += [f"{_key(name)} = {value_text(value)}" for name, value in plain.items()]
    for name, table in tables.items():
        lines += [f"[sources.{_key(name)}]", *(f"{_key(one)} = {value_text(value)}" for one, value in table.items())]
    return lines


def _key(name: str) -> str:
    return tomlkit.key(name).as_string()
