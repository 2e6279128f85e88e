"""Build: one digest is one folder, `digests/<period>/<brand>/`; the same inputs give the same bytes.

mail.html  mail.txt  mail.eml  page.html  digest.json (what it was made from)
<chart>-light.png  <chart>-dark.png for each chart of the mail: days, drivers and, in the first digest, the iceberg
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote as url_quote

from digests import across, archive, assets, brevity, figures, mail, render, sent, sentences
from digests.across import ACROSS
from digests.catalogue import catalogue
from digests.facts import DigestFigures
from digests.notes import figures_to_keep
from digests.options import DigestOptions
from digests.periods import Period, PeriodKind
from digests.sentences import Story
from records.home import Home

__all__ = ["build_all", "build_digest", "digest_folder", "rebuild", "story_of"]

_NUMBER = re.compile(r"\d+\.\d+(?:e[+-]?\d+)?")
_CODE_SUFFIXES = (".py", ".sql", ".toml", ".j2")


def build_all(
    home: Home,
    period: str | None = None,
    *,
    brands: Sequence[str] | None = None,
    kind: PeriodKind = "week",
    options: DigestOptions | None = None,
    is_across: bool = False,
) -> list[Path]:
    """Build the digests of all configured brands and the archive page; return their folders.

    Args:
        home: where `published/` is read and `digests/` written.
        period: a name such as "2026-W46"; None takes each brand's last complete period with data.
        brands: keys of brands; None takes all configured ones.
        kind: which kind of period, when none is named.
        options: what the settings say.
        is_across: whether one more is built with a row per brand, the last folder; needs two brands in one period.

    Raises:
        InputError: nothing is published, or the period's name can't be understood.
    """
    options = options or DigestOptions()
    chosen = Period.parse(period) if period else None
    told: list[DigestFigures] = []
    folders: list[Path] = []
    for brand in figures.brands(home.current) if brands is None else brands:
        facts = _read(home, brand, chosen or figures.choose_period(home.current, brand, kind), options)
        folders.append(_build(home, facts, options))
        told.append(facts)
    if is_across:
        newest = max((facts.period for facts in told), default=None)
        together = [facts for facts in told if facts.period == newest]
        if len(together) > 1:
            folders.append(_build_across(home, together, options))
    assets.write_shared(home.digests)
    archive.write(home.digests, options.language)
    return folders


def rebuild(home: Home, options: DigestOptions | None = None) -> list[Path]:
    """Build every digest there is anew where its figures or quotes have changed; for after an erasure.

    A digest of a brand that is no longer published is removed: nothing may quote what was erased.

    Returns:
        The folders of the digests that are left.

    Raises:
        InputError: nothing is published.
    """
    options = options or DigestOptions()
    published = figures.brands(home.current)  # a home with nothing published must not lose its digests
    kept: list[Path] = []
    for folder in sorted(path for path in home.digests.glob("*/*") if path.is_dir() and path.parent.name != "assets"):
        period = Period.parse(folder.parent.name)
        if folder.name == ACROSS:
            together = [one for one in published if digest_folder(home, one, period).is_dir()]
            if len(together) > 1:
                kept.append(_build_across(home, [_read(home, one, period, options) for one in together], options))
            else:
                shutil.rmtree(folder)
        elif figures.is_published(home.current, folder.name):
            kept.append(build_digest(home, folder.name, period, options))
        else:
            shutil.rmtree(folder)
    archive.write(home.digests, options.language)
    return kept


def build_digest(home: Home, brand: str, period: Period, options: DigestOptions | None = None) -> Path:
    """Build one digest, unless the one that is there was made from the very same figures, settings and code.

    Raises:
        InputError: nothing is published, or no such brand is.
    """
    options = options or DigestOptions()
    return _build(home, _read(home, brand, period, options), options)


def story_of(home: Home, brand: str, period: Period, options: DigestOptions | None = None) -> Story:
    """Return the words of a digest, for places that take words instead of files (`digests.post`).

    Raises:
        InputError: nothing is published, or no such brand is.
    """
    options = options or DigestOptions()
    facts = _read(home, brand, period, options)
    return sentences.tell(facts, options, sent.figures_as_sent(home, brand, period.previous.name))


def digest_folder(home: Home, brand: str, period: Period) -> Path:
    """Return the folder of one digest."""
    return home.digests / period.name / brand


def unsubscribe_address(options: DigestOptions, brand: str) -> str | None:
    """Return the mailto address that takes a reader off the list, or None when the settings give no address."""
    if not options.feedback:
        return None
    return f"mailto:{url_quote(options.feedback, safe='@')}?subject={url_quote(f'unsubscribe {brand}')}"


def _read(home: Home, brand: str, period: Period, options: DigestOptions) -> DigestFigures:
    return figures.read(
        home.current, brand, period, mention_limit=options.mention_limit, alert_words=options.alerts.words
    )


def _build(home: Home, facts: DigestFigures, options: DigestOptions) -> Path:
    brand, period = facts.brand.key, facts.period
    folder = digest_folder(home, brand, period)
    as_sent = sent.figures_as_sent(home, brand, period.previous.name)
    made_from = _hash(_NUMBER.sub(_rounded, repr(facts)), repr(as_sent), repr(options), _code())
    if _is_current(folder, made_from):
        return folder
    story = sentences.tell(facts, options, as_sent)
    stamp = {
        "brand": brand,
        "brand_name": story.brand,
        "period": period.name,
        "subject": story.subject,
        "headline": story.headline,
        "figures": figures_to_keep(facts),
        "made_from": made_from,
    }
    return _keep(folder, _draw(story, facts, options), stamp)


def _build_across(home: Home, brands: Sequence[DigestFigures], options: DigestOptions) -> Path:
    period = brands[0].period
    folder = home.digests / period.name / ACROSS
    made_from = _hash(_NUMBER.sub(_rounded, repr(brands)), repr(options), _code())
    if _is_current(folder, made_from):
        return folder
    story = across.tell_across(brands, options)
    unsubscribe = unsubscribe_address(options, "all")
    html, text = across.html(story, unsubscribe), across.text(story, unsubscribe)
    message = mail.compose(
        subject=story.subject,
        sender=options.sender,
        text=text,
        html=html,
        pictures=(),
        dated=max(one.as_of for one in brands),
        identity=f"{period.name}/{ACROSS}",
        list_name="across",
        unsubscribe=unsubscribe,
        unsubscribe_url=options.unsubscribe_url,
    )
    made = {
        "mail.html": html.encode(),
        "mail.txt": text.encode(),
        "mail.eml": message.as_bytes(),
        "page.html": across.web(story).encode(),
    }
    stamp = {
        "brand": ACROSS,
        "brand_name": catalogue(options.language).say("across.title"),
        "period": period.name,
        "subject": story.subject,
        "headline": story.headline,
        "figures": {},
        "made_from": made_from,
    }
    return _keep(folder, made, stamp)


def _keep(folder: Path, made: Mapping[str, bytes], stamp: Mapping[str, object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    # From here on the folder is not whole until its stamp is back.
    (folder / archive.STAMP).unlink(missing_ok=True)
    for stale in folder.glob("*.png"):
        stale.unlink()
    for name, content in made.items():
        _write(folder / name, content)
    _write(folder / archive.STAMP, json.dumps(stamp, ensure_ascii=False, indent=1, sort_keys=True).encode())
    return folder


def _draw(story: Story, facts: DigestFigures, options: DigestOptions) -> dict[str, bytes]:
    """Return a digest's files by name."""
    # Altair takes a second to import, and a run that changes no digest does not need it.
    from digests import charts, page

    words, brand, period = catalogue(options.language), facts.brand.key, facts.period
    drawn = page.drawn(facts, words)
    mailed = {name: chart for name, chart in drawn.items() if name != "iceberg" or facts.is_first}
    pictures = {
        f"{name}-{scheme}.png": charts.picture(specification)
        for name, chart in mailed.items()
        for scheme, specification in (("light", chart.light), ("dark", chart.dark))
    }
    heights = {name: chart.height for name, chart in mailed.items()}
    channels = page.channel_rows(facts, words) if facts.is_first else []
    unsubscribe = unsubscribe_address(options, brand)
    brief = brevity.shortened(story)
    text = render.text(brief, unsubscribe)
    message = mail.compose(
        subject=story.subject,
        sender=options.sender,
        text=text,
        html=render.html(brief, _images(heights, _content_id), unsubscribe, channels=channels),
        pictures=tuple(mail.Picture(name, png) for name, png in pictures.items()),
        dated=facts.as_of,
        identity=f"{period.name}/{brand}",
        list_name=brand,
        unsubscribe=unsubscribe,
        unsubscribe_url=options.unsubscribe_url,
    )
    return {
        **pictures,
        "mail.html": render.html(brief, _images(heights, str), unsubscribe, channels=channels).encode(),
        "mail.txt": text.encode(),
        "mail.eml": message.as_bytes(),
        "page.html": page.write(story, facts, words, drawn).encode(),
    }


def _images(heights: Mapping[str, int], address: Callable[[str], str]) -> dict[str, render.ChartImages]:
    return {
        name: render.ChartImages(address(f"{name}-light.png"), address(f"{name}-dark.png"), height)
        for name, height in heights.items()
    }


def _content_id(name: str) -> str:
    return f"cid:{mail.image_id(name)}"


def _is_current(folder: Path, made_from: str) -> bool:
    stamp = folder / archive.STAMP
    return stamp.is_file() and json.loads(stamp.read_text("utf-8")).get("made_from") == made_from


def _rounded(number: re.Match[str]) -> str:
    # Sums over many rows differ in their last digits from build to build; nobody reads those.
    return f"{float(number.group()):.9g}"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _code() -> str:
    """Return a hash of this room's own files: a digest made by other words or another template is made anew."""
    parts: list[str] = []
    pending = [files("digests")]
    while pending:
        for entry in sorted(pending.pop().iterdir(), key=lambda entry: entry.name):
            if entry.is_dir() and entry.name != "__pycache__":
                pending.append(entry)
            elif entry.name.endswith(_CODE_SUFFIXES):
                parts += (entry.name, entry.read_text("utf-8"))
    return _hash(*parts)


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
