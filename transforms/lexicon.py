"""The lexicon: groups of phrases, what each speaks for, and which driver it is evidence of.

The data stand in `lexicons/*.toml`, one table a group; `service.toml` explains the syntax.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transforms.phrases import PhraseBook

__all__ = ["FOLDER", "Group", "groups", "lexicon_hash", "phrase_book"]

FOLDER = Path(__file__).parent / "lexicons"
_LAYERS = {  # by file
    "service": "experience",
    "process": "experience",
    "feeling": "experience",
    "form": "form",
    "signals": "signal",
}


@dataclass(frozen=True, slots=True)
class Group:
    """One group of phrases.

    Attributes:
        name: unique.
        label: bad, neutral or good: what a phrase of it speaks for.
        bad: what a hit adds to the log-odds of bad against neutral, before any text was learned from.
        good: the same for good against neutral.
        driver: the reason it is evidence of (a key of playbook/drivers.toml), or None.
        layer: "experience" (what happened), "form" (what kind of talk it is) or "signal" (facts beside the label).
        lines: its patterns.
    """

    name: str
    label: str
    bad: float
    good: float
    driver: str | None
    layer: str
    lines: tuple[str, ...]


@cache
def groups() -> dict[str, Group]:
    """Return all groups by name, in the order of the files."""
    found: dict[str, Group] = {}
    for file, layer in _LAYERS.items():
        tables = tomllib.loads((FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
        for name, table in tables.items():
            lines = tuple(line for line in table["phrases"].splitlines() if line.strip())
            found[name] = Group(
                name, table["label"], table.get("bad", 0.0), table.get("good", 0.0), table.get("driver"), layer, lines
            )
    return found


@cache
def phrase_book() -> PhraseBook:
    """Return the search over all groups' phrases."""
    known = groups().values()
    return PhraseBook({g.name: g.lines for g in known}, {g.name: g.layer for g in known})


@cache
def lexicon_hash() -> str:
    """Return 16 hex digits that change with any lexicon file."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(FOLDER.glob("*.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
