"""App Store: customer reviews of apps from Apple's public feed, per country, newest first; no key.

The feed holds 10 pages of 50 reviews for each country, and now and then comes back empty for days: an empty feed never
means that reviews were deleted. Recordings of 2021 have reviews without a date; those count from the day they were
first seen. Facts: recordings of 2021; the feed has no documentation of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from connectors.appstore_feed import entries_of
from connectors.atom import is_xml
from connectors.contract import Declaration, HttpRequest, Page, Request, Response
from connectors.cursor import Cursor
from connectors.reading import read_page
from records.brand import Query
from records.errors import Drift, SkippedRecord
from records.mention import BrandMatch, Draft, Engagement
from records.setup import RatingScale

LAST_PAGE = 10
NO_ID = "no id"
NOT_A_REVIEW = "not a review: the app itself"
NO_WORDS = "no text and no rating"

Country = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class App(BaseModel):
    """One app in the App Store."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = Field(gt=0, description="Its number, as in apps.apple.com/us/app/name/idNUMBER.")
    brand: str | None = Field(None, description="Key of the brand it belongs to; if not set, words alone decide.")


class Settings(BaseModel):
    """Settings of an `appstore` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    apps: list[App] = Field(min_length=1, description="The apps to read.")
    countries: list[Country] = Field(default=["us"], min_length=1, description="Two-letter codes of the stores.")
    base_url: str = Field("https://itunes.apple.com", description="Address of the feed.")


@dataclass(frozen=True)
class AppStore:
    """Reads App Store reviews; one slice for each app and country."""

    settings: Settings

    declaration: ClassVar[Declaration] = Declaration(
        name="appstore",
        title="App Store reviews",
        channel="review_site",
        order="newest_first",
        max_depth=LAST_PAGE * 50,
        overlap=timedelta(days=2),
        requests_per_window=20,
        window=timedelta(minutes=1),
        private_fields=("author",),
        gives_counts=("helpful_count",),
        sees_edits=True,
        sees_deletions=False,
        sees_replies=False,
        terms="A public feed without published terms; 500 reviews a country at most.",
        example={"apps": [{"id": 284815942, "brand": "example"}]},
        tested_on="recordings",
    )

    @classmethod
    def settings_model(cls) -> type[Settings]:
        """Return the settings model."""
        return Settings

    @classmethod
    def rating_scale(cls, settings: Mapping[str, Any]) -> RatingScale | None:
        """Return the scale of stars: up to 2 bad, from 4 good."""
        return RatingScale(rating_max=5, bad_max=2, good_min=4)

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return the first page of each app in each country."""
        for app in self.settings.apps:
            for country in self.settings.countries:
                yield self._page(str(app.id), country, 1)

    def parse(self, request: Request, response: Response) -> Page:
        """Return the reviews of a page, and the request for the next."""
        entries = _entries(response)
        app, _, country = request.slice.partition("-")
        page = int(request.context.get("page", 1))
        following: tuple[Request, ...] = ()
        if entries and page < LAST_PAGE:
            following = (self._page(app, country, page + 1),)
        brands = tuple(
            BrandMatch(known.brand, "setting") for known in self.settings.apps if str(known.id) == app and known.brand
        )
        return read_page(entries, lambda entry: _draft(entry, app, country), next=following, brands=brands)

    def _page(self, app: str, country: str, page: int) -> HttpRequest:
        return HttpRequest(
            url=f"{self.settings.base_url}/{country}/rss/customerreviews/page={page}/id={app}/sortby=mostrecent/json",
            slice=f"{app}-{country}",
            context={"page": page},
        )


def _entries(response: Response) -> list[Any]:
    """Return the entries of a page; none if it holds none, a list of one if it holds one."""
    if is_xml(response.body):
        return list(entries_of(response.body))
    answer = response.json()
    feed = answer.get("feed") if isinstance(answer, dict) else None
    if not isinstance(feed, dict):
        raise Drift("the answer of the App Store has no feed; the address may have changed")
    entries = feed.get("entry", [])
    if isinstance(entries, dict):
        return [entries]
    if not isinstance(entries, list):
        raise Drift("the feed of the App Store has no list of entries; its shape may have changed")
    return entries


def _draft(entry: Any, app: str, country: str) -> Draft | SkippedRecord:
    native_id = _label(entry, "id")
    if not native_id:
        return SkippedRecord(f"an entry of app {app} in {country}", NO_ID)
    if "im:rating" not in entry and ("im:name" in entry or "im:artist" in entry):
        return SkippedRecord(native_id, NOT_A_REVIEW)
    rating, text, title = _label(entry, "im:rating"), _label(entry, "content"), _label(entry, "title")
    stars = float(rating) if rating and rating.isdigit() and 0 < int(rating) <= 5 else None
    if stars is None and not text and not title:
        return SkippedRecord(native_id, NO_WORDS)
    author = (_label(entry.get("author") or {}, "uri") or "").rpartition("/id")[2]
    updated = _label(entry, "updated")
    votes = _label(entry, "im:voteSum")
    return Draft(
        native_id=native_id,
        namespace=country,
        kind="review",
        channel="review_site",
        url=f"https://apps.apple.com/{country}/app/id{app}?see-all=reviews" if app.isdigit() else None,
        author=author or None,
        title=title,
        text=text or "",
        published_at=datetime.fromisoformat(updated) if updated else None,
        rating=stars,
        rating_max=None if stars is None else 5.0,
        product_id=app if app.isdigit() else None,
        engagement=Engagement(helpful_count=int(votes) if votes and votes.isdigit() else None),
    )


def _label(entry: Mapping[str, Any], name: str) -> str | None:
    part = entry.get(name)
    value = part.get("label") if isinstance(part, dict) else None
    return value.strip() or None if isinstance(value, str) else None


CONNECTOR = AppStore
