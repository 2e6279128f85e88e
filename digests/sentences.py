"""Words: what a digest says, from its figures.

The rules that keep it honest: estimates begin with their assumption, give the range and keep two significant digits;
exposures are never called people; what is a finding stands in `digests.changes`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote as url_quote

from digests.alerts.wording import AlertStory, alert_stories
from digests.catalogue import Catalogue, catalogue, two_digits
from digests.changes import change_words, findings, headline
from digests.days import grain
from digests.drivers import DriverStory, charted, driver_stories, title_of
from digests.facts import DigestFigures, PeriodFigures
from digests.notes import as_of_day, data_notes, has_balance
from digests.options import DigestOptions
from digests.quotes import one_line, safe_link
from digests.replies import Action, action, responses, voice
from digests.team import coaching, outcomes, praise, queue, rising, team
from digests.told import MentionStory, Tone, mention_story

__all__ = ["Story", "Tile", "kicker", "tell"]

ALT_LINES = 6  # of a chart, said in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One of the three figures: its number, what it is, and how it compares."""

    name: str
    tone: Tone
    label: str
    value: str
    note: str
    detail: str
    is_finding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything a digest says, in one language, ready for any form; "" where there is nothing to say."""

    language: str
    brand: str
    period: str
    kicker: str
    subject: str
    preheader: str
    headline: str
    lede: str
    careful: str
    action: Action | None
    tiles: tuple[Tile, ...]
    estimate: str
    estimate_range: str
    chart_title: str
    chart_key: str
    chart_alt: str
    drivers_key: str
    drivers_alt: str
    bad_drivers: tuple[DriverStory, ...]
    good_drivers: tuple[DriverStory, ...]
    rising: str
    mentions_title: str
    mentions_note: str
    mentions: tuple[MentionStory, ...]
    responses: str
    queue: tuple[MentionStory, ...]
    team: tuple[str, ...]
    praise: MentionStory | None
    coaching: MentionStory | None
    outcomes: tuple[str, ...]
    alerts: tuple[AlertStory, ...]
    voice: str
    notes: tuple[str, ...]
    sample: str
    footer: str
    page: str | None


def tell(figures: DigestFigures, options: DigestOptions, as_sent: Mapping[str, float] | None = None) -> Story:
    """Return the words for a digest's figures.

    Args:
        figures: what to tell.
        options: how.
        as_sent: the figures of the period before as they were sent, to name those that have moved since.
    """
    words = catalogue(options.language)
    now = figures.now
    brand = one_line(figures.brand.name, 60)
    moves = findings(figures, options.min_n)
    opening, judgement = headline(words, figures, moves, options.min_n)
    estimate, estimate_range = _estimate(words, now)
    lede = _lede(words, brand, now, options.min_n)
    finding = words.listing([words.say(f"subject.{valence}.{move}") for valence, move in moves]) or opening
    subject = words.say("subject.line", brand=brand, period=words.period(figures.period), finding=finding)
    bad_drivers, good_drivers = driver_stories(words, figures, options)
    has_reach = any(mention.has_reach for mention in figures.mentions)
    preheader = words.say("preheader.silent")
    if now and now.experience_count:
        bad, good = words.count(now.bad_count), words.count(now.good_count)
        preheader = words.say("preheader.text", bad=bad, good=good, lede=lede).strip()
    return Story(
        language=words.language,
        brand=brand,
        period=_capital(words.period(figures.period)),
        kicker=kicker(words, figures),
        subject=f"{words.say('sample.subject')} {subject}" if figures.is_sample else subject,
        preheader=preheader,
        headline=judgement,
        lede=lede,
        careful=_careful(words, figures),
        action=action(words, figures, options.min_n),
        tiles=_tiles(words, figures, options.min_n),
        estimate=estimate,
        estimate_range=estimate_range,
        chart_title=words.say(f"chart.title.{grain(figures.days)}"),
        chart_key=words.say("chart.key", good=words.say("word.good"), bad=words.say("word.bad_mid")),
        chart_alt=_chart_alt(words, figures),
        drivers_key=words.say("drivers.key"),
        drivers_alt=_drivers_alt(words, figures),
        bad_drivers=bad_drivers,
        good_drivers=good_drivers,
        rising=rising(words, figures),
        mentions_title=words.say("mentions.title" if has_reach else "mentions.title_unknown"),
        mentions_note="" if has_reach else words.say("mentions.note_unknown"),
        mentions=tuple(mention_story(words, figures.brand.key, mention, options) for mention in figures.mentions),
        responses=responses(words, figures, options.min_n),
        queue=queue(words, figures, options),
        team=team(words, figures, options.min_n),
        praise=praise(words, figures, options),
        coaching=coaching(words, figures, options),
        outcomes=outcomes(words, figures, options.min_n),
        alerts=alert_stories(words, figures.alerts, fewest=options.alerts.fewest_events),
        voice=voice(words, figures, options.min_n),
        notes=data_notes(words, figures, options.min_n, as_sent or {}),
        sample=words.say("sample.banner") if figures.is_sample else "",
        footer=words.say("footer.made", as_of=as_of_day(words, figures)),
        page=page_link(options, figures),
    )


def page_link(options: DigestOptions, figures: DigestFigures) -> str | None:
    """Return where a digest's page is served, or None where that is not set."""
    if options.pages_url is None:
        return None
    folder = f"{figures.period.name}/{url_quote(figures.brand.key, safe='')}"
    return safe_link(f"{options.pages_url.rstrip('/')}/{folder}/page.html")


