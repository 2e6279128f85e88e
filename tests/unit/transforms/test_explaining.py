from __future__ import annotations

import math
import tomllib
from dataclasses import replace

import pytest

from transforms.evaluation import classify_texts
from transforms.experience import DEFAULT_WEIGHTS, default_weights
from transforms.explaining import explain_text
from transforms.features import FORM_FEATURES

TEXT = "On hold for 2 hours and then they hung up on me"


@pytest.mark.parametrize("text", [TEXT, "thank you, great help!", "is the shop open?", "", "😀" * 30])
def test_explain_text__the_parts_are_what_decided(text: str) -> None:
    found = explain_text(text)
    bad, good = (math.exp(odds) for odds in found.log_odds)
    whole = bad + 1 + good
    assert found.chances == pytest.approx({"bad": bad / whole, "neutral": 1 / whole, "good": good / whole})
    (scored,) = classify_texts([text]).to_pylist()
    assert found.label == scored["label"]
    if scored["label"]:
        assert found.chances["bad"] == pytest.approx(scored["p_bad"])
    # what is too small to show is small altogether
    assert sum(part.bad for part in found.parts) == pytest.approx(found.log_odds[0], abs=0.05)


def test_explain_text__names_words_and_rules() -> None:
    whats = {part.feature: part.what for part in explain_text(TEXT).parts}
    assert whats["group:on_hold"] == "on hold: “on hold for”"
    assert whats["bias"] == "where every text starts"
    assert all(what and "{" not in what for what in whats.values())


def test_explain_text__every_feature_of_the_form_has_a_name_for_people() -> None:
    names = tomllib.loads((DEFAULT_WEIGHTS.parent / "names.toml").read_text(encoding="utf-8"))
    assert set(FORM_FEATURES) - set(names) == set()


def test_explain_text__says_whose_weights() -> None:
    own = replace(default_weights(), model_version="experience-0+own-7")
    assert explain_text(TEXT, weights=own).model_version.endswith("+own-7")


def test_explain_text__the_brands_name_is_not_looked_at() -> None:
    assert explain_text("Happy Awful Airlines is a company", ("Happy Awful Airlines",)).label == "neutral"
