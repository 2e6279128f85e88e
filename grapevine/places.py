"""Where things are unless somebody says otherwise; nothing heavy is imported here."""

from __future__ import annotations

import os
from pathlib import Path

from records.home import Home

__all__ = ["DEFAULT_CONFIG", "resolve_config", "resolve_home"]

DEFAULT_CONFIG = Path("grapevine.toml")


def resolve_home(home: Path | None) -> Home:
    """Return the home folder: as given, else `GRAPEVINE_HOME`, else ./var."""
    return Home((home or Path(os.environ.get("GRAPEVINE_HOME", "var"))).resolve())


def resolve_config(config: Path | None) -> Path:
    """Return the settings file: as given, else `GRAPEVINE_CONFIG`, else ./grapevine.toml."""
    return config or Path(os.environ.get("GRAPEVINE_CONFIG", DEFAULT_CONFIG))
