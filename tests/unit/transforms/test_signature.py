from __future__ import annotations

import pytest

from transforms import signature

TEXT = "They lost my bag & nobody answers the phone"


def text_hash(title: str | None, text: str | None) -> str | None:
    return signature.text_hash(signature.signature_words(title, text))


@pytest.mark.parametrize(
    "copy",
    [
        "they LOST my bag &amp; nobody answers the phone!!!",
        "RT @ann: They lost my bag & nobody answers the phone http://t.co/abc",
        "@united They lost my bag... nobody answers the phone",
        "  They lost\nmy bag,nobody answers the phone 😡",
    ],
)
def test_text_hash__copies_share_it(copy: str) -> None:
    assert text_hash(None, TEXT) == text_hash(None, copy)


def test_text_hash__other_words_differ() -> None:
    assert text_hash(None, TEXT) != text_hash(None, TEXT + " again")


@pytest.mark.parametrize("text", [None, "", "thanks!", "thank you so much", "@ann @bob @eve @dan http://t.co/abcdefgh"])
def test_text_hash__none_for_what_is_too_short_to_be_a_copy(text: str | None) -> None:
    assert text_hash(None, text) is None


def test_text_hash__a_title_alone_counts_and_other_titles_do_not() -> None:
    assert text_hash("Why does nobody answer the phone", "") is not None
    assert text_hash("Some title", TEXT) == text_hash("Another", TEXT)


def test_text_hash__scripts_without_spaces() -> None:
    assert text_hash(None, "荷物が届かないのに誰も電話に出てくれませんでした") is not None
