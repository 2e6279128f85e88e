"""Notes: what a reader must know about where the figures come from and what they leave out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from digests.catalogue import Catalogue
from digests.facts import DigestFigures, PeriodFigures
from digests.quotes import one_line

__all__ = ["as_of_day", "data_notes", "figures_to_keep", "has_balance"]

NAMED_METRICS = ("bad_count", "good_count", "good_per_bad")  # named when they move after they were sent
MOVED_SHARE = 0.05  # of a figure as sent, from which its change is named
FINAL_AFTER_DAYS = 14  # late mentions still move a period until then (`is_final`)


def data_notes(words: Catalogue, figures: DigestFigures, min_n: int, as_sent: Mapping[str, float]) -> tuple[str, ...]:
    """Return the notes at the digest's end, one sentence or two each."""
    now = figures.now
    notes = _source_notes(words, figures)
    if now is None:
        return tuple(notes)
    if not now.is_complete:
        notes.append(words.say("notes.incomplete", day=as_of_day(words, figures)))
    elif not now.is_final:
        final = figures.period.end + timedelta(days=FINAL_AFTER_DAYS)
        notes.append(words.say("notes.not_final", day=words.day(final)))
    for key, count in (
        ("neutral", now.neutral_count),
        ("duplicates", now.duplicate_count),
    ):
        if count:
            notes.append(words.say(f"notes.{key}", n=count))
    if now.unscored_count and figures.unscored_languages:
        named = [
            f"{one_line(name, 20) if name else words.say('word.unknown_language')} {words.count(n)}"
            for name, n in figures.unscored_languages[:4]
        ]
        notes.append(words.say("notes.unscored", n=now.unscored_count, languages=", ".join(named)))
    if not now.is_coverage_known:
        notes.append(words.say("notes.coverage_unknown"))
    if now.sign_flips and now.experience_count >= min_n:
        notes.append(words.say("notes.sign"))
    if now.is_disagreeing:
        notes.append(words.say("notes.disagreeing"))
    notes += _moved(words, figures, min_n, as_sent)
    notes += _rate_notes(words, figures)
    notes.append(words.say("notes.ranges", n=words.count(min_n)))
    return tuple(notes)


def figures_to_keep(figures: DigestFigures) -> dict[str, float]:
    """Return the figures that a digest says, by the names of their columns, to be kept as they were sent.

    A driver's stand behind its key ("on_hold.bad_count"); what is not defined is left out.
    """
    now, responses = figures.now, figures.responses
    if now is None:
        return {}
    counts = ("bad_count", "good_count", "neutral_count", "unscored_count", "duplicate_count", "recovered_count")
    kept: dict[str, float | None] = {name: getattr(now, name) for name in counts}
    kept |= {"break_even_ratio": now.break_even_ratio}
    kept |= {"answered_count": responses.answered_count, "open_count": responses.open_count}
    ranged = {
        "good_per_bad": now.good_per_bad,
        "estimated_bad_count": now.estimated_bad,
        "bad_change_ratio": now.bad_change,
        "good_change_ratio": now.good_change,
    }
    for driver in figures.act.drivers:
        for valence, side in (("bad", driver.bad), ("good", driver.good)):
            kept[f"{driver.key}.{valence}_count"] = side.count
            ranged[f"{driver.key}.{valence}_exposure_count"] = side.exposures
    for name, one in ranged.items():
        kept |= {name: one.point, f"{name}_low": one.low, f"{name}_high": one.high}
    return {name: float(value) for name, value in kept.items() if value is not None}


def as_of_day(words: Catalogue, figures: DigestFigures) -> str:
    """Return the day up to which everything was counted, in the brand's time zone."""
    return words.day(figures.as_of.astimezone(ZoneInfo(figures.brand.time_zone)).date(), with_year=True)


def has_balance(now: PeriodFigures | None, min_n: int) -> bool:
    """Return whether enough was told for a figure of good experiences for each bad one."""
    return now is not None and now.experience_count >= min_n and now.good_per_bad.is_known


def _moved(words: Catalogue, figures: DigestFigures, min_n: int, as_sent: Mapping[str, float]) -> list[str]:
    """Name the figures of the period before that differ by more than 5 % from what its digest said."""
    if figures.before is None:
        return []
    now = {
        "bad_count": figures.before.bad_count,
        "good_count": figures.before.good_count,
        "good_per_bad": figures.before.good_per_bad.point if has_balance(figures.before, min_n) else None,
    }
    moves = []
    for metric in NAMED_METRICS:
        then, value = as_sent.get(metric), now[metric]
        if then is None or value is None or abs(value - then) <= MOVED_SHARE * then:
            continue
        told = [words.rounded(one) if metric == "good_per_bad" else words.count(round(one)) for one in (then, value)]
        if told[0] != told[1]:
            moves.append(words.say(f"notes.moved_{metric}", sent=told[0], now=told[1]))
    before = words.period(figures.period.previous)
    return [words.say("notes.moved", period=before, moves=words.listing(moves))] if moves else []


def _source_notes(words: Catalogue, figures: DigestFigures) -> list[str]:
    notes: list[str] = []
    for source in figures.sources:
        name, error = one_line(source.source_name, 40), one_line(source.error_message, 140)
        if source.status == "failed":
            notes.append(
                words.say("notes.source_failed" if error else "notes.source_failed_plain", source=name, error=error)
            )
        elif source.status == "partial":
            notes.append(words.say("notes.source_partial", source=name))
    if figures.sources and not notes:
        notes.append(words.say("notes.sources_ok", n=len(figures.sources)))
    if rejected := sum(source.rejected_count for source in figures.sources):
        notes.append(words.say("notes.rejected", n=rejected))
    if future := sum(source.future_count for source in figures.sources):
        notes.append(words.say("notes.future", n=future))
    return notes


def _rate_notes(words: Catalogue, figures: DigestFigures) -> list[str]:
    site = {rate.valence: rate for rate in figures.rates if rate.channel == "review_site"}
    if set(site) != {"bad", "good"}:
        return []
    bad, good = site["bad"], site["good"]
    return [
        words.say(
            "notes.rates",
            source=one_line(bad.source, 110),
            profile=bad.profile,
            bad=words.percent(bad.share_rate),
            good=words.percent(good.share_rate),
        )
    ]
