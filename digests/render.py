"""Render: a story in its forms; HTML always autoescaped, text plain."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from digests.catalogue import catalogue
from digests.look import DARK, LIGHT, STYLES, WIDTH
from digests.sentences import Story

__all__ = ["ChartImages", "alert", "fill_template", "html", "index", "text", "web"]

TEXT_WIDTH = 76  # columns


@dataclass(frozen=True, slots=True)
class ChartImages:
    """Where the mail finds a chart, drawn for light and for dark: a file name or "cid:..."; CSS pixels."""

    light: str
    dark: str
    height: int
    width: int = WIDTH


def html(
    story: Story, images: Mapping[str, ChartImages], unsubscribe: str | None = None, *, channels: Sequence[object] = ()
) -> str:
    """Return the mail as HTML.

    Args:
        story: what it says.
        images: its charts by name: days, drivers, iceberg; those that are missing are left out.
        unsubscribe: a mailto or https address, or None.
        channels: rows of the table of what is seen and told, for the first digest.
    """
    return _render("mail.html.j2", story, images=images, unsubscribe=unsubscribe, channels=channels)


def text(story: Story, unsubscribe: str | None = None) -> str:
    """Return the mail as plain text, at most 76 columns except for links."""
    width = max(len(tile.label) for tile in story.tiles)
    return _render("mail.txt.j2", story, width=width, unsubscribe=unsubscribe).strip() + "\n"


def web(story: Story, **parts: Any) -> str:
    """Return the page; see `digests.page` for its parts."""
    return _render("page.html.j2", story, **parts)


def index(language: str, groups: Sequence[object]) -> str:
    """Return the archive page; groups of (period, days, entries) as `digests.archive` makes them."""
    return fill_template("index.html.j2", language, groups=groups)


def alert(language: str, **parts: Any) -> str:
    """Return an alert's mail as HTML; see `digests.notify` for its parts."""
    return fill_template("alert.html.j2", language, **parts)


def fill_template(template: str, language: str, **parts: Any) -> str:
    """Return a template filled with the catalogue's words, the styles and its own parts."""
    look: Mapping[str, Any] = {"s": STYLES, "light": asdict(LIGHT), "dark": asdict(DARK)}
    words = catalogue(language)
    return _environment().get_template(template).render(words=words, language=language, **look, **parts)


def _render(template: str, story: Story, **parts: Any) -> str:
    return fill_template(template, story.language, story=story, **parts)


def _fill(paragraph: str, first: str = "", rest: str | None = None) -> str:
    return textwrap.fill(
        paragraph,
        TEXT_WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _bold(sentence: str, part: str) -> Markup:
    """Set one part of a sentence in bold; both are escaped."""
    found = re.search(rf"(?<!\w){re.escape(part)}(?!\w)", sentence) if part else None
    if found is None:
        return escape(sentence)
    return Markup("{}<b>{}</b>{}").format(sentence[: found.start()], part, sentence[found.end() :])


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=select_autoescape(
            enabled_extensions=("html.j2",), disabled_extensions=("txt.j2", "css.j2"), default=True
        ),
        loader=FunctionLoader(lambda name: (files("digests") / "templates" / name).read_text("utf-8")),
        undefined=StrictUndefined,
        keep_trailing_newline=False,
    )
    environment.filters["fill"] = _fill
    environment.filters["bold"] = _bold
    return environment
