"""The settings of a `files` source, as written under `[[sources]]` in `grapevine.toml`."""

from __future__ import annotations

import codecs
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.ratings import SCALES, Scale
from records.mention import Kind

__all__ = ["BrandMap", "ColumnNames", "FileSettings", "OwnScale"]

_STRICT = ConfigDict(extra="forbid", frozen=True)

Column = Annotated[str, Field(min_length=1)]
_MISSING_WORDS = ("", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None", r"\N")


class ColumnNames(BaseModel):
    """Which column holds what. In JSON Lines a dotted name reaches inside: "user.id"."""

    model_config = _STRICT

    id: Column | list[Column] | None = Field(
        None, description="The row's own id; or several columns, hashed together: an edit to them is then a new row."
    )
    text: Column | None = Field(None, description="The words.")
    title: Column | None = Field(None, description="A headline.")
    author: Column | None = Field(None, description="Who wrote it; hashed, never stored as it is.")
    person: Column | None = Field(None, description="E-mail, phone or customer number, hashed; links channels.")
    url: Column | None = Field(None, description="Its address.")
    language: Column | None = Field(None, description="Language tag (BCP 47).")
    published_at: Column | None = Field(None, description="When it was published.")
    edited_at: Column | None = Field(None, description="When it was last edited.")
    rating: Column | None = Field(None, description="The rating; set rating_scale too.")
    thread: Column | None = Field(None, description="Id of its thread.")
    parent: Column | None = Field(None, description="Id of what it answers.")
    repost_of: Column | None = Field(None, description="Id of what it repeats without words of its own.")
    place: Column | None = Field(None, description="Id of the place (shop, airport) it is about.")
    product: Column | None = Field(None, description="Id of the product it is about.")
    team: Column | None = Field(None, description="The team it is about; hashed.")
    staff: Column | None = Field(None, description="The employee it is about; hashed.")
    brand: Column | None = Field(None, description="The brand it is about; see [sources.brands].")
    view_count: Column | None = Field(None, description="How often it was seen.")
    like_count: Column | None = Field(None, description="Likes, up-votes.")
    repost_count: Column | None = Field(None, description="Reposts, shares.")
    reply_count: Column | None = Field(None, description="Replies, comments.")
    helpful_count: Column | None = Field(None, description="Readers who found it helpful.")
    follower_count: Column | None = Field(None, description="Followers of its author.")
    reply_at: Column | None = Field(None, description="When the company answered; an empty one says it did not.")
    date: Column | None = Field(None, description="Outcomes only: the day.")
    value: Column | None = Field(None, description="Outcomes only: the number.")
    series: Column | None = Field(None, description="Outcomes only: which series.")


class BrandMap(BaseModel):
    """From the values of the brand column to brands."""

    model_config = _STRICT

    map: dict[str, str] = Field(default_factory=dict, description="Value in the column -> key of a brand.")
    unmapped: Literal["refuse", "create"] = Field(
        "refuse", description="What happens to a value that names no brand: the row is rejected, or a brand is made."
    )


class OwnScale(BaseModel):
    """A rating scale of one's own."""

    model_config = _STRICT

    min: float = Field(ge=0, description="Smallest rating.")
    max: float = Field(gt=0, description="Largest rating.")
    bad_max: float = Field(description="Highest bad rating, inclusive.")
    good_min: float = Field(description="Lowest good rating, inclusive.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min <= self.bad_max < self.good_min <= self.max:
            raise ValueError("must hold min <= bad_max < good_min <= max")
        return self


class FileSettings(BaseModel):
    """Everything about one set of files of the same shape."""

    model_config = _STRICT

    path: str | list[str] = Field(description='A file, a pattern ("reviews/*.csv.gz"), or a list of them.')
    format: Literal["csv", "jsonl", "parquet"] | None = Field(None, description="Taken from the name if not set.")
    encoding: str | None = Field(None, description="Of text files; UTF-8 if it is that, else guessed, if not set.")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="Between the columns of a CSV file; guessed from the header if not set."
    )
    rows: Literal["mentions", "outcomes"] = Field("mentions", description="What a row is.")
    columns: ColumnNames = Field(default_factory=ColumnNames, description="Which column holds what.")
    brand: str | None = Field(None, description="Key of the brand that all rows are about.")
    brands: BrandMap = Field(default_factory=BrandMap, description="From the brand column to brands.")
    series: str | None = Field(None, description="Outcomes only: the name of the series, if no column names it.")
    kind: Kind | None = Field(None, description="What a row is; review if there is a rating, else post.")
    language: str | None = Field(None, description="Language of all rows (BCP 47), if no column says it.")
    text_format: Literal["plain", "html", "bbcode"] = Field("plain", description="Markup in the texts.")
    rating_scale: Literal["1-5", "0-5", "1-10", "0-10", "nps", "thumbs", "faces"] | OwnScale | None = Field(
        None, description="How ratings are given, and which are bad and good."
    )
    time_zone: str | None = Field(
        None, description="Of times that name none (IANA name); such rows are rejected if it is not set."
    )
    date_formats: list[str] = Field(
        default_factory=list, description='Tried after ISO 8601: strptime patterns, or "epoch", "epoch_ms".'
    )
    missing: list[str] = Field(default=list(_MISSING_WORDS), description="What stands for a missing value.")
    missing_dates: list[str] = Field(default=["1970-01-01"], description="Days that stand for a missing date.")
    max_text_characters: int = Field(100_000, gt=0, description="Longer texts are rejected.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (ValueError, OSError, KeyError):
                raise ValueError(f"time zone {name!r} is unknown; use an IANA name such as Europe/Berlin") from None
        return name

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                codecs.lookup(name)
            except LookupError:
                raise ValueError(f"encoding {name!r} is unknown; use one such as utf-8 or cp1252") from None
        return name

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        columns = self.columns
        if self.rows == "outcomes":
            if columns.date is None or columns.value is None:
                raise ValueError("outcomes need columns.date and columns.value")
            if (columns.series is None) == (self.series is None):
                raise ValueError("outcomes need either series or columns.series")
            if (columns.brand is None) == (self.brand is None):
                raise ValueError("outcomes need either brand or columns.brand")
            return self
        if not columns.id:
            raise ValueError("columns.id is missing; name the id column, or a list of columns that tell rows apart")
        if columns.text is None and columns.rating is None:
            raise ValueError("columns.text and columns.rating are both missing; name one of them")
        if columns.rating is not None and self.rating_scale is None:
            raise ValueError(f"rating_scale is missing; use one of {', '.join(SCALES)} or your own")
        return self

    @property
    def scale(self) -> Scale | None:
        """The rating scale, None without ratings."""
        chosen = self.rating_scale
        if isinstance(chosen, OwnScale):
            return Scale(low=chosen.min, high=chosen.max, bad_max=chosen.bad_max, good_min=chosen.good_min)
        return None if chosen is None else SCALES[chosen]
