from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from digests import figures, sentences
from digests.options import DigestOptions
from digests.periods import Period
from digests.sentences import Story

MONDAY = date(2026, 11, 9)
WEEK = Period(MONDAY)
Publish = Callable[..., Path]
Weeks = Callable[..., dict[date, tuple[int, int]]]
Mention = Callable[..., dict[str, Any]]


def story(published: Path, *, brand: str = "acme", period: Period = WEEK, **options: Any) -> Story:
    return sentences.tell(figures.read(published, brand, period), DigestOptions(**options))


@pytest.mark.parametrize(
    ("usual", "last", "opening", "subject"),
    [
        ((10, 20), (20, 20), "A worse week:", "Acme, week 46: many more bad experiences"),
        ((20, 20), (10, 20), "A better week:", "Acme, week 46: fewer bad experiences"),
        ((10, 20), (10, 32), "A better week:", "Acme, week 46: more good experiences"),
        ((10, 30), (10, 18), "A worse week:", "Acme, week 46: fewer good experiences"),
        (
            (10, 20),
            (20, 40),
            "A louder week:",
            "Acme, week 46: many more bad experiences and many more good experiences",
        ),
        ((20, 40), (10, 20), "A quieter week:", "Acme, week 46: fewer bad experiences and fewer good experiences"),
        ((10, 40), (20, 20), "A worse week:", "Acme, week 46: many more bad experiences and fewer good experiences"),
        ((10, 20), (10, 21), "An ordinary week:", "Acme, week 46: An ordinary week"),
        ((1, 1), (1, 1), "A week with few voices:", "Acme, week 46: A week with few voices"),
    ],
)
def test_headline__judges(
    publish: Publish, eight_weeks: Weeks, usual: tuple[int, int], last: tuple[int, int], opening: str, subject: str
) -> None:
    told = story(publish(eight_weeks(usual, last)))
    assert told.headline.startswith(opening)
    assert told.subject == subject


def test_headline__says_the_range(publish: Publish) -> None:
    """The golden change: 100 then 140 is a ratio of 1.128749 to 1.736435."""
    days = {MONDAY - timedelta(days=7): (100, 200), MONDAY: (140, 200)}
    told = story(publish(days | {MONDAY - timedelta(days=20): (1, 1)}))
    assert told.headline == "A worse week: likely 13% to 74% more bad experiences than the week before."
    assert told.tiles[0].detail == "13% to 74% more"


def test_headline__no_finding_below_min_n(publish: Publish, eight_weeks: Weeks) -> None:
    published = publish(eight_weeks((1, 1), (6, 1)), is_bad_change_finding=True)
    told = story(published)
    assert told.headline.startswith("A week with nothing to compare it with: 42 bad and 7 good")
    assert told.tiles[0].detail == "too few to compare"
    assert "%" not in told.headline + "".join(tile.value + tile.detail for tile in told.tiles)
    assert story(published, min_n=7).headline.startswith("A worse week")


def test_headline__a_new_source_makes_no_change(publish: Publish, eight_weeks: Weeks, mention: Mention) -> None:
    rows = tuple(mention(n, source="tweets", told_date=MONDAY) for n in range(40))
    old = tuple(mention(n, told_date=MONDAY - timedelta(days=20)) for n in range(100, 103))
    told = story(publish(eight_weeks((10, 20), (20, 20)), rows + old))
    assert told.headline == "A week with nothing to compare it with: 140 bad and 140 good experiences seen."
    assert told.careful == (
        "Heard from only since 9 November: tweets; so this period can't be compared with the one before."
    )
    assert {tile.detail for tile in told.tiles[:2]} == {"new source, not comparable"}


def test_headline__first_week_compares_nothing(publish: Publish, eight_weeks: Weeks) -> None:
    told = story(publish(eight_weeks(weeks=1)))
    assert told.headline == (
        "The first week we listened: 35 bad and 84 good experiences seen. The next digest can say what changed."
    )
    assert [tile.detail for tile in told.tiles[:2]] == ["nothing to compare with yet"] * 2
    assert [tile.note for tile in told.tiles[:2]] == ["", ""]


def test_headline__silent_week(publish: Publish, eight_weeks: Weeks) -> None:
    told = story(publish({MONDAY - timedelta(days=7): (5, 5)}))
    assert told.headline == "A silent week: nobody told of a good or bad experience where we listen."
    assert (told.estimate, told.lede, told.mentions) == ("", "", ())


def test_headline__before_anybody_listened(publish: Publish, eight_weeks: Weeks) -> None:
    told = story(publish(eight_weeks()), period=Period.parse("2026-W30"))
    assert told.headline == "A silent week: nothing we have heard is older than 21 September 2026."


@pytest.mark.parametrize(
    ("last", "side"),
    [((5, 40), "People hear more good of Acme than bad"), ((30, 5), "People hear more bad of Acme than good"),
     ((10, 10), "What people hear of Acme is near break-even")],
)  # fmt: skip
def test_lede__tells_the_side_of_break_even(
    publish: Publish, eight_weeks: Weeks, last: tuple[int, int], side: str
) -> None:
    told = story(publish(eight_weeks((5, 12), last)))
    assert told.lede.startswith(side)
    assert "1.5 is break-even" in told.lede


def test_lede__left_out_when_too_few(publish: Publish, eight_weeks: Weeks) -> None:
    told = story(publish({MONDAY: (5, 6), MONDAY - timedelta(days=9): (9, 9)}))
    assert told.lede == ""
    assert (told.tiles[2].value, told.tiles[2].detail) == ("–", "too few to say")


