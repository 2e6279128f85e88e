"""Which weights label mentions, and what they say of themselves; nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grapevine.pipeline import Workspace
from grapevine.places import resolve_config
from grapevine.settings import load_settings
from records.errors import ConfigError, GrapevineError
from records.home import Home
from transforms.confusion import DEFAULT_WEIGHTS, read_facts

__all__ = ["described", "in_use", "report", "weights_file"]

_TOLD = ("model_version", "data", "measured_on", "macro_f1_3", "default_macro_f1_3")


def in_use(home: Home, config: Path | None) -> dict[str, Any]:
    """Return what labels mentions: `path` (None: the weights that come with Grapevine) and what the file says.

    Args:
        home: the home folder.
        config: the settings file; None for the usual one, which need not be there.

    Raises:
        ConfigError: the settings can't be used, or name a file that is not there.
        InputError: the file is no weights file.
    """
    workspace = _workspace(home, config)
    standing = home.weights if home.weights.exists() else None
    own = workspace.own_weights if workspace else standing
    facts = read_facts(own or DEFAULT_WEIGHTS)
    return {"path": str(own) if own else None, **{name: facts[name] for name in _TOLD if name in facts}}


def report(home: Home, config: Path | None) -> dict[str, Any]:
    """Return the same whatever the state of the settings: where they can't be used, `error` says why."""
    try:
        return in_use(home, config)
    except GrapevineError as error:
        return {"error": str(error)}


def described(weights: Mapping[str, Any]) -> str:
    """Return a `report` as one line."""
    if "error" in weights:
        return f"weights: {weights['error']}"
    if weights["path"] is None:
        return f"weights: those of Grapevine ({weights['model_version']}); `grapevine label` and `train` make your own"
    figures = f"macro-F1 {weights.get('macro_f1_3', '?')}, {weights.get('default_macro_f1_3', '?')} by Grapevine's"
    return f"weights: {weights['path']} ({weights['model_version']}, from {weights.get('data', '?')}: {figures})"


def weights_file(home: Home, config: Path | None) -> Path:
    """Return where the brand's own weights belong: as the settings say, else in the home folder.

    Args:
        home: the home folder.
        config: the settings file; None for the usual one, which need not be there.

    Raises:
        ConfigError: the settings can't be used, or say that the default weights shall be.
    """
    workspace = _workspace(home, config)
    named = workspace.settings.classifier.weights if workspace else None
    if named == "default":
        raise ConfigError('[classifier] weights is "default", so others would not be used; take it out, or give --out')
    return workspace.settings.folder / named if workspace and named else home.weights


def _workspace(home: Home, config: Path | None) -> Workspace | None:
    file = resolve_config(config)
    return Workspace(load_settings(file), home) if config is not None or file.exists() else None
