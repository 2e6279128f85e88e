from __future__ import annotations

import re
from pathlib import Path

import pytest

import digests
from digests.catalogue import catalogue, languages, two_digits
from digests.periods import Period
from records.errors import ConfigError

EN = catalogue("en")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1234.5, "1,200"),
        (207, "210"),
        (99.6, "100"),
        (35, "35"),
        (9.96, "10"),
        (3.04, "3.0"),
        (1.468, "1.5"),
        (0.127, "0.13"),
    ],
)
def test_rounded__two_significant_digits(number: float, expected: str) -> None:
    assert EN.rounded(number) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.1287, "13%"), (0.736, "74%"), (1.734, "170%"), (0.012, "1%"), (0.004, "0.4%"), (0.0001, "0.1%")],
)
def test_percent__whole_and_never_zero(share: float, expected: str) -> None:
    assert EN.percent(share) == expected


def test_two_digits__of_zero() -> None:
    assert two_digits(0) == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2026-W46", "9–15 November 2026"),
        ("2026-W44", "26 October – 1 November 2026"),
        ("2020-W53", "28 December 2020 – 3 January 2021"),
        ("2026-11", "November 2026"),
        ("2026-11-16", "Monday, 16 November 2026"),
        ("2026", "2026"),
    ],
)
def test_days__of_a_period(name: str, expected: str) -> None:
    assert EN.days(Period.parse(name)) == expected


def test_say__plural() -> None:
    assert EN.say("notes.duplicates", n=1) == "1 repeat counted once."
    assert EN.say("notes.duplicates", n=1200) == "1,200 repeats counted once."


def test_catalogue__unknown_language_names_the_known() -> None:
    with pytest.raises(ConfigError, match=r"digest\.language is 'tlh'; choose one of .*en"):
        catalogue("tlh")


@pytest.mark.parametrize("language", languages())
def test_catalogue__same_keys_and_placeholders_in_every_language(language: str) -> None:
    other = catalogue(language).entries
    assert set(other) == set(EN.entries)
    slots = {key: set(re.findall(r"{(\w+)}", text)) for key, text in EN.entries.items()}
    assert {key: set(re.findall(r"{(\w+)}", text)) for key, text in other.items()} == slots


def test_catalogue__every_entry_is_used() -> None:
    """An entry is used when its key, or a key with a part filled in, stands in the code or a template."""
    folder = Path(digests.__file__).parent
    code = "".join(path.read_text("utf-8") for path in [*folder.rglob("*.py"), *folder.glob("templates/*")])
    keys = re.findall(r"""["']([a-z_]+(?:\.(?:\w+|{[^}]*}))+)["']""", code)
    asked = {re.sub(r"{[^}]*}", "@", key) for key in keys}
    patterns = [
        re.compile(re.escape(key).replace("@", "[a-z_0-9.]+") + r"(\.one|\.other)?")
        for key in asked
        if key[:1].isalpha()
    ]
    unused = {key for key in EN.entries if not any(pattern.fullmatch(key) for pattern in patterns)}
    assert unused == set()
