"""The registry: which connectors there are, and how to find one by name.

Built-in ones are the modules of this folder that end with `CONNECTOR = ...`; they are found by reading the folder, so a
new file is a new connector. Other people's come through the entry-point group `grapevine.connectors`.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import re
import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from connectors.contract import CONTRACT_VERSION, Connector
from records.errors import ConfigError
from records.setup import RatingScale, SourceSetup

__all__ = ["ENTRY_POINTS", "find", "make", "names", "rating_scale"]

ENTRY_POINTS = "grapevine.connectors"
_CONNECTOR_LINE = re.compile(r"^CONNECTOR = \w+$", re.MULTILINE)


@cache
def built_in() -> frozenset[str]:
    """Return the names of the connectors in this folder."""
    folder = Path(__file__).parent
    return frozenset(path.stem for path in folder.glob("*.py") if _CONNECTOR_LINE.search(path.read_text("utf-8")))


def names() -> list[str]:
    """Return the names of all connectors, sorted."""
    return sorted(built_in() | {point.name for point in entry_points(group=ENTRY_POINTS)})


def find(name: str) -> type[Connector]:
    """Return a connector by its name, or one that is not installed yet by its file ("lampshop.py").

    Raises:
        ConfigError: there is none of that name, or it was made for another version of the contract.
    """
    if name.endswith(".py"):
        return _in_file(Path(name))
    # Asked for directly first: scanning the folder costs more than importing one file.
    if name.isidentifier() and (Path(__file__).parent / f"{name}.py").is_file():
        found = getattr(importlib.import_module(f"connectors.{name}"), "CONNECTOR", None)
        if found is not None:
            return _checked(name, found, CONTRACT_VERSION)
    for point in entry_points(group=ENTRY_POINTS, name=name):
        found = point.load()
        version = getattr(importlib.import_module(point.module), "CONTRACT_VERSION", CONTRACT_VERSION)
        return _checked(name, found, version)
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f"; did you mean {near[0]!r}" if near else ""
    raise ConfigError(f"connector = {name!r} is unknown{hint}; there are {', '.join(names())}")


def make(setup: SourceSetup) -> Connector:
    """Return the connector of a settings entry, with its settings validated.

    Raises:
        ConfigError: a setting is unknown, missing or has a value that cannot be used; the message names it.
    """
    from pydantic import ValidationError

    connector: Any = find(setup.connector)
    try:
        settings = connector.settings_model()(**setup.settings)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise ConfigError(f"source {setup.name!r}: {where}: {first['msg']}") from None
    made: Connector = connector(settings)
    return made


def rating_scale(setup: SourceSetup) -> RatingScale | None:
    """Return the cut points of a settings entry's ratings: its own, or those its connector knows; None for defaults."""
    return setup.scale or find(setup.connector).rating_scale(setup.settings)


def _in_file(path: Path) -> type[Connector]:
    if not path.is_file():
        raise ConfigError(f"{path} is no file; name one that ends with CONNECTOR = ...")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # dataclasses look their module up by its name
    try:
        spec.loader.exec_module(module)
    except Exception as fault:
        raise ConfigError(f"{path} cannot be imported ({type(fault).__name__}: {fault})") from fault
    found = getattr(module, "CONNECTOR", None)
    if found is None:
        raise ConfigError(f"{path} holds no connector; end it with CONNECTOR = TheClass")
    return _checked(path.stem, found, getattr(module, "CONTRACT_VERSION", CONTRACT_VERSION))


def _checked(name: str, found: Any, version: int) -> type[Connector]:
    if version != CONTRACT_VERSION:
        raise ConfigError(
            f"connector {name!r} is made for contract version {version}, "
            f"this is {CONTRACT_VERSION}; install a newer one"
        )
    connector: type[Connector] = found
    return connector
