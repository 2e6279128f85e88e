"""Plain text from markup: HTML, BBCode, Markdown."""

from __future__ import annotations

import html as entities
import re

__all__ = ["bbcode_to_text", "html_to_text", "markdown_to_text"]

_BLOCKS = "p, div, br, li, tr, pre, blockquote, h1, h2, h3, h4, h5, h6"
_BLANK_LINES = re.compile(r"\s*\n\s*")
_SPACES = re.compile(r"[^\S\n]+")
_BBCODE_URL = re.compile(r"\[url=[^\]]*\]", re.IGNORECASE)
_BBCODE_TAG = re.compile(
    r"\[/?(?:b|i|u|s|h[1-6]|hr|url|list|olist|\*|quote|code|spoiler|noparse|strike|table|tr|td|th|img|previewyoutube)"
    r"(?:[= ][^\]]*)?\]",
    re.IGNORECASE,
)
_MARKDOWN_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_MARKDOWN_START = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|(?:>[ \t]?)+|[*+-][ \t]+(?=\S)|```.*$|(?:[*_-][ \t]*){3,}$)", re.MULTILINE
)
_MARKDOWN_MARK = re.compile(r"(\*\*\*|\*\*|__|~~|\*|`)(?=\S)(.{1,2000}?)(?<=\S)\1", re.DOTALL)
_MARKDOWN_SPOILER = re.compile(r">!|!<")
_MARKDOWN_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|^-])")
_MARK_DEPTH = 3  # bold inside italics inside strikethrough
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


def markdown_to_text(markdown: str) -> str:
    r"""Return what a reader sees of Markdown as Reddit writes it: links by their words, no marks, no entities.

    >>> markdown_to_text("**Never** again, see [this](https://example.org/a_(b)) &amp; that\n\n* one\n> quoted")
    'Never again, see this & that\none\nquoted'
    """
    text = _MARKDOWN_SPOILER.sub("", entities.unescape(markdown))
    text = _MARKDOWN_START.sub("", _MARKDOWN_LINK.sub(r"\1", text))
    for _ in range(_MARK_DEPTH):
        text, changed = _MARKDOWN_MARK.subn(r"\2", text)
        if not changed:
            break
    return _tidy(_MARKDOWN_ESCAPE.sub(r"\1", text))


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()
