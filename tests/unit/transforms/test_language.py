from __future__ import annotations

import pytest

from transforms.features import read_together
from transforms.language import detect, detect_all, is_english
from transforms.words import split_words


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("the worst airline and you know it", None, "en"),
        ("the worst airline and you know it", "de-AT", "de"),
        ("Kein Anschluss unter dieser Nummer, sehr schlecht", None, "de"),
        ("Kein Anschluss unter dieser Nummer, sehr schlecht", "und", "de"),
        ("Сервис ужасный, никто не отвечает", None, "ru"),
        ("荷物が届かないのに誰も電話に出ない", None, "ja"),
        ("ok 👍", None, None),
        ("", None, None),
        ("lost luggage", "", None),
        ("great", "en_US", "en"),
    ],
)
def test_detect__declared_then_words_then_identifier(text: str, declared: str | None, expected: str | None) -> None:
    assert expected == detect(text, split_words(text), declared)


def test_is_english__unknown_is_scored() -> None:
    assert [is_english(code) for code in ("en", None, "de", "und")] == [True, True, False, False]


def test_detect__lone_surrogates_and_huge_texts() -> None:
    assert detect("\ud800" * 50, []) in (None, "und")
    detect("é" * 5_000_000, [])


def test_detect_all__the_same_as_one_by_one() -> None:
    texts = [
        *("the the the", "the worst and late", "thanks", "you " + "x " * 11, "you " + "x " * 12),
        *("x " * 200 + "the and", "x " * 199 + "the and", "x " * 198 + "the and"),
        *("ok", "", "Kein Anschluss unter dieser Nummer, sehr schlecht"),
    ]
    declared = [None, "de", "und", *([None] * 4), "", None, None, None]
    readings = read_together(texts, [()] * len(texts))
    expected = [detect(one.text, one.words, code) for one, code in zip(readings, declared, strict=True)]
    assert expected == detect_all(readings, declared)
