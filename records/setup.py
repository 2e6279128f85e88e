"""What the settings say about sources and coverage, in the form that the rooms are handed.

`grapevine.settings` validates the file and makes these; the rooms never see the file itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from records.mention import Channel

__all__ = ["Confusion", "Coverage", "DriverRow", "RatingScale", "SourceRow", "SourceSetup"]


@dataclass(frozen=True, slots=True)
class RatingScale:
    """Which ratings tell of a bad and which of a good experience; those between are neutral.

    Attributes:
        rating_max: the upper end of the scale (5, 10, 1).
        bad_max: the highest bad rating, inclusive.
        good_min: the lowest good rating, inclusive; above bad_max.
    """

    rating_max: float
    bad_max: float
    good_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSetup:
    """One `[[sources]]` entry.

    Attributes:
        name: unique among the entries; what pulls, logs and `source_health` are listed under.
        connector: the connector that reads it.
        source: what its mentions hold in `source`. An API's mentions have the connector's name, however many entries
            read it, so that one post is one mention; a file's have the entry's name.
        channel: overrides the connector's own channel, or None.
        scale: overrides the cut points that belong to the rating's maximum, or None.
        retention_days: how long landing files are kept.
        recheck_limit: mentions of its source that one sweep asks about at most; 0 for none.
        settings: the connector's own settings as written in the file, paths already absolute.
    """

    name: str
    connector: str
    source: str
    channel: Channel | None = None
    scale: RatingScale | None = None
    retention_days: int = 30
    recheck_limit: int = 1000
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """What the warehouse keeps about the source that an entry reads; entries that share a source give equal rows.

    Attributes:
        source: what its mentions hold in `source`.
        connector: the connector that reads it.
        sees_edits: whether a changed mention is seen; None if it depends.
        sees_deletions: whether a removed mention is seen; None if it depends.
        sees_replies: whether an answer by the company is seen; None if it depends.
        publishes_text: whether its terms allow text in the published tables.
        scale: the cut points of its ratings, or None for those that belong to the rating's maximum.
        terms: what its terms allow, in a few words, or None.
        is_file: whether it is read from files, so that its newest record, not the clock, says what "now" is.
    """

    source: str
    connector: str
    sees_edits: bool | None = None
    sees_deletions: bool | None = None
    sees_replies: bool | None = None
    publishes_text: bool = True
    scale: RatingScale | None = None
    terms: str | None = None
    is_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The chance that a telling on a source's channel is collected at all, as a range; see `transforms.amplification`.

    Attributes:
        brand: a brand's key, or None for all brands.
        source: a source as mentions hold it.
        valid_from: first day (brand's time zone) on which it holds; None for ever.
        low, mode, high: 0 < low <= mode <= high <= 1.
        basis: observed, inferred or assumed.
        is_disjoint: whether this source's tellings are others than those of the channel's other sources.
    """

    brand: str | None
    source: str
    valid_from: date | None
    low: float
    mode: float
    high: float
    basis: str
    is_disjoint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often a model gave one label to texts of one true label, on texts that it had not seen.

    Attributes:
        model_version: the model, as classifications name it.
        actual: what a person says: bad, neutral or good.
        labelled: what the model said: bad, neutral or good.
        mention_count: texts, 0 or more.
        measured_on: which texts, and how they were kept apart from those that the model learned from.
    """

    model_version: str
    actual: str
    labelled: str
    mention_count: int
    measured_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverRow:
    """What the warehouse keeps about a driver: the playbook's line, and whom the settings name as its owner.

    Attributes:
        driver: its key.
        title: as people read it.
        driver_group: people, process, policy or practice.
        published_figure: its published weight in the publisher's own words, or None.
        rated_by: who gave that figure (business, consumers), or None.
        advice: one line on what to do.
        owner_role: who acts by default: service, operations, product, sales or finance.
        owner: the person or team that the settings name, or None.
        phrase_words: the words of the phrases by which it is found, separated by blanks.
    """

    driver: str
    title: str
    driver_group: str
    published_figure: str | None
    rated_by: str | None
    advice: str
    owner_role: str
    owner: str | None
    phrase_words: str
