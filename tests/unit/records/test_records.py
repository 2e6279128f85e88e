from __future__ import annotations

import doctest
from datetime import UTC, datetime, timedelta, timezone

import pytest

import records.brand
import records.keys
from records.brand import Brand
from records.keys import content_hash, keyed_hash, mention_id
from records.mention import Draft, Mention

NAIVE = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001
BERLIN = timezone(timedelta(hours=1))


@pytest.mark.parametrize("module", [records.brand, records.keys])
def test_examples__hold(module: object) -> None:
    failures, tests = doctest.testmod(module)
    assert (failures, tests > 0) == (0, True)


def draft(**changes: object) -> Draft:
    return Draft(**{"native_id": "1", "kind": "review", "channel": "review_site", "text": "fine", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"native_id": ""}, "needs a native id"),
        ({"published_at": NAIVE}, "has no time zone"),
        ({"rating": 6.0, "rating_max": 5.0}, "outside its scale"),
        ({"rating": 3.0}, "give both or neither"),
        ({"kind": "tweet"}, "must be one of"),
        ({"channel": "tv"}, "must be one of"),
    ],
)
def test_draft__refuses_what_cannot_be_kept(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draft(**changes)


def test_draft__times_become_utc() -> None:
    kept = draft(published_at=datetime(2026, 1, 1, 0, 30, tzinfo=BERLIN))
    assert kept.published_at == datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert kept.published_at is not None
    assert kept.published_at.tzinfo is UTC


def test_mention__names_are_not_kept() -> None:
    mention = Mention.from_draft(
        draft(author="ada", person="ada@example.com"),
        source="s",
        fetched_at=datetime.now(UTC),
        author_id="h",
        person_key=None,
    )
    assert "ada" not in repr(mention)
    assert mention.author_id == "h"


def test_content_hash__times_and_counts_do_not_matter_words_do() -> None:
    base = Mention.from_draft(
        draft(), source="s", fetched_at=datetime(2026, 1, 1, tzinfo=UTC), author_id=None, person_key=None
    )
    later = Mention.from_draft(
        draft(), source="s", fetched_at=datetime(2026, 2, 1, tzinfo=UTC), author_id="x", person_key=None
    )
    edited = Mention.from_draft(
        draft(text="bad"), source="s", fetched_at=base.fetched_at, author_id=None, person_key=None
    )
    assert base.content_hash == later.content_hash != edited.content_hash
    assert content_hash(None) != content_hash("")


def test_ids__parts_do_not_run_together() -> None:
    assert mention_id("a", "b", "c") != mention_id("a", "", "bc")
    assert keyed_hash(b"k" * 32, "ada") != keyed_hash(b"j" * 32, "ada")


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("thanks @Tern for it", "handle:@tern"),
        ("the tern   parcel van", "word:tern parcel"),
        ("external ternary", None),
        ("@ternary", None),
        ("tern parcel, the bird", None),
        ("", None),
    ],
)
def test_brand__whole_words_and_handles(text: str, matched: str | None) -> None:
    brand = Brand("tern", "Tern Parcel", handles=("@tern",), none_words=("bird",))
    found = brand.match(text)
    assert (found.matched_by if found else None) == matched


def test_brand__all_words_must_be_there() -> None:
    brand = Brand("delta", "Delta", any_words=("delta",), all_words=("flight",))
    assert brand.match("delta flight") is not None
    assert brand.match("the river delta") is None
    assert brand.match("Delta", "my flight") is not None  # title and text count together
