from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.quotes import LONGEST_QUOTE, LONGEST_WORD, direction, one_line, quote, safe_link


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://forum.example/t/1?x=1&y=2#c3", "https://forum.example/t/1?x=1&y=2#c3"),
        ("http://forum.example", "http://forum.example"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,<script>alert(1)</script>", None),
        ("https://bank.example@evil.example/", None),
        ("https://", None),
        ("//forum.example/1", None),
        ("/etc/passwd", None),
        ("https://forum.example/\r\nSet-Cookie: a=b", None),
        ('https://forum.example/" onmouseover="alert(1)', None),
        ("https://forum.example/\u202etxt.exe", None),
        ("https://[broken", None),
        ("https://forum.example:port/", None),
        ("https://forum.example/" + "a" * 3000, None),
        ("", None),
        (None, None),
    ],
)
def test_safe_link__http_only(url: str | None, expected: str | None) -> None:
    assert safe_link(url) == expected


@given(st.text(max_size=600), st.text(max_size=600))
def test_quote__is_short_visible_and_on_one_line(title: str, text: str) -> None:
    said = quote(title, text)
    assert len(said) <= LONGEST_QUOTE + 1
    assert all(len(word) <= LONGEST_WORD + 1 for word in said.split())
    assert not any(unicodedata.category(letter) in ("Cc", "Co", "Cs") for letter in said)
    assert not set(said) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff\u2028\u2029")


def test_quote__of_a_megabyte_is_quick_and_short() -> None:
    assert len(quote(None, "x" * 1_000_000)) <= LONGEST_WORD
    assert len(quote(None, "wait " * 200_000)) <= LONGEST_QUOTE


def test_quote__title_and_text() -> None:
    assert quote("Never again", "The kettle leaks.") == "Never again. The kettle leaks."
    assert quote("The kettle", "The kettle leaks.") == "The kettle leaks."
    assert quote("Why?", "It leaks.") == "Why? It leaks."
    assert quote(None, None) == ""


def test_quote__keeps_joined_emoji_and_loses_overrides() -> None:
    assert quote(None, "👩\u200d💻 says \u202eolleh\u202c") == "👩\u200d💻 says olleh"


def test_quote__piles_of_marks_stay_on_their_line() -> None:
    assert quote(None, "a" + "\u0301" * 400 + "b") == "a\u0301\u0301b"


def test_one_line__cannot_start_a_header() -> None:
    assert one_line("Acme\r\nBcc: all@example.org\x00\u2028x") == "Acme Bcc: all@example.org x"


@pytest.mark.parametrize(
    ("text", "expected"), [("“خدمة سيئة”", "rtl"), ("שלום", "rtl"), ("123 good", "ltr"), ("", "ltr")]
)
def test_direction__by_the_first_letter(text: str, expected: str) -> None:
    assert direction(text) == expected
