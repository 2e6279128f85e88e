"""Settings as people give them in one line, `--set key=value`: read by what the connector's model expects there."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from records.errors import InputError

__all__ = ["kinds_of", "merged", "read_given", "read_value"]


def read_given(pairs: Sequence[str], model: type[BaseModel]) -> dict[str, Any]:
    """Return settings given as `key=value`; a dotted key reaches into a table, a comma separates a list's items.

    Args:
        pairs: as typed. A value may always be TOML; without its marks it is read as what the setting holds:
            `apps=123,456` is a list of tables whose one required setting is the number.
        model: the connector's settings; it validates afterwards, so an unknown key is kept here.

    Raises:
        InputError: a pair has no "=".
    """
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.strip():
            raise InputError(f"--set {pair!r} is no setting; write key=value, like --set countries=us,gb")
        path = name.strip().split(".")
        kind: Any = model
        for part in path:
            kind = _inside(kind, part)
        value = read_value(text.strip(), kind)
        for part in reversed(path):
            value = {part: value}
        settings = merged(settings, value)
    return settings


def read_value(text: str, annotation: Any) -> Any:
    """Return one value: TOML where it is written as such, else by what is expected; text where nothing else fits."""
    kinds = kinds_of(annotation)
    if text[:1] in ("[", "{", '"', "'"):
        return _toml(text)
    if str in kinds or any(get_origin(kind) is Literal for kind in kinds):
        return text
    for kind in kinds:
        if get_origin(kind) in (list, tuple):
            element = get_args(kind)[0]
            return [read_value(part.strip(), element) for part in text.split(",") if part.strip()]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            needed = [name for name, field in kind.model_fields.items() if field.is_required()]
            if len(needed) == 1:
                return {needed[0]: read_value(text, kind.model_fields[needed[0]].annotation)}
    return _toml(text)


def kinds_of(annotation: Any) -> tuple[Any, ...]:
    """Return what an annotation allows, None and constraints left out: `Annotated[int, ...] | None` is (int,)."""
    if get_origin(annotation) is Annotated:
        return kinds_of(get_args(annotation)[0])
    if isinstance(annotation, type) or get_origin(annotation) in (list, tuple, dict, Literal):
        return () if annotation is NoneType else (annotation,)
    return tuple(kind for part in get_args(annotation) for kind in kinds_of(part))


def merged(settings: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with others put over them, tables key by key."""
    both = dict(settings)
    for name, value in more.items():
        held = both.get(name)
        both[name] = merged(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return both


def _inside(annotation: Any, name: str) -> Any:
    for kind in kinds_of(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel) and name in kind.model_fields:
            field = kind.model_fields[name]
            return field.annotation
        if get_origin(kind) is dict:
            return get_args(kind)[1]
    return Any


def _toml(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
