"""The JSON Schema of grapevine.toml, each connector's own settings included, for editors that complete and check.

Editors find it by a first line `#:schema PATH` in the file (Even Better TOML, Taplo). It says what the models say;
what rests on several settings together, only loading the file can tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from connectors import registry
from grapevine.settings import Settings, SourceSettings

__all__ = ["schema", "text"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(connectors: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12).

    Args:
        connectors: names of those whose settings are known; None for all that are installed.
    """
    made = Settings.model_json_schema()
    parts: dict[str, Any] = made["$defs"]
    common = parts.pop(SourceSettings.__name__)
    made["properties"].pop("folder", None)
    entries = []
    for name in sorted(registry.names() if connectors is None else connectors):
        parts |= _source(name, common)
        entries.append({"$ref": f"#/$defs/{name}"})
    made["properties"]["sources"]["items"] = {
        "type": "object",
        "required": ["connector"],
        "discriminator": {"propertyName": "connector"},
        "oneOf": entries,
    }
    return {"$schema": _DIALECT, **made, "title": "grapevine.toml"}


def text(connectors: Iterable[str] | None = None) -> str:
    """Return the schema as indented JSON with a line end."""
    return json.dumps(schema(connectors), indent=1, ensure_ascii=False) + "\n"


def _source(name: str, common: dict[str, Any]) -> dict[str, Any]:
    """Return the definitions of one connector's entry, its inner ones under names of their own."""
    about = registry.find(name)
    own = about.settings_model().model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
    inner = {f"{name}.{model}": part for model, part in own.pop("$defs", {}).items()}
    properties = {
        **common["properties"],
        **own.get("properties", {}),
        "connector": {"const": name, "description": about.declaration.title},
    }
    entry = {
        "type": "object",
        "description": f"[[sources]]: {about.declaration.title}",
        "properties": properties,
        "required": ["connector", *own.get("required", [])],
        "additionalProperties": False,
    }
    return {name: entry, **inner}
