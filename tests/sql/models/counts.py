"""The mentions behind the tests of estimates and of periods: brands whose figures can be worked out by hand."""

from __future__ import annotations

from datetime import date

from records.brand import BrandValue

from .conftest import Raw, Told, at


def counts() -> Raw:
    raw = Raw()
    for name in ("reviews", "posts", "inbox", "early", "late", "left", "right", "ended"):
        raw.source(name)
    review = {"source": "reviews", "channel": "review_site"}

    for brand in ("unset", "mixed", "three", "sparse", "onlybad", "onlygood"):
        raw.brand(brand)
    raw.many(35, "bad", "2026-01-05", brand="unset", **review)
    raw.many(40, "bad", "2026-01-05", brand="mixed", **review)
    raw.many(160, "good", "2026-01-05", brand="mixed", **review)
    raw.many(5, "bad", "2026-01-05", brand="onlybad", **review)
    raw.many(5, "good", "2026-01-05", brand="onlygood", **review)
    raw.many(9, "bad", "2026-01-05", brand="three", **review)
    raw.many(10, "bad", "2026-01-05", brand="three", source="posts")
    raw.many(11, "bad", "2026-01-05", brand="three", source="inbox", channel="company")

    for brand, mode in (("half", 0.5), ("own", 0.25)):
        raw.brand(brand)
        raw.many(35, "bad", "2026-01-05", brand=brand, source="early", channel="review_site")
        raw.coverage("early", mode, mode, mode, brand=None if brand == "half" else brand)
    raw.brand("ranged")
    raw.many(35, "bad", "2026-01-05", brand="ranged", source="late", channel="review_site")
    raw.coverage("late", 0.2, 0.4, 0.8, brand="ranged")

    for brand in ("overlap", "disjoint", "partly"):
        raw.brand(brand)
        raw.many(10, "bad", "2026-01-05", brand=brand, source="left")
        raw.many(25, "bad", "2026-01-05", brand=brand, source="right")
        raw.coverage("left", 0.5, 0.5, 0.5, brand=brand, is_disjoint=brand == "disjoint")
        if brand != "partly":
            raw.coverage("right", 0.4, 0.4, 0.4, brand=brand, is_disjoint=brand == "disjoint")

    for brand, when in (
        ("viral", "2026-03-31 11:30"),
        ("passed", "2026-03-30 11:30"),
    ):  # half an hour, a day before as_of
        raw.brand(brand, value=BrandValue(market_size=100_000))
        raw.mention(brand, Told("bad", at(when)), brands=brand, reposts=5_000)

    # a week before, so that the weeks compared are collected in whole; 100 -> 140 is the golden change
    raw.brand("moved")
    for day, count in (("2026-01-05", 1), ("2026-01-14", 100), ("2026-01-21", 140), ("2026-03-30", 5)):
        raw.many(count, "bad", day, brand="moved", **review)
    raw.brand("widened")  # the same, but from the third week on twice as much is collected
    for day, count in (("2026-01-05", 1), ("2026-01-14", 100), ("2026-01-21", 140), ("2026-03-30", 1)):
        raw.many(count, "bad", day, brand="widened", source="late", channel="review_site")
    raw.coverage("late", 0.1, 0.2, 0.3, brand="widened")
    raw.coverage("late", 0.3, 0.4, 0.5, brand="widened", valid_from=date(2026, 1, 19))

    raw.brand("added")  # a second source is listened to from the second of the two weeks compared
    for day, source in (
        ("2026-01-05", "posts"),
        ("2026-01-14", "posts"),
        ("2026-01-21", "posts"),
        ("2026-01-21", "inbox"),
    ):
        raw.many(20, "bad", day, brand="added", source=source)
    raw.many(1, "bad", "2026-03-20", brand="added", source="posts")
    raw.brand("column", is_configured=False)
    raw.many(1, "bad", "2026-01-07", brand="column", **review)
    raw.many(1, "good", "2026-02-04", brand="column", **review)
    raw.many(1, "bad", "2026-01-07", brand="sparse", **review)
    raw.many(1, "good", "2026-02-04", brand="sparse", **review)
    raw.brand("ended")
    raw.many(2, "bad", "2026-01-07", brand="ended", source="ended")

    reviews = {"source": "reviews", "channel": "review_site"}
    inbox = {"source": "inbox", "channel": "company"}
    value = BrandValue(
        customer_count=1000, leaving_share=0.6, customer_value=320.0, market_size=100_000, in_market_share=0.02,
        deterred_share=0.1,
    )  # fmt: skip
    raw.brand("valued", value=value)
    raw.many(35, "bad", "2026-01-05", brand="valued", **reviews)
    raw.brand("watched")  # ten posts of which the views are counted or the followers known, ten of which nothing is
    raw.many(6, "bad", "2026-01-05", brand="watched", source="posts", views=1000, reposts=3)
    raw.many(4, "bad", "2026-01-06", brand="watched", source="posts", followers=200)
    raw.many(10, "bad", "2026-01-07", brand="watched", source="posts")
    raw.brand("linked")  # person keys on both channels, both collected in whole
    raw.many(35, "bad", "2026-01-05", brand="linked", is_linked=True, **reviews)
    raw.many(25, "bad", "2026-01-06", brand="linked", is_linked=True, **inbox)
    raw.brand("apart")  # one channel shows far more than the other
    raw.many(200, "bad", "2026-01-05", brand="apart", **reviews)
    raw.many(5, "bad", "2026-01-06", brand="apart", **inbox)
    for brand in ("linked", "apart"):
        for source in ("reviews", "inbox"):
            raw.coverage(source, 1, 1, 1, brand=brand)
    return raw
