"""The first grapevine.toml: what can be read without a key is on, the rest stands ready as comments.

What a source needs is read from its declaration and its settings, so a new connector appears here by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors import registry
from connectors.contract import Connector
from grapevine.settings import Settings, parse_settings
from grapevine.toml_text import entry_lines, value_text
from records.brand import Brand, Query, brand_key
from records.errors import GrapevineError, InputError

__all__ = ["UNKNOWN", "Share", "parse_share", "ready_sources", "starter", "write_new"]

UNKNOWN = "unknown"
_FILE_EXAMPLE = {
    "path": "reviews.csv",
    "channel": "review_site",
    "rating_scale": "1-5",
    "columns": {"id": "id", "text": "text", "rating": "stars", "published_at": "date"},
}
_SPREAD = 2.0
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a channel's tellings that is collected: 0 < low <= mode <= high <= 1."""

    low: float
    mode: float
    high: float


def parse_share(text: str) -> Share | None:
    """Return what a person says about coverage: one number, a range, or None for "unknown".

    A single number is taken as half of it to twice it; a range has its geometric mean in the middle.

    Raises:
        InputError: it is none of these, or not above 0 and at most 1.

    >>> parse_share("5-20 %"), parse_share("0.3"), parse_share("unknown")
    (Share(low=0.05, mode=0.1, high=0.2), Share(low=0.15, mode=0.3, high=0.6), None)
    """
    if text.strip().lower() in ("", UNKNOWN, "?"):
        return None
    wrong = InputError(f"coverage is {text!r}; write a share like 0.1, a range like 5-20 %, or {UNKNOWN}")
    numbers = _NUMBER.findall(text)
    if not 1 <= len(numbers) <= 2 or _NUMBER.sub("", text).strip(" -–").strip() not in ("", "to"):
        raise wrong
    is_percent = any(sign for _, sign in numbers)
    shares = [float(number) / (100 if is_percent else 1) for number, _ in numbers]
    if not all(0 < share <= 1 for share in shares) or shares != sorted(shares):
        raise wrong
    low, high = (shares[0] / _SPREAD, min(1.0, shares[0] * _SPREAD)) if len(shares) == 1 else shares
    mode = shares[0] if len(shares) == 1 else (low * high) ** 0.5
    return Share(*(float(f"{share:.3g}") for share in (low, mode, high)))


def ready_sources(query: Query) -> list[type[Connector]]:
    """Return the connectors that can pull for these brands without a key and without any setting."""
    return [connector for name in registry.names() if _is_ready(connector := registry.find(name), query)]


def starter(
    *, brand: str, handles: Sequence[str], competitors: Sequence[str], time_zone: str, coverage: Share | None
) -> str:
    """Return the text of a first settings file.

    Args:
        brand: its name.
        handles: its accounts, with their "@".
        competitors: names of brands to compare with.
        time_zone: IANA name.
        coverage: of each source that is switched on; None for unknown.

    Raises:
        InputError: a name has no letter or digit.
    """
    for name in (brand, *competitors):
        if not brand_key(name):
            raise InputError(f"the brand {name!r} has no letter or digit; give a name with one")
    key = brand_key(brand)
    ready = ready_sources(Query((Brand(key=key, name=brand),)))
    lines = [
        "# Settings of Grapevine: brands to listen for, sources to read, what share of the talk they show.",
        "# Unknown keys are refused; all that there are: docs/generated/settings.md. Secrets don't belong in here:",
        "# they come from environment variables. `grapevine check` tries every source, storing nothing.",
        "",
        "# Days and weeks are counted in this zone (IANA name).",
        f"time_zone = {value_text(time_zone)}",
        "",
        "[[brands]]",
        f"name = {value_text(brand)}",
        "# Other names, words of which one is enough, words that rule a mention out; `match_name = false` for a name",
        "# that is an ordinary word.",
        '# aliases = ["..."]   any = ["..."]   none = ["..."]',
        *([f"handles = {value_text(list(handles))}"] if handles else ['# handles = ["@..."]']),
        *([f"competitors = {value_text([brand_key(one) for one in competitors])}"] if competitors else []),
    ]
    for one in competitors:
        lines += ["", "[[brands]]", f"name = {value_text(one)}"]
    lines += ["", "# Sources that need no key."]
    for connector in ready:
        lines += ["", f"# {connector.declaration.title}", *entry_lines(connector.declaration.name, {})]
    lines += ["", *_coverage(ready, coverage)]
    lines += ["", "# Sources that need something first: take the # away, or let `grapevine add SOURCE` ask you."]
    for name in registry.names():
        if (connector := registry.find(name)) not in ready:
            lines += ["", *("# " + line for line in _waiting(connector, key))]
    return "\n".join(lines) + "\n"


def write_new(path: Path, text: str) -> Settings:
    """Write a settings file that does not exist yet, after checking it whole; return the settings.

    Raises:
        InputError: there is a file already.
        ConfigError: the text is not what a settings file may hold; nothing was written.
    """
    settings = parse_settings(text, path)
    settings.source_setups()
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} exists already; change it by hand, or name another with --config") from None
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}; name another with --config") from error
    return settings


def _is_ready(connector: type[Connector], query: Query) -> bool:
    declaration, model = connector.declaration, connector.settings_model()
    if declaration.credentials or declaration.reads_files:
        return False
    if any(field.is_required() for field in model.model_fields.values()):
        return False
    make: Any = connector
    try:
        return next(iter(make(model()).plan(query, {})), None) is not None
    except (GrapevineError, ValueError):
        return False  # it asks for one of several settings, which no single field can say


def _coverage(ready: Sequence[type[Connector]], share: Share | None) -> list[str]:
    head = [
        "# Coverage: of all that customers tell on a source's channel, the share that the source shows to us.",
    ]
    shown = share or Share(0.01, 0.02, 0.05)
    blocks = [
        [
            "[[coverage]]",
            f"source = {value_text(connector.declaration.name)}",
            f"low = {shown.low}",
            f"mode = {shown.mode}",
            f"high = {shown.high}",
            'basis = "assumed"',
        ]
        for connector in ready
    ]
    if share is not None:
        return [*head, *(line for block in blocks for line in ("", *block))]
    head += [
        '# It is unknown here, so every estimate counts as if all were seen and says "at least". A rough range makes',
        "# it an estimate with an honest range; an example:",
    ]
    return [*head, *(f"# {line}".rstrip() for block in blocks[:1] for line in block)]


def _waiting(connector: type[Connector], key: str) -> Iterator[str]:
    about, model = connector.declaration, connector.settings_model()
    yield about.title
    for credential in about.credentials:
        yield f"  needs {credential.variable} in the environment: {credential.where}"
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    for name in required:
        yield f"  needs {name}: {model.model_fields[name].description}"
    example: Mapping[str, Any] = _FILE_EXAMPLE if about.reads_files else about.example
    if about.reads_files:
        yield f"  `grapevine try FILE` guesses the columns and prints this block; all rows are about {key!r} then"
        example = {**example, "brand": key}
    yield from entry_lines(about.name, _for_brand(example, key))


def _for_brand(value: Any, key: str) -> Any:
    """Return an example's settings with its brand put in."""
    if isinstance(value, Mapping):
        return {name: key if name == "brand" else _for_brand(part, key) for name, part in value.items()}
    return [_for_brand(part, key) for part in value] if isinstance(value, list | tuple) else value
