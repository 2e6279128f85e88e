"""What a wrong setting is told: one line that names it, its value and the nearest known name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

__all__ = ["describe", "near"]


def describe(error: ValidationError, model: type[BaseModel]) -> str:
    """Say in one line what is wrong with which setting, its value, and the nearest known name."""
    said = []
    for fault in error.errors():
        place = ".".join(str(part) if not isinstance(part, int) else f"[{part + 1}]" for part in fault["loc"]).replace(
            ".[", "["
        )
        if fault["type"] == "extra_forbidden":
            said.append(f"{place} is not a setting{near(str(fault['loc'][-1]), _fields_at(model, fault['loc'][:-1]))}")
        elif fault["type"] == "missing":
            said.append(f"{place} is missing; set it")
        else:
            message = fault["msg"].removeprefix("Value error, ")
            shown = (
                ""
                if isinstance(fault["input"], Mapping | Sequence) and not isinstance(fault["input"], str)
                else f" is {fault['input']!r}"
            )
            said.append(f"{place}{shown}: {message}" if place else message)
    return "; ".join(said)


def _fields_at(model: type[BaseModel], place: tuple[int | str, ...]) -> set[str]:
    for part in place:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        kind: Any = model.model_fields[part].annotation
        for inner in (kind, *getattr(kind, "__args__", ())):
            if isinstance(inner, type) and hasattr(inner, "model_fields"):
                model = inner
    return {field.alias or name for name, field in model.model_fields.items() if not field.exclude}


def near(word: str, known: set[str]) -> str:
    """Return the end of a message about an unknown name: the nearest known one, or all of them."""
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known)) or 'none'}"
