"""Other people's words made safe to show: nothing executes, hides, turns the line round or breaks the layout.

Jinja's autoescape does the HTML; this module does what escaping can't: invisible and direction-changing characters,
endless words, links that are not links, header injection.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

__all__ = ["direction", "one_line", "quote", "safe_link"]

LONGEST_QUOTE = 200  # characters
LONGEST_WORD = 32  # characters; longer ones are cut, since mail programs differ in where they break them
MARKS_PER_LETTER = 2  # combining marks kept on one letter; more of them climb over the lines around

# Cf holds zero-width and direction characters (overrides, isolates, tags); joiners that scripts and emoji need stay.
_DROPPED_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn"}
_JOINERS = {"\u200c", "\u200d"}
_LINK_LENGTH = 2000
_HANDLE = "[handle]"  # what redaction leaves of a name; at the start it only says to whom a post is addressed
_ADDRESSED = re.compile(r"^(?:[\s.,:;!-]*\[handle\](?!')[\s.,:;!-]*)+")


def one_line(text: str | None, longest: int = 200) -> str:
    r"""Return a text on one line without invisible characters, cut to a length; for names, subjects and notes.

    >>> one_line("Acme\r\nBcc: all@example.org")
    'Acme Bcc: all@example.org'
    """
    # A text of megabytes is cut before it is looked at letter by letter.
    words = _visible((text or "")[: longest * 20]).split()
    return _cut(" ".join(words), longest)


def quote(title: str | None, text: str | None, longest: int = LONGEST_QUOTE) -> str:
    """Return a short quote of a mention: its title and the beginning of its text, endless words cut.

    Handles that were redacted are left out at the start, and shortened elsewhere.

    Returns:
        At most `longest` characters and an ellipsis; "" when there are no words.

    >>> quote(None, "[handle] [handle] why did you cancel? Ask [handle]!")
    'why did you cancel? Ask @…!'
    """
    head, body = (_unaddressed(one_line(part, longest)) for part in (title, text))
    joined = body if not head or body.startswith(head.rstrip("…")) else f"{head}{_stop(head)} {body}".strip()
    words = (word if len(word) <= LONGEST_WORD else f"{word[: LONGEST_WORD - 1]}…" for word in joined.split())
    return _cut(" ".join(words), longest)


def direction(text: str) -> str:
    """Return "rtl" if the first letter with a direction is of a right-to-left script, else "ltr"."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def safe_link(url: str | None) -> str | None:
    """Return an http(s) address that names a host and no user, else None."""
    if not url or len(url) > _LINK_LENGTH or re.search(r"[\x00-\x20\x7f-\x9f\u2028\u2029\"'<>\\^`{|}]", url):
        return None
    if any(unicodedata.category(letter) in _DROPPED_CATEGORIES for letter in url):
        return None
    try:
        parts = urlsplit(url)
        is_link = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
        _ = parts.port
    except ValueError:
        return None
    return url if is_link else None


def _visible(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        if category in _DROPPED_CATEGORIES and letter not in _JOINERS:
            if category == "Cc":
                shown.append(" ")
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MARKS_PER_LETTER:
            shown.append(letter)
    return "".join(shown)


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    space = kept.rfind(" ")
    # A cut inside the first words is better than a quote of nothing.
    return (kept[:space] if space > longest // 2 else kept).rstrip(" ,;:-–") + "…"


def _unaddressed(words: str) -> str:
    return (_ADDRESSED.sub("", words) or words).replace(_HANDLE, "@…")


def _stop(head: str) -> str:
    return "" if head[-1] in ".!?…:" else "."
