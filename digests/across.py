"""Across brands: one page for those who answer for several, a row per brand, the worst (or the best) first.

The order is by good experiences for each bad one, as each brand's own digest gives them; brands of which too little
was told for that stand last. The first six are told in full, the others in a line each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digests import render
from digests.catalogue import Catalogue, catalogue
from digests.changes import findings, verdict
from digests.facts import DigestFigures
from digests.notes import as_of_day, has_balance
from digests.options import DigestOptions
from digests.sentences import Story as BrandStory
from digests.sentences import kicker, tell

__all__ = ["ACROSS", "Across", "Row", "html", "tell_across", "text", "web"]

ACROSS = "_across"  # in place of a brand's key, which never begins like that
FULL_ROWS = 6
MOST_ROWS = 40  # of a mail; the page has them all
NAMED = 3  # brands in a subject


@dataclass(frozen=True, slots=True)
class Row:
    """One brand: its key and its own digest's words."""

    key: str
    story: BrandStory


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """Everything the message says, in one language; "" where there is nothing to say."""

    language: str
    kicker: str
    subject: str
    headline: str
    lede: str
    rows: tuple[Row, ...]
    sample: str
    footer: str


def tell_across(brands: Sequence[DigestFigures], options: DigestOptions) -> Across:
    """Return the words for several brands.

    Args:
        brands: figures of one and the same period, at least one.
        options: how; among it, which end comes first.
    """
    order = options.across_order
    words, first = catalogue(options.language), brands[0]
    ranked = sorted(brands, key=lambda one: (*_rank(one, options.min_n, order), one.brand.name))
    rows = tuple(Row(one.brand.key, tell(one, options)) for one in ranked)
    is_sample = any(one.is_sample for one in brands)
    moved = {
        form: [row.story.brand for row, one in zip(rows, ranked, strict=True) if _form(one, options.min_n) == form]
        for form in ("worse", "better", "louder", "quieter")
    }
    short = [
        words.say(f"across.{form}", brands=words.listing(_few(words, names))) for form, names in moved.items() if names
    ]
    forms = {_form(one, options.min_n) for one in brands}
    # Only where something could be compared can a week be called ordinary.
    calm = "ordinary" if "ordinary" in forms else forms.pop() if len(forms) == 1 else "alone"
    opening = words.say(f"kind.{first.period.kind}.{calm}")
    finding = "; ".join(short) or opening
    subject = words.say("across.subject", n=len(rows), period=words.period(first.period), finding=finding)
    still = len(rows) - sum(map(len, moved.values()))
    told = [*short, *([words.say("across.still", n=still)] if still and short else [])]
    headline = ". ".join(part[:1].upper() + part[1:] for part in told)
    return Across(
        language=words.language,
        kicker=kicker(words, first),
        subject=f"{words.say('sample.subject')} {subject}" if is_sample else subject,
        headline=f"{headline}." if headline else words.say(f"across.{calm}", opening=opening),
        lede=words.say(f"across.order_{order}"),
        rows=rows,
        sample=words.say("sample.banner") if is_sample else "",
        footer=words.say("footer.made", as_of=as_of_day(words, first)),
    )


def html(across: Across, unsubscribe: str | None = None) -> str:
    """Return the mail as HTML."""
    return _render("across.html.j2", across, unsubscribe)


def text(across: Across, unsubscribe: str | None = None) -> str:
    """Return the mail as plain text, at most 76 columns except for links."""
    return _render("across.txt.j2", across, unsubscribe).strip() + "\n"


def web(across: Across) -> str:
    """Return the page, which links to each brand's."""
    return _render("across_page.html.j2", across, None)


def _render(template: str, across: Across, unsubscribe: str | None) -> str:
    parts: dict[str, Any] = {"across": across, "unsubscribe": unsubscribe, "full": FULL_ROWS, "most": MOST_ROWS}
    return render.fill_template(template, across.language, **parts)


def _rank(one: DigestFigures, min_n: int, order: str) -> tuple[bool, float]:
    if one.now is None or not has_balance(one.now, min_n):
        return True, 0.0
    balance = one.now.good_per_bad.point or 0.0
    return False, -balance if order == "best" else balance if math.isfinite(balance) else math.inf


def _form(one: DigestFigures, min_n: int) -> str:
    return verdict(one, findings(one, min_n), min_n)


def _few(words: Catalogue, names: Sequence[str]) -> list[str]:
    if len(names) <= NAMED:
        return list(names)
    return [*names[: NAMED - 1], words.say("across.more", n=len(names) - NAMED + 1)]
