"""Signatures: what the words alone say of a text, so that SQL can find copies of it.

Two texts have the same `text_hash` when they differ in nothing but letter case, punctuation, HTML entities, links,
handles and a leading "RT". Texts too short to be called a copy ("thanks!" of two people) have none.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from transforms.text import HANDLE, LINK, join_title, unescape

__all__ = ["BANDS", "MIN_CHARACTERS", "MIN_WORDS", "minhash_bands", "normalize", "text_hash"]

MIN_WORDS = 4
MIN_CHARACTERS = 20

BANDS = 16
_ROWS_PER_BAND = 4  # two texts that share 70 % of their shingles share a band with a chance of 0.99, 30 %: 0.12
_SHINGLE = 3  # words
_MIN_NEAR_WORDS = 8  # shorter texts are alike by chance
_MOST_WORDS = 2000  # of a text that are looked at
_SEED = 7

_RETWEET = re.compile(r"^\W*RT\b(?=\s*@)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


def normalize(text: str) -> str:
    """Return the words of a text in lower case with single spaces: what two copies have in common.

    >>> normalize("RT @ann: Don&#39;t fly, EVER! http://t.co/x")
    'don t fly ever'
    """
    text = unescape(text)
    if "@" in text:
        text = HANDLE.sub(" ", _RETWEET.sub(" ", text))
    if "." in text or ":" in text:
        text = LINK.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(_WORD.findall(text.casefold()))


def text_hash(title: str | None, text: str | None) -> str | None:
    """Return 32 hex digits that copies share; None for fewer than 4 words or 20 characters.

    The text counts alone, since copies carry other titles; the title joins it where the text is too short. Scripts
    without spaces need the 20 characters only.
    """
    for words in (normalize(text or ""), normalize(join_title(title, text))):
        if len(words) >= MIN_CHARACTERS and (words.count(" ") >= MIN_WORDS - 1 or not words.isascii()):
            return hashlib.blake2b(words.encode(errors="replace"), digest_size=16).hexdigest()
    return None


def minhash_bands(normal: str) -> list[int]:
    """Return 16 numbers of which near copies share at least one; empty for fewer than 8 words.

    Args:
        normal: as `normalize` returns it.
    """
    words = normal.split(" ", _MOST_WORDS)[:_MOST_WORDS]
    if len(words) < _MIN_NEAR_WORDS:
        return []
    from rensa import RMinHash  # not at the top: loading this module shall cost little

    hashed = RMinHash(num_perm=BANDS * _ROWS_PER_BAND, seed=_SEED)
    hashed.update([" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)])
    values = hashed.digest()
    return [_fold(values[i : i + _ROWS_PER_BAND]) for i in range(0, len(values), _ROWS_PER_BAND)]


def _fold(values: list[int]) -> int:
    folded = 0
    for value in values:
        folded = (folded * 1_099_511_628_211 + value) & 0x7FFF_FFFF_FFFF_FFFF
    return folded
