"""From a `[[sources]]` entry to what the rooms are handed: the pull's setup and the warehouse's row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors import registry
from grapevine.messages import describe
from records.errors import ConfigError
from records.setup import SourceRow, SourceSetup

__all__ = ["COMMON_SETTINGS", "setup_source", "source_row"]

_ADDRESS_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*@", re.IGNORECASE)

COMMON_SETTINGS = ("connector", "name", "channel", "retention_days", "recheck_limit")


def setup_source(entry: Mapping[str, Any], *, folder: Path) -> SourceSetup:
    """Return an entry's setup, its connector's own settings checked and their paths made absolute.

    Args:
        entry: the table as written, with its connector and name resolved.
        folder: what relative paths are relative to.

    Raises:
        ConfigError: the connector is unknown, or a setting is unknown, missing or unusable; the message names it.
    """
    from pydantic import ValidationError

    connector = registry.find(entry["connector"])
    declaration = connector.declaration
    own = {name: value for name, value in entry.items() if name not in COMMON_SETTINGS}
    for name, value in own.items():
        # Addresses are kept in cursors and manifests.
        if any(
            _ADDRESS_WITH_PASSWORD.match(one)
            for one in (value if isinstance(value, list) else [value])
            if isinstance(one, str)
        ):
            raise ConfigError(
                f"source {entry['name']!r}: {name} holds a password in its address, and settings hold no secrets; "
                "take it out, and name a proxy that adds it if the source wants it"
            )
    for name in declaration.path_settings:
        if isinstance(own.get(name), str):
            own[name] = str(folder / own[name])
    model = connector.settings_model()
    try:
        model.model_validate(own)
    except ValidationError as error:
        raise ConfigError(f"source {entry['name']!r}: {describe(error, model)}") from error
    return SourceSetup(
        name=entry["name"],
        connector=entry["connector"],
        source=entry["name"] if declaration.reads_files else entry["connector"],
        channel=entry.get("channel"),
        scale=connector.rating_scale(own),
        retention_days=min(entry["retention_days"], declaration.retention_days or entry["retention_days"]),
        recheck_limit=entry["recheck_limit"],
        settings=own,
    )


def source_row(setup: SourceSetup) -> SourceRow:
    """Return what the warehouse keeps about the source that an entry reads."""
    declaration = registry.find(setup.connector).declaration
    return SourceRow(
        source=setup.source,
        connector=setup.connector,
        sees_edits=declaration.sees_edits,
        sees_deletions=declaration.sees_deletions,
        sees_replies=declaration.sees_replies,
        publishes_text=declaration.publishes_text,
        scale=setup.scale,
        terms=declaration.terms,
        is_file=declaration.reads_files,
    )
