"""A brand's words as search expressions; the words in the answer decide again, so a loose search adds no noise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import blake2b

from records.brand import Brand

__all__ = ["boolean", "named", "phrase", "slice_of", "words"]


def words(brand: Brand) -> list[str]:
    """Return the words and phrases of which one makes a mention of a brand, each once whatever its letter case."""
    return _once((*named(brand), *brand.handles))


def named(brand: Brand) -> list[str]:
    """Return the same without handles, for sources where handles mean nothing."""
    name = (brand.name,) if brand.match_name else ()
    return _once((*name, *brand.aliases, *brand.any_words))


def boolean(
    brand: Brand,
    *,
    any_of: Iterable[str],
    quoted: Callable[[str], str],
    and_: str,
    not_: str,
    longest: int,
) -> list[str]:
    """Return a brand's search as boolean expressions: (a OR b) and c and not d.

    Args:
        brand: whose `all_words` and `none_words` are added.
        any_of: what to search for.
        quoted: writes one word or phrase in the source's syntax.
        and_: put between parts (" AND ", or a space).
        not_: put before each excluded word ("NOT ", "-").
        longest: most characters the source takes; more words become several expressions. Excluded words that would
            not fit are left to the matching of what comes back.
    """
    required = "".join(f"{and_}{quoted(word)}" for word in brand.all_words)
    excluded = ""
    for word in brand.none_words:
        part = f"{and_}{not_}{quoted(word)}"
        if len(required) + len(excluded) + len(part) <= longest // 2:
            excluded += part
    room = longest - len(required) - len(excluded) - len("()")
    groups: list[list[str]] = []
    for word in map(quoted, any_of):
        if groups and len(" OR ".join((*groups[-1], word))) <= room:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [f"{_grouped(group)}{required}{excluded}" for group in groups]


def slice_of(brand: Brand, expression: str) -> str:
    """Return the slice of a search: it changes with the expression, so that new words are searched from the start."""
    return f"{brand.key}.{blake2b(expression.encode(), digest_size=4).hexdigest()}"


def phrase(word: str) -> str:
    """Return a word as it is, and several in double quotes.

    >>> phrase("united"), phrase("united  airlines")
    ('united', '"united airlines"')
    """
    plain = " ".join(word.replace('"', " ").split())
    return plain if re.fullmatch(r"@?\w+", plain) else f'"{plain}"'


def _grouped(group: list[str]) -> str:
    return group[0] if len(group) == 1 else f"({' OR '.join(group)})"


def _once(found: Iterable[str]) -> list[str]:
    kept: dict[str, str] = {}
    for word in found:
        if word.strip():
            kept.setdefault(" ".join(word.lower().split()), word)
    return list(kept.values())
