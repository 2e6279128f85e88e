"""What a team asks of the model: which assumption matters, does the sign hold, what if, and rates of its own."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import InputError
from transforms.amplification import Count
from transforms.coverage import FULL, triangular
from transforms.rate_review import compare, notes
from transforms.rates import CHANNELS, Profile, load_profile, parse_profile, profile_names
from transforms.sensitivity import FIGURES, exposure_parts, figures, sign_check, tornado
from transforms.survey import TEMPLATE, calibrate, profile_toml, read_survey, update_from_list
from transforms.what_if import Plan, what_if

BOOK = load_profile("dr2013")
SEEN = {"bad": [Count("review_site", 40, FULL)], "good": [Count("review_site", 60, FULL)]}
shares = st.floats(0, 1)


# ---- tornado and sign check ----


def test_tornado__the_audience_of_posts_moves_reach_most() -> None:
    bars = tornado(SEEN, BOOK, figure="bad_exposures")  # type: ignore[arg-type]
    assert bars[0].name == "audience of one telling: online"
    assert [bar.swing for bar in bars] == sorted((bar.swing for bar in bars), reverse=True)
    assert not any(bar.name.startswith("good told") for bar in bars)


def test_tornado__coverage_moves_levels_and_not_the_ratio() -> None:
    known = {"review_site": (0.35, 0.7)}
    half = {v: [Count("review_site", each[0].y, triangular(0.3, 0.5, 0.8))] for v, each in SEEN.items()}
    names = {f: [bar.name for bar in tornado(half, BOOK, figure=f, known=known)] for f in FIGURES}  # type: ignore[arg-type]
    assert "coverage: review_site" in names["bad_experiences"]
    assert "coverage: review_site" not in names["good_per_bad"]
    assert all(bar.startswith(("bad told", "good told")) for bar in names["good_per_bad"])


def test_tornado__each_bar_stands_on_either_side_of_the_figure() -> None:
    point = figures(SEEN, BOOK)["bad_exposures"]  # type: ignore[arg-type]
    assert point is not None
    for bar in tornado(SEEN, BOOK, figure="bad_exposures"):  # type: ignore[arg-type]
        assert min(bar.low, bar.high) < point < max(bar.low, bar.high)


def test_tornado__a_figure_that_can_not_be_told_is_refused() -> None:
    nothing = {"bad": [Count("online", 0, FULL)], "good": [Count("online", 3, FULL)]}
    with pytest.raises(InputError, match="good_per_bad can't be told"):
        tornado(nothing, BOOK, figure="good_per_bad")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="figure is 'reach'"):
        tornado(SEEN, BOOK, figure="reach")  # type: ignore[arg-type]


def test_sign_check__a_headline_that_turns_round_is_told() -> None:
    many_good = {"bad": [Count("review_site", 1, FULL)], "good": [Count("review_site", 900, FULL)]}
    flips = {headline.says: headline.flips for headline in sign_check(SEEN, BOOK)}  # type: ignore[arg-type]
    assert flips["More experiences were good than bad"]
    assert not {h.says: h.flips for h in sign_check(many_good, BOOK)}["More experiences were good than bad"]  # type: ignore[arg-type]


def test_exposure_parts__add_up_to_all_of_it() -> None:
    parts = exposure_parts(BOOK, "bad")
    assert sum(part for _, part, _ in parts) == pytest.approx(1)
    assert {channel for channel, _, _ in parts} == set(CHANNELS)


# ---- what if ----


def test_what_if__doing_nothing_changes_nothing() -> None:
    found = what_if(SEEN, BOOK, Plan())  # type: ignore[arg-type]
    assert found.recovered_cases == found.people == (0, 0, 0)
    assert found.visible_positive_share_after == found.visible_positive_share_before == 0.6
    assert found.balance_after == pytest.approx(found.balance_before)
    assert found.recoverable_share == pytest.approx(0.35)


@given(shares, shares, shares)
def test_what_if__sooner_and_more_never_lowers_the_swing(recover: float, other: float, faster: float) -> None:
    less, more = sorted((recover, other))
    slow = what_if(SEEN, BOOK, Plan(recover=less, hours_to_answer=48))  # type: ignore[arg-type]
    quick = what_if(SEEN, BOOK, Plan(recover=more, hours_to_answer=48, faster_hours=48 * faster))  # type: ignore[arg-type]
    assert quick.people.point >= slow.people.point - 1e-9
    assert quick.people.low <= quick.people.point <= quick.people.high


def test_what_if__invited_complaints_let_more_be_recovered() -> None:
    without, invited = (what_if(SEEN, BOOK, Plan(recover=0.5, invite_complaints=x)) for x in (0.0, 0.2))  # type: ignore[arg-type]
    assert invited.recoverable_share > without.recoverable_share
    assert invited.recovered_cases.point > without.recovered_cases.point


def test_what_if__invited_honest_reviews_show_what_people_think() -> None:
    found = what_if(SEEN, BOOK, Plan(invite_reviews=1.0))  # type: ignore[arg-type]
    assert found.visible_positive_share_before == 0.6
    assert found.visible_positive_share_after == pytest.approx(figures(SEEN, BOOK)["adjusted_positive_share"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "plan", [Plan(recover=1.2), Plan(invite_reviews=-0.1), Plan(theta=2), Plan(telling_half_life_hours=0)]
)
def test_what_if__an_impossible_plan_is_refused(plan: Plan) -> None:
    with pytest.raises(InputError):
        what_if(SEEN, BOOK, plan)  # type: ignore[arg-type]


# ---- rates of one's own ----


def survey(bad_reviews: int, people: int) -> Profile:
    rows = "".join(f"bad,,,,,{int(i < bad_reviews)}\n" for i in range(people))
    answers = read_survey(TEMPLATE.splitlines()[0] + "\n" + rows)
    return calibrate(BOOK, answers, name="ours", on=date(2026, 1, 5))


def test_calibrate__answers_move_the_rate_and_narrow_it() -> None:
    before, after = BOOK.rates["bad"]["review_site"], survey(100, 1000).rates["bad"]["review_site"]
    assert (after.alpha, after.beta) == (before.alpha + 100, before.beta + 900)
    assert 0.1 < after.share_rate < before.share_rate
    assert after.relative_variance < before.relative_variance


def test_calibrate__an_unanswered_question_keeps_its_discounted_evidence() -> None:
    kept = parse_profile(profile_toml(survey(100, 1000)), where="ours.toml").rates["good"]["online"]
    before = BOOK.rates["good"]["online"]
    assert kept.share_rate == pytest.approx(before.share_rate, abs=0.003)
    assert kept.relative_variance == pytest.approx(before.relative_variance, rel=0.05)


def test_calibrate__the_profile_can_be_written_and_read_again() -> None:
    profile = calibrate(BOOK, read_survey(TEMPLATE), name='our "own"\nrates', on=date(2026, 1, 5))
    again = parse_profile(profile_toml(profile), where="ours.toml")
    assert again.name == 'our "own" rates'
    assert again.exposures_per_experience == pytest.approx(profile.exposures_per_experience)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "columns are none"),
        ("experience,friends\nbad,1\n", "columns are experience, friends"),
        (TEMPLATE + "ugly,1,1,1,1,1\n", "line 4: experience is 'ugly'"),
        (TEMPLATE + "bad,some,1,1,1,1\n", "line 4: friends is 'some'"),
        (TEMPLATE + "bad,-1,1,1,1,1\n", "line 4: friends is '-1'"),
        (TEMPLATE + "bad,nan,1,1,1,1\n", "line 4: friends is 'nan'"),
        (TEMPLATE + "bad,1,5,1,1,1,1\n", "line 4 has more cells"),
        (TEMPLATE + "bad,1e308,1,1,1,1\n", "line 4: friends is '1e308'"),
        (TEMPLATE + "bad\n", None),
        ("\ufeff" + TEMPLATE.replace(",", ";"), None),  # as a spreadsheet may write it
    ],
)
def test_survey__what_is_wrong_is_named(text: str, says: str | None) -> None:
    if says is None:
        assert len(read_survey(text)["bad"]["friends"]) == 1
        return
    with pytest.raises(InputError, match=says):
        read_survey(text)


def test_calibrate__an_empty_survey_is_refused() -> None:
    with pytest.raises(InputError, match="no answer"):
        calibrate(BOOK, read_survey(TEMPLATE.splitlines()[0] + "\n"), name="ours", on=date(2026, 1, 5))


def test_list__overlap_gives_a_rate_without_a_survey() -> None:
    rate = BOOK.rates["bad"]["review_site"]
    found = update_from_list(rate, customers=10_000, seen=500, coverage=0.5)
    assert found.share_rate == pytest.approx(0.1, abs=0.005)
    with pytest.raises(InputError, match="raise the coverage"):
        update_from_list(rate, customers=10, seen=6, coverage=0.5)


def test_compare__shows_the_break_even_of_every_profile() -> None:
    rows = {row.figure: row.values for row in compare([load_profile(name) for name in profile_names()])}
    assert min(rows["break-even, good per bad"]) < 1 < max(rows["break-even, good per bad"])
    assert all(len(values) == len(profile_names()) for values in rows.values())


def test_notes__assumed_numbers_and_thin_evidence_are_named() -> None:
    assert any(note.startswith("audience.friends is assumed") for note in notes(BOOK))
    text = (profile_toml(BOOK)).replace("transfer_discount = 0.1\n", "transfer_discount = 0.02\n")
    assert any("rests on 11 answers" in note for note in notes(parse_profile(text, where="ours.toml")))
