"""The commands, one module a subject; each adds its own to the application."""

from __future__ import annotations

import typer

from grapevine.commands import (
    actions,
    adding,
    connectors,
    estimates,
    keep,
    label,
    look,
    proof,
    setup,
    steps,
    texts,
    trials,
)

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add every command."""
    for module in (setup, adding, trials, steps, look, actions, texts, label, estimates, proof, keep, connectors):
        module.register(app)
