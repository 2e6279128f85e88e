r"""Words in a CSV cell that a spreadsheet program must not take for a formula: an apostrophe goes before the sign.

One pattern for Python's `re` and for DuckDB's `regexp_replace`. A cell may begin at the start of the words, and after a
line's end, a tab or a semicolon in them: a program set to another country takes a file of commas apart there, quotes or
not. ";-)" is no formula, nor is a sign alone.

>>> harmless("=1+1"), harmless("Nice;=cmd|' /C calc'!A0"), harmless("well ;-) 3 - 2 = 1")
("'=1+1", "Nice;'=cmd|' /C calc'!A0", 'well ;-) 3 - 2 = 1')
"""

from __future__ import annotations

import re

__all__ = ["FORMULA", "HARMLESS", "harmless"]

_UNSEEN = "\\x00-\\x20\\x7f-\\xa0\u200b-\u200f\u2028-\u202f\u2060\u3000\ufeff"  # dropped by some before they look
FORMULA = rf"""((?:^|[\r\n\t;])["'{_UNSEEN}]*)([=@|＝＋－＠]|[+\-][^)\r\n\t;])"""
HARMLESS = r"\1'\2"


def harmless(words: str) -> str:
    """Return the words with an apostrophe before each sign that would begin a formula."""
    return re.sub(FORMULA, HARMLESS, words)
