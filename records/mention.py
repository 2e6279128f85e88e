"""Mention: one post, comment, review, article, message or call, as every room knows it.

A connector's `parse` gives a `Draft`; the runner makes a `Mention` of it by adding the source, hashing people and
stamping when it was fetched. A mention has no brand: which brands it is about is a row of its own (`BrandMatch`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Literal, get_args

from records.keys import content_hash, mention_id

__all__ = ["BrandMatch", "Channel", "Draft", "Engagement", "Kind", "Mention", "RatingCount", "Visibility"]

Kind = Literal["post", "comment", "review", "article", "message", "call"]
Channel = Literal["online", "review_site", "company"]
Visibility = Literal["public", "limited", "gone"]

_CHOICES = {"kind": get_args(Kind), "channel": get_args(Channel), "visibility": get_args(Visibility)}
_TIMES = ("published_at", "edited_at", "reply_at", "fetched_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """What a source counts about a mention; None means unknown, never zero."""

    view_count: int | None = None
    like_count: int | None = None
    repost_count: int | None = None
    reply_count: int | None = None
    helpful_count: int | None = None
    follower_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mention as a connector reads it.

    Attributes:
        native_id: the source's own id, not empty.
        namespace: the instance, feed or country in which native ids are unique; "" if the source has one space.
        kind: post, comment, review, article, message or call.
        channel: online (posts), review_site, or company (told to the company itself).
        text: plain text, no markup; may be empty where a rating stands alone.
        author: the source's stable author id; hashed before anything is stored. None if unknown.
        person: e-mail, phone or customer number, only where the brand asked for linking; hashed as well.
        language: as declared by the source (BCP 47), None if it declares none.
        published_at: aware; None if the source gives no date.
        edited_at: aware; None if never edited or unknown.
        rating: in the source's own scale, 0..rating_max; None without a rating.
        rating_max: the upper end of that scale (5, 10, 1); set exactly when rating is.
        repost_of: native id of what it repeats, for reposts without words of their own.
        has_reply: whether the company answered; None if the source cannot tell.
        visibility: public, limited (asked not to be shown widely) or gone.
    """

    native_id: str
    namespace: str = ""
    kind: Kind
    channel: Channel
    url: str | None = None
    author: str | None = None
    person: str | None = None
    title: str | None = None
    text: str = ""
    language: str | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    rating: float | None = None
    rating_max: float | None = None
    thread_id: str | None = None
    parent_id: str | None = None
    repost_of: str | None = None
    place_id: str | None = None
    product_id: str | None = None
    team_id: str | None = None
    staff_id: str | None = None
    engagement: Engagement = field(default_factory=Engagement)
    has_reply: bool | None = None
    reply_at: datetime | None = None
    visibility: Visibility = "public"

    def __post_init__(self) -> None:
        """Refuse what can't be kept honestly: no id, a naive time, a rating outside its scale."""
        _validate(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A draft with its source, its hashed people and the time it was fetched; fields as in `Draft`.

    Attributes:
        source: where it comes from; with namespace and native_id it makes `mention_id`.
        author_id: keyed hash of the author, or None.
        person_key: keyed hash that links channels, or None.
        fetched_at: aware UTC; when the page that holds it was read.
    """

    source: str
    native_id: str
    namespace: str = ""
    kind: Kind
    channel: Channel
    url: str | None = None
    author_id: str | None = None
    person_key: str | None = None
    title: str | None = None
    text: str = ""
    language: str | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    fetched_at: datetime
    rating: float | None = None
    rating_max: float | None = None
    thread_id: str | None = None
    parent_id: str | None = None
    repost_of: str | None = None
    place_id: str | None = None
    product_id: str | None = None
    team_id: str | None = None
    staff_id: str | None = None
    engagement: Engagement = field(default_factory=Engagement)
    has_reply: bool | None = None
    reply_at: datetime | None = None
    visibility: Visibility = "public"

    def __post_init__(self) -> None:
        """Refuse what can't be kept honestly; see `Draft`."""
        if not self.source:
            raise ValueError("a mention needs a source, got ''")
        _validate(self)

    @property
    def mention_id(self) -> uuid.UUID:
        """The id under which history is kept."""
        return mention_id(self.source, self.namespace, self.native_id)

    @property
    def content_hash(self) -> str:
        """Differs when words, rating, links to other mentions or visibility differ; times and counts do not matter."""
        return content_hash(
            self.title,
            self.text,
            self.language,
            self.rating,
            self.rating_max,
            self.thread_id,
            self.parent_id,
            self.repost_of,
            self.place_id,
            self.product_id,
            self.visibility,
        )

    @classmethod
    def from_draft(
        cls, draft: Draft, *, source: str, fetched_at: datetime, author_id: str | None, person_key: str | None
    ) -> Mention:
        """Return the mention that a draft becomes once its people are hashed."""
        kept = {f.name: getattr(draft, f.name) for f in fields(draft) if f.name not in ("author", "person")}
        return cls(source=source, fetched_at=fetched_at, author_id=author_id, person_key=person_key, **kept)


@dataclass(frozen=True, slots=True)
class BrandMatch:
    """One monitored brand that a mention is about.

    Attributes:
        brand: the brand's key in the settings, or the key made for a new one.
        matched_by: what decided ("setting", "column:airline", "handle:@united", "word:united airlines").
        name: the brand's name as found, for brands that are made from a column; else None.
    """

    brand: str
    matched_by: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCount:
    """How many ratings of one value a place or product had at a time, for sources whose terms allow no text."""

    source: str
    namespace: str
    subject_id: str
    counted_at: datetime
    rating: float
    rating_max: float
    rating_count: int


def _validate(record: Draft | Mention) -> None:
    if not record.native_id:
        raise ValueError("a mention needs a native id, got ''")
    for name, choices in _CHOICES.items():
        if getattr(record, name) not in choices:
            raise ValueError(f"{name} is {getattr(record, name)!r}, must be one of {', '.join(choices)}")
    for name in _TIMES:
        value: datetime | None = getattr(record, name, None)
        if value is None:
            continue
        if value.tzinfo is None:
            raise ValueError(f"{name} is {value.isoformat()}, which has no time zone; set one for the source")
        if value.tzinfo is not UTC:
            object.__setattr__(record, name, value.astimezone(UTC))
    if (record.rating is None) != (record.rating_max is None):
        raise ValueError(f"rating is {record.rating} but rating_max is {record.rating_max}; give both or neither")
    if record.rating is not None and record.rating_max is not None and not 0 <= record.rating <= record.rating_max:
        raise ValueError(f"rating is {record.rating}, outside its scale 0..{record.rating_max}")
