"""Which brands words are about: `records.brand.Brand.match` for every brand, quick where most texts name none.

The answer is that of `Brand.match`, always. Before asking it, a brand whose words cannot be in a text is passed over:
if both are plain ASCII, a text that does not hold the longest part of any of the brand's words cannot match.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from records.brand import Brand
from records.mention import BrandMatch

__all__ = ["Matcher"]


class Matcher:
    """Finds the brands that texts are about.

    Args:
        brands: those monitored, in the order in which matches are given.
    """

    def __init__(self, brands: Iterable[Brand]) -> None:
        self._brands = [(brand, _needles(brand)) for brand in brands]

    def match(self, title: str | None, text: str, known: Collection[str] = ()) -> tuple[BrandMatch, ...]:
        """Return the matches in title and text, in the order of the brands.

        Args:
            title: None if there is none.
            text: the words.
            known: keys of brands that need no looking for.
        """
        whole = f"{title}\n{text}" if title else text
        lowered = whole.lower() if whole.isascii() else None
        found = []
        for brand, needles in self._brands:
            if lowered is not None and needles is not None:
                for needle in needles:
                    if needle in lowered:
                        break
                else:
                    continue
            if brand.key not in known:
                match = brand.match(title, text)
                if match is not None:
                    found.append(match)
        return tuple(found)


def _needles(brand: Brand) -> tuple[str, ...] | None:
    """Return lower-case parts of which one must be in every matching ASCII text; None if no such parts are known."""
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
    return tuple(needles)
