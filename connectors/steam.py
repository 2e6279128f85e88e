"""Steam: reviews of games and apps, by last edit, newest first; no key.

Every player's thumb is a rating: 1 up, 0 down. The defaults of the endpoint hide review bombs and keys bought
elsewhere; this connector asks for all. Facts: https://partner.steamgames.com/doc/store/getreviews (read 2026-11) and
recordings of 2018 to 2019.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Declaration, HttpRequest, Page, Request, Response
from connectors.cursor import Cursor
from connectors.markup import bbcode_to_text
from connectors.reading import read_page
from records.brand import Query
from records.errors import Drift, SkippedRecord
from records.mention import BrandMatch, Draft, Engagement
from records.setup import RatingScale

NO_ID = "no id"
NO_WORDS = "no text and no rating"

# Steam names languages, not their tags (https://partner.steamgames.com/doc/store/localization/languages).
_LANGUAGES = {
    "arabic": "ar", "bulgarian": "bg", "schinese": "zh-Hans", "tchinese": "zh-Hant", "czech": "cs", "danish": "da",
    "dutch": "nl", "english": "en", "finnish": "fi", "french": "fr", "german": "de", "greek": "el", "hungarian": "hu",
    "indonesian": "id", "italian": "it", "japanese": "ja", "koreana": "ko", "norwegian": "no", "polish": "pl",
    "portuguese": "pt", "brazilian": "pt-BR", "romanian": "ro", "russian": "ru", "spanish": "es", "latam": "es-419",
    "swedish": "sv", "thai": "th", "turkish": "tr", "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip
_OVERFLOWN = 2**31  # Steam subtracts from unsigned counters; a count this large is none


class App(BaseModel):
    """One game or app on Steam."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = Field(gt=0, description="Its number, as in store.steampowered.com/app/NUMBER.")
    brand: str | None = Field(None, description="Key of the brand it belongs to; if not set, words alone decide.")


class Settings(BaseModel):
    """Settings of a `steam` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    apps: list[App] = Field(min_length=1, description="The games and apps to read.")
    language: str = Field("all", description="Steam's name of a language, or all.")
    page_size: int = Field(100, ge=1, le=100, description="Reviews in one request.")
    base_url: str = Field("https://store.steampowered.com", description="Address of the store.")


@dataclass(frozen=True)
class Steam:
    """Reads Steam reviews; one slice for each app."""

    settings: Settings

    declaration: ClassVar[Declaration] = Declaration(
        name="steam",
        title="Steam reviews",
        source_doc="https://partner.steamgames.com/doc/store/getreviews",
        channel="review_site",
        order="newest_first",
        order_by="updated",
        overlap=timedelta(hours=1),
        requests_per_window=200,
        window=timedelta(minutes=5),
        text_format="bbcode",
        private_fields=("author",),
        gives_counts=("helpful_count", "reply_count"),
        sees_edits=True,
        sees_deletions=False,
        sees_replies=True,
        example={"apps": [{"id": 440, "brand": "example"}]},
        tested_on="recordings",
    )

    @classmethod
    def settings_model(cls) -> type[Settings]:
        """Return the settings model."""
        return Settings

    @classmethod
    def rating_scale(cls, settings: Mapping[str, Any]) -> RatingScale | None:
        """Return the scale of thumbs: 0 is bad, 1 is good."""
        return RatingScale(rating_max=1, bad_max=0, good_min=1)

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return the newest page of each app."""
        return [self._page(str(app.id), "*") for app in self.settings.apps]

    def parse(self, request: Request, response: Response) -> Page:
        """Return the reviews of a page, and the request for the next."""
        answer = response.json()
        if isinstance(answer, list) and answer:
            answer = {"reviews": answer}
        if isinstance(answer, dict) and "recommendationid" in answer:
            answer = {"reviews": [answer]}
        if not isinstance(answer, dict) or answer.get("success", 1) != 1:
            raise Drift("the answer of Steam says that it did not succeed; the app may have no reviews page")
        given = answer.get("reviews")
        if isinstance(given, dict):
            given = list(given.values())
        if not isinstance(given, list):
            raise Drift("the answer of Steam has no list of reviews; its API may have changed")
        app = request.slice
        cursor = answer.get("cursor")
        following: tuple[Request, ...] = ()
        if given and isinstance(cursor, str) and cursor:
            following = (self._page(app, cursor),)
        return read_page(given, lambda review: _draft(review, app), next=following, brands=self._brands(app))

    def _page(self, app: str, cursor: str) -> HttpRequest:
        return HttpRequest(
            url=f"{self.settings.base_url}/appreviews/{app}",
            params=(
                ("json", "1"),
                ("filter", "updated"),
                ("language", self.settings.language),
                ("purchase_type", "all"),
                ("review_type", "all"),
                ("filter_offtopic_activity", "0"),
                ("num_per_page", str(self.settings.page_size)),
                ("cursor", cursor),
            ),
            slice=app,
        )

    def _brands(self, app: str) -> tuple[BrandMatch, ...]:
        brands = [known.brand for known in self.settings.apps if str(known.id) == app and known.brand]
        return tuple(BrandMatch(brand, "setting") for brand in brands)


def _draft(review: Any, app: str) -> Draft | SkippedRecord:
    native_id = review.get("recommendationid")
    if not native_id:
        return SkippedRecord(f"a review of app {app}", NO_ID)
    voted_up, text = review.get("voted_up"), bbcode_to_text(review.get("review") or "")
    if voted_up is None and not text:
        return SkippedRecord(str(native_id), NO_WORDS)
    created, updated = _moment(review.get("timestamp_created")), _moment(review.get("timestamp_updated"))
    answered = _moment(review.get("timestamp_dev_responded"))
    author = (review.get("author") or {}).get("steamid")
    return Draft(
        native_id=str(native_id),
        kind="review",
        channel="review_site",
        # The shorter address with the author's number would name the author.
        url=f"https://steamcommunity.com/app/{app}/reviews/" if app.isdigit() else None,
        author=None if author is None else str(author),
        text=text,
        language=_LANGUAGES.get(str(review.get("language") or "")),
        published_at=created,
        edited_at=None if updated == created else updated,
        rating=None if voted_up is None else float(bool(voted_up)),
        rating_max=None if voted_up is None else 1.0,
        product_id=app if app.isdigit() else None,
        engagement=Engagement(
            helpful_count=_count(review.get("votes_up")), reply_count=_count(review.get("comment_count"))
        ),
        has_reply=answered is not None or bool(review.get("developer_response")),
        reply_at=answered,
    )


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def _count(value: Any) -> int | None:
    if value is None:
        return None
    return int(value) if 0 <= int(value) < _OVERFLOWN else None


CONNECTOR = Steam
