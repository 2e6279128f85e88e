"""The page `docs/generated/connectors.md`, made from the declarations and settings models."""

from __future__ import annotations

import json
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from connectors import registry
from connectors.contract import Connector, Declaration, Rechecks

__all__ = ["page"]

_TYPES = {str: "text", int: "number", float: "number", bool: "yes or no"}
_HEADINGS = (
    "connector",
    "source",
    "credentials",
    "order",
    "sees edits",
    "sees deletions",
    "sees replies",
    "can recheck",
    "tried on",
)
_YES_NO = {True: "yes", False: "no", None: "depends"}


def page() -> str:
    """Return the page: one table of all built-in connectors, then each one's settings."""
    found = [registry.find(name) for name in sorted(registry.built_in())]
    parts = [
        "# Connectors\n",
        "How to write one: [connectors.md](../connectors.md). Tried on *recordings* means on real answers of the "
        "source; *documentation* means that only the vendor's pages were at hand.\n",
        f"| {' | '.join(_HEADINGS)} |",
        "|---" * len(_HEADINGS) + "|",
        *(_row(connector) for connector in found),
    ]
    for connector in found:
        parts.extend(("", _section(connector)))
    return "\n".join(parts) + "\n"


def _row(connector: type[Connector]) -> str:
    about = connector.declaration
    cells = (
        f"[`{about.name}`](#{about.name})",
        about.title,
        ", ".join(f"`{credential.variable}`" for credential in about.credentials) or "none",
        about.order.replace("_", " "),
        _YES_NO[about.sees_edits],
        _YES_NO[about.sees_deletions],
        _YES_NO[about.sees_replies],
        f"{about.recheck_batch} a request" if issubclass(connector, Rechecks) else "no",
        about.tested_on,
    )
    return f"| {' | '.join(cells)} |"


def _section(connector: type[Connector]) -> str:
    about = connector.declaration
    lines = [f"## {about.name}", "", f"{about.title}. {_limits(about)}".strip(), ""]
    if about.source_doc:
        lines += [f"The vendor's documentation: <{about.source_doc}>", ""]
    for credential in about.credentials:
        lines.append(f"- `{credential.variable}`: {credential.where}")
    if about.credentials:
        lines.append("")
    lines += ["| setting | type | default | meaning |", "|---|---|---|---|", *_settings(connector.settings_model())]
    return "\n".join(lines)


def _limits(about: Declaration) -> str:
    parts = []
    if about.terms:
        parts.append(about.terms)
    if about.requests_per_window is not None:
        parts.append(f"At most {about.requests_per_window:,} requests in {about.window.total_seconds():g} s.")
    if about.max_depth is not None:
        parts.append(f"The source lists at most {about.max_depth:,} records.")
    if about.retention_days is not None:
        parts.append(f"Content may be kept for {about.retention_days} days.")
    if not about.publishes_text:
        parts.append("Its texts are not published.")
    return " ".join(parts)


def _settings(model: Any, prefix: str = "") -> list[str]:
    rows = []
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        is_section = inner is not None and field.default_factory is inner
        if not is_section:
            default = "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
            rows.append(f"| `{prefix}{name}` | {_type(field.annotation)} | {default} | {field.description or ''} |")
        if inner is not None:
            rows.extend(_settings(inner, f"{prefix}{name}."))
    return rows


def _model_in(annotation: Any) -> Any:
    """Return the settings model that an annotation is or holds, None if it holds none."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def _type(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(parts[0])
    if origin in (Union, UnionType):
        return " or ".join(_type(part) for part in parts if part is not NoneType)
    if origin is list:
        return f"list of {_type(parts[0])}"
    if origin is dict:
        return f"table of {_type(parts[1])}"
    if origin is Literal:
        return " or ".join(f'"{part}"' for part in parts)
    if hasattr(annotation, "model_fields"):
        return "table"
    return _TYPES.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _shown(value: Any) -> str:
    if value is None or value == {} or value == []:
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"