def kicker(words: Catalogue, figures: DigestFigures) -> str:
    """Return the period's name and days."""
    name, days = words.period(figures.period), words.days(figures.period)
    return days if name == days else f"{_capital(name)} · {days}"


def _lede(words: Catalogue, brand: str, now: PeriodFigures | None, min_n: int) -> str:
    if now is None or not has_balance(now, min_n) or now.break_even_ratio is None:
        return ""
    low, high = now.good_per_bad.ends
    side = "above" if low > now.break_even_ratio else "below" if high < now.break_even_ratio else "around"
    ends = {"low": words.rounded(low), "high": words.rounded(high)}
    return words.say(f"lede.{side}", brand=brand, break_even=words.rounded(now.break_even_ratio), **ends)


def _careful(words: Catalogue, figures: DigestFigures) -> str:
    short = [one_line(source.source_name, 40) for source in figures.sources if source.status in ("failed", "partial")]
    new = figures.weighty_new_sources
    told = [words.say("lede.careful", sources=words.listing(short))] if short else []
    if new:
        names = words.listing([one_line(source.source, 40) for source in new])
        since = words.day(max(source.first_date for source in new))
        told.append(words.say("lede.new_source", sources=names, day=since))
    return " ".join(told)


def _tiles(words: Catalogue, figures: DigestFigures, min_n: int) -> tuple[Tile, ...]:
    now, before = figures.now, figures.before
    tiles = []
    for valence in ("bad", "good"):
        count = getattr(now, f"{valence}_count") if now else 0
        count_before = getattr(before, f"{valence}_count") if before else None
        before_words = words.say(f"kind.{figures.period.kind}.before")
        tone: Tone = "bad" if valence == "bad" else "good"
        tiles.append(
            Tile(
                name=f"{valence}_count",
                tone=tone,
                label=words.say(f"tile.{valence}"),
                value=words.count(count),
                # Before a source was heard from nothing was counted: unknown, not none.
                note=""
                if count_before is None or figures.weighty_new_sources
                else words.say("tile.before", n=words.count(count_before), before=before_words),
                detail=change_words(words, figures, valence, min_n),
                is_finding=any(found == valence for found, _ in findings(figures, min_n)),
            )
        )
    return (*tiles, _balance_tile(words, now, min_n))


def _balance_tile(words: Catalogue, now: PeriodFigures | None, min_n: int) -> Tile:
    value, detail, break_even = words.say("word.none"), words.say("tile.thin"), ""
    if now and now.break_even_ratio is not None:
        break_even = words.say("tile.break_even", break_even=words.rounded(now.break_even_ratio))
    if now and has_balance(now, min_n):
        low, high = now.good_per_bad.ends
        value = words.rounded(now.good_per_bad.point or 0)
        detail = words.say("tile.range", low=words.rounded(low), high=words.rounded(high))
    label = words.say("tile.balance")
    return Tile(name="good_per_bad", tone="plain", label=label, value=value, note=break_even, detail=detail)


def _estimate(words: Catalogue, now: PeriodFigures | None) -> tuple[str, str]:
    """Return the sentence on the bad experiences behind those seen, and the range in it."""
    if now is None or now.bad_count == 0 or not now.estimated_bad.is_known:
        return "", ""
    low, high = now.estimated_bad.ends
    # Rounding must not bring an end below what was seen; several channels may have seen one experience twice.
    seen = min(now.bad_count, math.floor(low))
    told = [words.whole(end) if two_digits(end) > seen else words.count(seen) for end in (low, high)]
    ends = words.between(*told)
    key = "estimate.bad" if now.is_coverage_known else "estimate.bad_at_least"
    said = words.say(key, profile=now.profile, range=ends, n=words.count(now.bad_count))
    if low < now.bad_count:
        said += " " + words.say("estimate.seen_twice", n=words.count(now.bad_count))
    return said, ends


def _chart_alt(words: Catalogue, figures: DigestFigures) -> str:
    if not figures.days:
        return ""
    now, before = figures.now, figures.before
    span = f"{words.day(figures.days[0].day)} – {words.day(figures.days[-1].day, with_year=True)}"
    told = [
        words.say(
            "chart.alt",
            span=span,
            period=_capital(words.period(figures.period)),
            bad=words.count(now.bad_count if now else 0),
            good=words.count(now.good_count if now else 0),
        )
    ]
    if before and not figures.is_first:
        told.append(
            words.say("chart.alt_before", bad=words.count(before.bad_count), good=words.count(before.good_count))
        )
    return " ".join(told)


def _drivers_alt(words: Catalogue, figures: DigestFigures) -> str:
    """Return the numbers of the drivers' chart, those of the longest bars; "" without a chart."""
    told = [
        words.say(
            f"drivers.alt.{valence}",
            title=title_of(words, one.key, one.title),
            range=words.between(*(words.whole(end) for end in side.exposures.ends)),
        )
        for one in charted(figures)
        for valence, side in (("bad", one.bad), ("good", one.good))
        if side.count
    ]
    return words.say("drivers.alt_text", lines="; ".join(told[:ALT_LINES])) if told else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