def test_estimate__begins_with_its_assumption_and_rounds(publish: Publish, eight_weeks: Weeks) -> None:
    published = publish(eight_weeks((5, 12), (20, 12)), estimated_bad_count_low=207.4, estimated_bad_count_high=393.9)
    told = story(published)
    assert told.estimate == (
        "If customers talk as in the dr2013 survey, 210 to 390 bad experiences stand behind the 140 seen."
    )
    assert told.estimate_range == "210 to 390"


def test_estimate__at_least_where_coverage_is_unknown(publish: Publish, eight_weeks: Weeks) -> None:
    told = story(publish(eight_weeks(), is_coverage_known=False))
    assert ", at least " in told.estimate
    assert any("lower bounds" in note for note in told.notes)


def test_estimate__a_low_end_below_what_was_seen_says_why(publish: Publish, eight_weeks: Weeks) -> None:
    published = publish(eight_weeks(last=(20, 12)), estimated_bad_count_low=110.0, estimated_bad_count_high=190.0)
    told = story(published).estimate
    assert told.endswith("behind the 140 seen. The 140 are tellings: one experience may be seen on two channels.")


def test_estimate__never_below_what_was_seen(publish: Publish, eight_weeks: Weeks) -> None:
    published = publish(eight_weeks(last=(23, 12)), estimated_bad_count_low=161.0, estimated_bad_count_high=164.0)
    assert ", 161 bad experiences stand behind the 161 seen" in story(published).estimate


def test_words__never_call_exposures_people(publish: Publish, eight_weeks: Weeks, mention: Mention) -> None:
    told = story(publish(eight_weeks(), (mention(exposure_count=900.0, view_count=900),)))
    assert told.mentions[0].reach == "seen at least 900 times"
    assert "people" not in " ".join((told.headline, told.estimate, told.mentions[0].reach, told.subject))


def test_subject__has_no_reach_figure_and_marks_sample_data(publish: Publish, eight_weeks: Weeks) -> None:
    told = story(publish(eight_weeks(), is_sample=True))
    assert told.subject == "[Sample] Acme, week 46: An ordinary week"
    assert "do not exist" in told.sample


def test_notes__name_what_went_wrong(publish: Publish, eight_weeks: Weeks, mention: Mention) -> None:
    told = story(
        publish(
            eight_weeks(),
            (mention(label=None, language="fi"), mention(2, label=None, language=None)),
            sources=(
                ("forum", "failed", "it answered 503", 2),
                ("posts", "partial", None, 0),
                ("ok", "complete", None, 1),
            ),
            unscored_count=2,
            is_complete=False,
        )
    )
    assert told.careful == "Read changes with care: forum and posts did not deliver everything."
    for note in (
        "forum failed, so its newest mentions are missing: it answered 503",
        "posts was read only in part; the rest follows.",
        "So far 3 rows could not be read and were left out.",
        "The period is not over: counted up to 16 November 2026.",
        "7 repeats counted once.",
        "21 other mentions told of no good or bad experience.",
        "2 mentions could not be judged, by language: fi 1, unknown 1.",
        "Rates: dr2013 (Dimensional Research, April 2013): 35% of bad and 23% of good experiences reach a review site.",
    ):
        assert note in told.notes


def test_notes__say_when_the_other_sign_is_as_likely(publish: Publish, eight_weeks: Weeks) -> None:
    told = story(publish(eight_weeks(), sign_flips=True, is_disagreeing=True)).notes
    assert any(note.startswith("If satisfied customers told more than unhappy ones") for note in told)
    assert any(note.startswith("The channels disagree") for note in told)
    assert not any("change places" in note for note in story(publish(eight_weeks())).notes)


def test_mentions__furthest_first_and_no_duplicates(publish: Publish, eight_weeks: Weeks, mention: Mention) -> None:
    rows = (
        mention(1, text="few likes", like_count=3),
        mention(2, text="many views", exposure_count=500.0, view_count=500),
        mention(3, text="a repeat", exposure_count=9000.0, is_duplicate=True),
        mention(4, text="neutral", exposure_count=9000.0, label="neutral"),
        mention(5, text="other week", exposure_count=9000.0, told_date=MONDAY - timedelta(days=1)),
        mention(6, text="many likes", like_count=700, label="good"),
        mention(7, text="other brand", exposure_count=9000.0, brand="rival"),
    )
    told = story(publish(eight_weeks(), rows))
    assert [said.quote for said in told.mentions] == ["“many likes”", "“many views”", "“few likes”"]
    assert told.mentions_title == "What carries furthest"


def test_mentions__without_counts_claim_no_reach(publish: Publish, eight_weeks: Weeks, mention: Mention) -> None:
    told = story(publish(eight_weeks(), (mention(), mention(2, text=None, title=None))))
    assert (told.mentions_title, told.mentions_note[:30]) == ("What was said", "No source said how far these w")
    assert told.mentions[1].quote == "The source does not allow its words to be repeated here."


def test_mentions__wrong_link_names_the_id(publish: Publish, eight_weeks: Weeks, mention: Mention) -> None:
    told = story(publish(eight_weeks(), (mention(7),)), feedback="care@acme.example")
    link = told.mentions[0].wrong_link
    assert link is not None
    assert link.startswith(
        "mailto:care@acme.example?subject=Wrong%20label%3A%2000000000-0000-0000-0000-000000000007%20acme&body="
    )


def test_voice__on_what_all_have_and_not_below_min_n(publish: Publish, eight_weeks: Weeks) -> None:
    published = publish(eight_weeks(), rivals={"rival": "Rival"}, voices={"acme": 34, "rival": 20})
    assert story(published).voice == "Acme 63% and Rival 37%, of 54 mentions on posts, reviews."
    published = publish(eight_weeks(), rivals={"rival": "Rival"}, voices={"acme": 34, "rival": 11})
    assert story(published).voice == ""
