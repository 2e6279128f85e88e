"""Which brands words are about: `records.brand.Brand.match` for every brand, quick where most texts name none.

The answer is that of `Brand.match`, always. Before asking it, a brand whose words cannot be in a text is passed over: a
text that does not hold the longest part of any of the brand's words, letter case aside, cannot match.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache, partial
from itertools import accumulate

from records.brand import Brand
from records.mention import BrandMatch

__all__ = ["Matcher"]

_ODD = re.compile("[\u017f\u0130\u0131\u212a]")
"""The characters outside ASCII that patterns take for ASCII letters when letter case does not matter: long s, dotted
capital i, dotless i, Kelvin sign (Python's `re`, IGNORECASE). Every other text can be searched in lower case."""


class Matcher:
    """Finds the brands that texts are about.

    Args:
        brands: those monitored, in the order in which matches are given.
    """

    def __init__(self, brands: Iterable[Brand]) -> None:
        self._brands = [(brand, _needles(brand)) for brand in brands]

    def match(
        self, titles: Sequence[str | None], texts: Sequence[str], known: Sequence[tuple[BrandMatch, ...]]
    ) -> list[tuple[BrandMatch, ...]]:
        """Return for each row what is known and then the matches in its words, in the order of the brands.

        Args:
            titles: None where there is none.
            texts: the words.
            known: brands that each row is about already; they are not looked for again.
        """
        found = list(known)
        wholes = [f"{title}\n{text}" if title else text for title, text in zip(titles, texts, strict=True)]
        odd = [row for row, whole in enumerate(wholes) if not whole.isascii() and _ODD.search(whole)]
        for row in odd:
            wholes[row] = ""
        # One run of bytes of all the others, several times as quick to search as a string in which one character is
        # wide. Needles are ASCII without white space, so none is found inside a character or across two rows.
        encoded = [whole.encode("utf-8", "surrogatepass") for whole in wholes]
        joined = b"\n".join(encoded).lower()
        starts = list(accumulate(map(len, encoded), lambda start, length: start + length + 1, initial=0))
        rows_with = cache(partial(_rows_with, joined=joined, starts=starts))  # many brands share a word
        for brand, needles in self._brands:
            for row in range(len(wholes)) if needles is None else (*set().union(*map(rows_with, needles)), *odd):
                for match in known[row]:
                    if match.brand == brand.key:
                        break
                else:
                    by_words = brand.match(titles[row], texts[row])
                    if by_words is not None:
                        found[row] = (*found[row], by_words)
        return found


def _rows_with(needle: bytes, joined: bytes, starts: Sequence[int]) -> set[int]:
    """Return the rows whose part of a joined text holds the needle."""
    rows: set[int] = set()
    at = joined.find(needle)
    while at >= 0:
        row = bisect_right(starts, at) - 1
        rows.add(row)
        at = joined.find(needle, starts[row + 1])
    return rows


def _needles(brand: Brand) -> tuple[bytes, ...] | None:
    """Return lower-case parts of which one must be in every matching text; None if no such parts are known."""
    named = (brand.name,) if brand.match_name else ()
    words = [word for word in (*named, *brand.aliases, *brand.handles, *brand.any_words) if word.strip()]
    if not all(word.isascii() for word in words):
        return None
    needles: list[str] = []
    for word in sorted(words, key=len):
        parts = word.lower().split()
        # White space between parts may vary in a text, so a needle lies within one part.
        if not any(needle in part for part in parts for needle in needles):
            needles.append(max(parts, key=len))
    return tuple(needle.encode() for needle in needles)
