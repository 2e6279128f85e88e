"""Cleaning: what is left of a text once everything that is not the customer's own words is taken out.

HTML entities are turned into characters; links, handles and the names of the brand in question are removed, because
none of them is an opinion: "@united" scores +1.8 in VADER, whose lexicon has "united". Nothing here changes the text
that is stored or shown (see `transforms.redact`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["HANDLE", "LINK", "clean", "join_title", "take_out_links", "take_out_names", "unescape"]

LINK = re.compile(r"(?:\bhttps?://|\bwww\.|\bpic\.twitter\.com/|\bt\.co/)\S*", re.IGNORECASE)
# the second part is a Mastodon instance; an "@" inside a word is an e-mail address
HANDLE = re.compile(r"@(?<![\w@]@)\w+(?:@[\w-]+(?:\.[\w-]+)*)?")

_ENTITY = re.compile(r"&(?:#\d|#[xX][\da-fA-F]|[A-Za-z])")
_CURLY = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"'})


def clean(text: str, names: Sequence[str] = ()) -> str:
    """Return the words that are to be scored; may be empty.

    Args:
        text: any text; lone surrogates and control characters are kept as they are.
        names: everything the brand in question is called; taken out as whole words in any letter case, with a
            possessive "'s" and a leading "#".

    >>> clean("@united I &lt;3 United's crew! http://t.co/x", ("United",))
    'I <3 crew!'
    """
    text = unescape(text)
    if "@" in text:
        text = HANDLE.sub(" ", text)
    text = take_out_links(text)
    if not text.isascii():
        text = text.translate(_CURLY)
    return " ".join(take_out_names(text, names).split())


def join_title(title: str | None, text: str | None) -> str:
    """Return title and text as one text; the title once if the text begins with it."""
    title, text = title or "", text or ""
    if not title or text.startswith(title):
        return text
    return f"{title}\n{text}" if text else title


def take_out_links(text: str) -> str:
    """Return the text with a space in the place of each link."""
    # cheaper than the pattern, and nearly all texts stop here
    if "/" in text:
        lowered = text.lower()
        may_link = "//" in text or "co/" in lowered or "com/" in lowered or "ww." in lowered
    else:
        may_link = "ww." in text or "WW." in text
    return LINK.sub(" ", text) if may_link else text


def unescape(text: str) -> str:
    """Return the text with HTML entities as characters; twice, because posts are often escaped twice."""
    for _ in range(2):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


def take_out_names(text: str, names: Sequence[str]) -> str:
    """Return the text with a space in the place of each name."""
    if not names:
        return text
    lowered = text.lower()
    words, pattern = _names(tuple(names))
    for word in words:  # far cheaper than the pattern, and most texts stop here
        if word in lowered:
            return pattern.sub(" ", text)
    return text


@lru_cache(maxsize=4096)
def _names(names: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    spelled = sorted({" ".join(name.lower().lstrip("@#").split()) for name in names} - {""}, key=lambda n: (-len(n), n))
    parts = [r"\s+".join(map(re.escape, name.split())) for name in spelled]
    pattern = re.compile(rf"(?<!\w)[@#]?(?:{'|'.join(parts)})(?:['’]s)?(?!\w)", re.IGNORECASE)
    return tuple({max(name.split(), key=len) for name in spelled}), pattern
