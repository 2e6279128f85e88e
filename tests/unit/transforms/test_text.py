from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import vader
from transforms.text import clean, join_title

UNITED = ("United", "United Airlines", "@united")


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("@united where is my bag", UNITED, "where is my bag"),
        ("United's crew, UNITED AIRLINES and #united", UNITED, "crew, and"),
        ("reunited with unitedness", UNITED, "reunited with unitedness"),
        ("I &lt;3 you &amp;amp; me", (), "I <3 you & me"),
        ("see https://example.org/a?b=c and www.example.org now", (), "see and now"),
        ("write to ann@example.org", (), "write to ann@example.org"),
        ("@ann@social.example hello", (), "hello"),
        ("US  Airways\nagain", ("US Airways",), "again"),
        ("C++ and C", ("C++",), "and C"),
        ("it’s “fine”", (), 'it\'s "fine"'),
        ("", UNITED, ""),
        ("AT&T dropped me", ("AT&T",), "dropped me"),
    ],
)
def test_clean__takes_out_what_is_no_opinion(text: str, names: tuple[str, ...], expected: str) -> None:
    assert expected == clean(text, names)


def test_clean__the_brands_name_scores_nothing() -> None:
    assert vader.polarity_scores("@united").compound > 0
    assert vader.polarity_scores(clean("@united United UNITED", UNITED)).compound == 0


@given(st.text(alphabet=st.characters(codec=None)))
def test_clean__never_fails(text: str) -> None:
    clean(text, UNITED)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [(None, "a", "a"), ("t", "a", "t\na"), ("t", None, "t"), ("The", "The end", "The end"), (None, None, "")],
)
def test_join_title__title_once(title: str | None, text: str | None, expected: str) -> None:
    assert expected == join_title(title, text)
