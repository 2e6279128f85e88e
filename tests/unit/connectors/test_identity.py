"""Ids, hashes and brands of landing rows are those of `records`, whatever path they take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.columns import columns_of
from connectors.identity import Identify, identify
from connectors.landing import LANDING_SCHEMA
from connectors.matching import Matcher
from records.brand import Brand
from records.keys import keyed_hash
from records.mention import BrandMatch, Draft, Engagement, Mention

KEY = b"k" * 32
NOW = datetime(2026, 11, 22, tzinfo=UTC)

words = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=30)
drafts = st.builds(
    Draft,
    native_id=words.filter(bool),
    namespace=words,
    kind=st.sampled_from(["post", "review"]),
    channel=st.just("online"),
    title=st.none() | words,
    text=words,
    author=st.none() | words.filter(bool),
    language=st.none() | st.just("en"),
    thread_id=st.none() | words,
    product_id=st.none() | words,
    published_at=st.none() | st.integers(10**9, 17 * 10**8).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    rating=st.none(),
)
rated = st.tuples(drafts, st.none() | st.integers(0, 5)).map(
    lambda pair: pair[0] if pair[1] is None else replace(pair[0], rating=float(pair[1]), rating_max=5.0)
)


def common(*brands):
    return Identify(source="here", channel=None, secret_key=KEY, matcher=Matcher(brands))


@given(st.lists(rated, min_size=1, max_size=5))
def test_identity__ids_and_hashes_are_those_of_a_mention(some):
    table, skipped = identify(columns_of(some), common(), fetched_at=NOW, brands=(BrandMatch("acme", "setting"),))
    assert skipped == []
    assert table.schema == LANDING_SCHEMA
    for draft, row in zip(some, table.to_pylist(), strict=True):
        author = None if draft.author is None else keyed_hash(KEY, draft.author)
        mention = Mention.from_draft(draft, source="here", fetched_at=NOW, author_id=author, person_key=None)
        assert row["mention_id"] == str(mention.mention_id)
        assert row["content_hash"] == mention.content_hash
        assert row["author_id"] == mention.author_id
        assert row["published_at"] == mention.published_at


names = st.sampled_from(["Acme", "acme air", "@acme", "Zoë", "x-ray", "a.b", "ſtraße", "K", "acme aır", "İx"])
texts = st.lists(names | words, max_size=6).map(" ".join)


@given(st.lists(names, min_size=1, max_size=3), st.lists(names, max_size=2), texts, st.none() | texts)
def test_identity__the_quick_match_is_the_match(called, excluded, text, title):
    brand = Brand(key="b", name=called[0], aliases=tuple(called[1:]), none_words=tuple(excluded))
    plain = brand.match(title, text)
    rows = [(title, text), (None, ""), (None, "acme")]
    found = Matcher((brand,)).match(*map(list, zip(*rows, strict=True)), [()] * 3)
    assert found[0] == (() if plain is None else (plain,))
    assert found[1] == ()


def test_identity__a_brand_of_its_own_is_not_looked_for_again():
    draft = Draft(native_id="1", kind="post", channel="online", text="Acme and Bolt")
    brands = Brand(key="acme", name="Acme"), Brand(key="bolt", name="Bolt")
    table, _ = identify(columns_of([draft]), common(*brands), fetched_at=NOW, brands=(BrandMatch("acme", "setting"),))
    assert [(one["brand"], one["matched_by"]) for one in table.to_pylist()[0]["brands"]] == [
        ("acme", "setting"),
        ("bolt", "word:bolt"),
    ]


def test_identity__what_is_left_out_is_no_row():
    shared = common(Brand(key="acme", name="Acme"))
    some = [
        Draft(native_id="1", kind="post", channel="online", text="Acme"),
        Draft(native_id="2", kind="post", channel="online", text="nothing"),
        Draft(native_id="3", kind="post", channel="online", text="acme", published_at=datetime(2031, 1, 1, tzinfo=UTC)),
        Draft(native_id="4", kind="post", channel="online", text="acme", engagement=Engagement(view_count=3)),
    ]
    rows, skipped = identify(columns_of(some), shared, fetched_at=NOW)
    assert rows["native_id"].to_pylist() == ["1", "4"]
    assert [(one.where, one.reason) for one in skipped] == [
        ("2", "about none of the brands"),
        ("3", "dated in the future"),
    ]
    assert rows["view_count"].to_pylist() == [None, 3]


@pytest.mark.parametrize("person", [None, ""])
def test_identity__nobody_is_not_hashed(person):
    assert common().hashed(person) is None
