"""A further `[[sources]]` entry for a settings file: proposed, checked by loading the result, then written.

The entry is put behind what is there, byte for byte, so that comments and order stay as somebody left them. Secrets
never get in: the entry says which environment variables hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from connectors import registry
from connectors.contract import Credential, Declaration
from grapevine.given import kinds_of, merged, read_given, read_value
from grapevine.settings import Settings, parse_settings
from grapevine.sources import COMMON_SETTINGS
from grapevine.toml_text import entry_lines, value_text
from records.errors import ConfigError, GrapevineError, InputError

__all__ = ["Proposal", "propose", "write"]

Ask = Callable[[str, str], str]
"""Question and setting -> answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An entry, and the file as it would be with it.

    Attributes:
        path: the settings file.
        block: the lines of the entry.
        before, after: the whole file's bytes.
        credentials: what the source needs besides.
        optional: settings that were left at their defaults.
    """

    path: Path
    block: tuple[str, ...]
    before: bytes
    after: bytes
    credentials: tuple[Credential, ...]
    optional: tuple[str, ...]


def propose(path: Path, connector_name: str, *, given: Sequence[str], ask: Ask | None) -> Proposal:
    """Return an entry for a source that loads together with what the file holds.

    Args:
        path: the settings file.
        connector_name: which connector.
        given: settings as `key=value`.
        ask: asks for a required setting that was not given; None where nobody can answer.

    Raises:
        ConfigError: the file can't be used, there is no such connector, or a setting has an unusable value.
        InputError: a required setting is missing, a secret was given, or the name is taken.
    """
    try:
        before = path.read_bytes()
        text = before.decode("utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path} does not exist; write one with `grapevine init`, or name one with --config"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} can't be read as UTF-8 text: {error}; give another with --config") from error
    settings = parse_settings(text, path)
    connector = registry.find(connector_name)
    declaration, model = connector.declaration, connector.settings_model()
    chosen = read_given(given, model)
    _refuse_secrets(declaration, chosen)
    _refuse_taken_name(settings, connector_name, chosen)
    for name, field in model.model_fields.items():
        if field.is_required() and name not in chosen:
            chosen[name] = read_value(_asked(connector_name, name, field, ask), field.annotation)
    if declaration.reads_files and "id" not in chosen.get("columns", {}) and isinstance(chosen.get("path"), str):
        chosen = merged(_guessed(path.resolve().parent, chosen["path"]), chosen)
    chosen = _with_brand(settings, model, chosen)
    block = _block(declaration, chosen)
    line_end = "\r\n" if "\r\n" in text else "\n"
    after = text.rstrip() + line_end * 2 + line_end.join(block) + line_end
    _check(after, path)
    return Proposal(
        path=path,
        block=tuple(block),
        before=before,
        after=after.encode("utf-8"),
        credentials=declaration.credentials,
        optional=tuple(name for name in model.model_fields if name not in chosen),
    )


def write(proposal: Proposal) -> None:
    """Put the entry into the file, whole or not at all.

    Raises:
        InputError: somebody has changed the file since the proposal was made, or it can't be written.
    """
    path = proposal.path.resolve()  # a link stays one
    beside = path.with_name(f".{path.name}.new")
    try:
        if path.read_bytes() != proposal.before:
            raise InputError(f"{proposal.path} has changed meanwhile; nothing was written, run it again")
        beside.write_bytes(proposal.after)
        beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{proposal.path} can't be written: {error.strerror}; change its permissions") from error


def _refuse_secrets(declaration: Declaration, chosen: dict[str, Any]) -> None:
    for credential in declaration.credentials:
        if {credential.name, credential.variable} & set(chosen):
            raise InputError(
                f"{credential.name} is a secret and has no place in the file; put it into the environment as "
                f"{credential.variable} ({credential.where})"
            )


def _refuse_taken_name(settings: Settings, connector_name: str, chosen: dict[str, Any]) -> None:
    name = chosen.get("name", connector_name)
    if name in {source.resolved_name for source in settings.sources}:
        raise InputError(
            f"a source is called {name!r} already; add to that one by hand, or name this one with --set name=OTHER"
        )


def _asked(connector_name: str, name: str, field: FieldInfo, ask: Ask | None) -> str:
    if ask is None:
        raise InputError(f"{connector_name} needs {name} ({field.description}); give it with --set {name}=VALUE")
    return ask(f"{name}: {field.description}", name)


def _guessed(folder: Path, path: str) -> dict[str, Any]:
    from grapevine.guessing import guess

    try:
        return {**guess(folder / path), "path": path}
    except InputError as error:
        raise InputError(f"the columns can't be guessed: {error}") from error


def _with_brand(settings: Settings, model: type[BaseModel], chosen: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with the brand named wherever words can't tell it, if the file has only one of its own."""
    others = {key for brand in settings.brands for key in brand.competitors}
    own = [brand.resolved_key for brand in settings.brands if brand.resolved_key not in others]
    if len(own) != 1:
        return chosen
    filled = dict(chosen)
    if "brand" in model.model_fields and "brand" not in chosen and "brands" not in chosen:
        filled["brand"] = own[0]
    for name, field in model.model_fields.items():
        inner = [part for kind in kinds_of(field.annotation) for part in kinds_of(_element(kind))]
        has_brand = any(isinstance(part, type) and "brand" in getattr(part, "model_fields", {}) for part in inner)
        if has_brand and isinstance(chosen.get(name), list):
            filled[name] = [{**item, "brand": item.get("brand", own[0])} for item in chosen[name]]
    return filled


def _element(kind: Any) -> Any:
    parts = getattr(kind, "__args__", ())
    return parts[0] if parts else kind


def _block(declaration: Declaration, chosen: dict[str, Any]) -> list[str]:
    common = {name: chosen[name] for name in COMMON_SETTINGS if name in chosen}
    own = {name: value for name, value in chosen.items() if name not in COMMON_SETTINGS}
    needs = [
        f"# needs {credential.variable} in the environment: {credential.where}"
        for credential in declaration.credentials
    ]
    return [f"# {declaration.title}", *needs, *entry_lines(declaration.name, {**common, **own})]


def _check(after: str, path: Path) -> None:
    try:
        parse_settings(after, path).source_setups()
    except GrapevineError as error:
        if "not valid TOML" in str(error):
            form = value_text("hackernews")
            raise ConfigError(
                f"an entry can't be put behind {path}; write its sources as [[sources]] tables, each with "
                f"connector = {form} and so on: {error}"
            ) from error
        raise
