"""The rate book: what is in it, and what a broken profile is told."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from records.errors import ConfigError
from transforms.rates import CHANNELS, VALENCES, ProfileRow, load_profile, parse_profile, profile_names, profile_rows

DEFAULT = Path(__file__).parents[3] / "transforms" / "share_rates" / "dr2013.toml"
TEXT = DEFAULT.read_text(encoding="utf-8")


def test_rate_book__holds_the_default_and_the_check_of_the_sign() -> None:
    assert {"dr2013", "satisfied_post_more"} <= set(profile_names())
    assert not any(name.startswith("_") for name in profile_names())


@pytest.mark.parametrize("name", profile_names())
def test_profile__is_complete_and_says_where_each_number_is_from(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    for valence in VALENCES:
        assert tuple(profile.rates[valence]) == CHANNELS
        for rate in profile.rates[valence].values():
            assert rate.source
            assert rate.audience_source
            assert rate.wording


def test_default__beta_of_the_published_rate_at_a_tenth_of_its_answers() -> None:
    rate = load_profile("dr2013").rates["bad"]["review_site"]
    assert (rate.alpha, rate.beta) == pytest.approx((20.275, 37.225))
    assert rate.inverse_mean == pytest.approx(2.931258, abs=1e-6)


def test_other_sign__satisfied_people_tell_more_on_every_channel() -> None:
    profile = load_profile("satisfied_post_more")
    assert all(profile.rates["good"][name].share_rate > profile.rates["bad"][name].share_rate for name in CHANNELS)


def test_rows__ten_with_the_columns_of_the_table() -> None:
    rows = profile_rows("dr2013", is_current=False)
    database = duckdb.connect()
    database.execute((Path(__file__).parents[3] / "warehouse" / "raw.sql").read_text(encoding="utf-8"))
    columns = [row[0] for row in database.execute("describe raw.rate_profile").fetchall()]
    assert list(ProfileRow._fields) == columns
    assert len(rows) == 10
    assert not any(row.is_current for row in rows)


def test_profile__a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(TEXT.replace('name = "dr2013"', 'name = "ours"'), encoding="utf-8")
    assert load_profile(str(path)).name == "ours"


def test_profile__a_missing_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_profile("nowhere.toml")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("rate = 0.35", "rate = 1.35", r"\[bad.review_site\] rate is 1.35, must be above 0 and at most 1"),
        ("rate = 0.35", "rate = 0.0", r"rate is 0.0"),
        ("rate = 0.35", "rate = nan", r"rate is nan"),
        ("rate = 0.35", "rate = -0.1", r"rate is -0.1"),
        ("rate = 0.35", 'rate = "a third"', r"\[bad.review_site\] rate is 'a third', must be a number"),
        ("rate = 0.35", "rate = true", r"rate is True, must be a number"),
        ("rate = 0.35\n", "", r"\[bad.review_site\] lacks rate"),
        ("rate = 0.35", "rate = 0.35\nrates = 0.2", r"unknown key 'rates'"),
        ("rate = 0.35", "rate = 0.02", r"rests on too little.*must be above 1.5"),
        ("[bad.review_site]", "[bad.review_page]", r"\[bad\] lacks review_site"),
        ("[good.friends]", "[better.friends]", r"unknown key 'better'"),
        ("n = 565", "n = 0", r"n is 0, must be from 1 to"),
        ("mean = 78.0", "mean = -78.0", r"\[audience.online\] mean is -78.0"),
        ("shape = 4.0", "shape = 0", r"\[audience.friends\] shape is 0"),
        ("transfer_discount = 0.1", "transfer_discount = 0", r"transfer_discount is 0"),
        ('mark = "V"', 'mark = "X"', r"mark is 'X', must be one of V"),
        ("rate = 0.95", "rate = 0.5", r"\[anyone.bad\] rate is 0.5, below a channel's rate 0.81"),
        ("date = 2013-04-01", 'date = "April"', r"date is 'April', must be a date"),
        ("date = 2013-04-01", "date = 2013-04-01T08:00:00Z", r"must be a date"),
        ('name = "dr2013"', 'name = " "', r"name is ' ', must be a text"),
        ("caveats = [", "caveats = [5,", r"caveats hold 5, must be texts"),
        ("n = 565", "n = 99999999999", r"n is 99999999999, must be from 1 to"),
        ("mean = 78.0", "mean = 1e300", r"mean is 1e\+300, must be from 0 to"),
        ("[anyone.bad]", "[anyone.bad", r"is not TOML"),
        ("[audience.company]\nmean = 0.0", "[audience.company]\nmean = inf", r"mean is inf"),
    ],
)
def test_profile__what_is_wrong_is_named(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError, match=says):
        parse_profile(TEXT.replace(old, new), where="ours.toml")
