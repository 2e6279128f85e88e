"""Signatures: what the words alone say of a text, so that SQL can find copies of it.

Two texts have the same `text_hash` when they differ in nothing but letter case, punctuation, HTML entities, links,
handles and a leading "RT". Texts too short to be called a copy ("thanks!" of two people) have none.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from transforms.text import HANDLE, join_title, take_out_links, unescape

__all__ = ["BANDS", "MIN_CHARACTERS", "MIN_WORDS", "minhash_bands", "normalize", "signature_words", "text_hash"]

MIN_WORDS = 4
MIN_CHARACTERS = 20

BANDS = 16
_ROWS_PER_BAND = 4  # two texts that share 70 % of their shingles share a band with a chance of 0.99, 30 %: 0.12
_FOLD = np.uint64(1_099_511_628_211)
_MIN_NEAR_WORDS = 8  # shorter texts are alike by chance
_MOST_WORDS = 2000  # of a text that are looked at
_SEED = 7
_LOOKED_AT = 6  # characters at the start, for "RT"

_RETWEET = re.compile(r"^\W*RT\b(?=\s*@)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_PLAIN = bytes(ord(char.lower()) if (char := chr(code)).isalnum() and code < 128 else 32 for code in range(256))


def normalize(text: str) -> str:
    """Return the words of a text in lower case with single spaces: what two copies have in common.

    >>> normalize("RT @ann: Don&#39;t fly, EVER! http://t.co/x")
    'don t fly ever'
    """
    text = unescape(text)
    if "@" in text:
        if "rt" in text[:_LOOKED_AT].lower():
            text = _RETWEET.sub(" ", text)
        text = HANDLE.sub(" ", text)
    text = take_out_links(text)
    if text.isascii():  # the same, at a third of the cost
        return " ".join(text.encode().translate(_PLAIN).decode().split())
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def signature_words(title: str | None, text: str | None) -> str | None:
    """Return the normalized words that stand for a mention; None for fewer than 4 words or 20 characters.

    The text counts alone, since copies carry other titles; the title joins it where the text is too short. Scripts
    without spaces need the 20 characters only.
    """
    words = normalize(text or "")
    if not _is_enough(words):
        words = normalize(join_title(title, text)) if title else ""
    return words if _is_enough(words) else None


def text_hash(words: str | None) -> str | None:
    """Return 32 hex digits that copies share; None for None.

    Args:
        words: as `signature_words` returns them.
    """
    return None if words is None else hashlib.blake2b(words.encode(errors="replace"), digest_size=16).hexdigest()


def minhash_bands(texts: Sequence[str | None]) -> tuple[np.ndarray, np.ndarray]:
    """Return 16 numbers for each text of 8 words or more, of which near copies share at least one.

    Args:
        texts: as `signature_words` returns them.

    Returns:
        The places of the texts that have such numbers, in order, and the numbers: int64 [places, 16].
    """
    from rensa import RMinHash  # not at the top: loading this module shall cost little

    places, shingles = [], []
    for place, text in enumerate(texts):
        words = text.split(" ", _MOST_WORDS)[:_MOST_WORDS] if text else []
        if len(words) >= _MIN_NEAR_WORDS:
            places.append(place)
            shingles.append(list(map(" ".join, zip(words, words[1:], words[2:], strict=False))))
    if not places:
        return np.zeros(0, dtype=np.int64), np.zeros((0, BANDS), dtype=np.int64)
    digests = RMinHash.digest_matrix_from_token_sets(shingles, BANDS * _ROWS_PER_BAND, _SEED).to_rows()
    values = np.array(digests, dtype=np.uint64).reshape(-1, BANDS, _ROWS_PER_BAND)
    folded = np.zeros((len(places), BANDS), dtype=np.uint64)
    for row in range(_ROWS_PER_BAND):
        folded = folded * _FOLD + values[:, :, row]
    return np.array(places), (folded >> np.uint64(1)).astype(np.int64)


def _is_enough(words: str) -> bool:
    return len(words) >= MIN_CHARACTERS and (words.count(" ") >= MIN_WORDS - 1 or not words.isascii())
