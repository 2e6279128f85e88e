"""Plain text from markup: HTML, BBCode."""

from __future__ import annotations

import re

__all__ = ["bbcode_to_text", "html_to_text"]

_BLOCKS = "p, div, br, li, tr, pre, blockquote, h1, h2, h3, h4, h5, h6"
_BLANK_LINES = re.compile(r"\s*\n\s*")
_SPACES = re.compile(r"[^\S\n]+")
_BBCODE_URL = re.compile(r"\[url=[^\]]*\]", re.IGNORECASE)
_BBCODE_TAG = re.compile(
    r"\[/?(?:b|i|u|s|h[1-6]|hr|url|list|olist|\*|quote|code|spoiler|noparse|strike|table|tr|td|th|img|previewyoutube)"
    r"(?:[= ][^\]]*)?\]",
    re.IGNORECASE,
)
_BBCODE_LINES = re.compile(r"\[(?:\*|/h[1-6]|hr|/tr|/list|/olist|/quote)\]", re.IGNORECASE)


def html_to_text(html: str) -> str:
    r"""Return what a reader sees of a piece of HTML: paragraphs as lines, entities as characters, nothing hidden.

    >>> html_to_text("Not <i>bad</i> &amp; fast.<p>But dear.")
    'Not bad & fast.\nBut dear.'
    """
    if "<" not in html and "&" not in html:
        return html.strip()
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    body = tree.body
    if body is None:
        return ""
    for hidden in body.css("script, style, template, noscript"):
        hidden.decompose()
    for block in body.css(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    return _tidy(body.text())


def bbcode_to_text(code: str) -> str:
    r"""Return what a reader sees of BBCode as Steam writes it.

    >>> bbcode_to_text("[h1]Good[/h1][b]Very[/b] good [url=https://example.org]here[/url]")
    'Good\nVery good here'
    """
    if "[" not in code:
        return code.strip()
    return _tidy(_BBCODE_TAG.sub("", _BBCODE_LINES.sub("\n", _BBCODE_URL.sub("", code))))


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()
