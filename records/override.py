"""Override: what a person says a mention is, towards a brand; it stands above any model."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["Origin", "Override"]

Origin = Literal["terminal", "file", "mail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One label set by a person.

    Attributes:
        mention_id: the mention.
        brand: a brand's key; None where the mention is about one brand only and nobody named it.
        label: bad, neutral or good.
        note: why, or None.
        given_at: when it was said (aware); None for now. An earlier word never takes the place of a later one.
        origin: how it came.
        is_random: whether the mention was drawn at random, not because its label was doubtful.
    """

    mention_id: uuid.UUID
    brand: str | None
    label: str
    note: str | None = None
    given_at: datetime | None = None
    origin: Origin = "terminal"
    is_random: bool = False
