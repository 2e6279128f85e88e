"""Changes: when one is a finding, and how it and the judgement are said.

A change is a finding only when its 90 % range excludes 1 and both periods have at least `min_n` experiences; below
that no percentage is said at all.
"""

from __future__ import annotations

from digests.catalogue import Catalogue
from digests.facts import DigestFigures, Estimate

__all__ = ["change_words", "findings", "headline", "moved_words", "verdict"]

TIMES_FROM = 2.0  # from this ratio on, "times as many" reads easier than a percentage


def findings(figures: DigestFigures, min_n: int) -> list[tuple[str, str]]:
    """Return (valence, more | fewer | times) for each change that is a finding, bad first."""
    now, before = figures.now, figures.before
    # What a new source brings was told before, too; only nobody listened.
    if now is None or before is None or figures.weighty_new_sources:
        return []
    tried = (
        ("bad", now.is_bad_change_finding, now.bad_change, min(now.bad_count, before.bad_count)),
        ("good", now.is_good_change_finding, now.good_change, min(now.good_count, before.good_count)),
    )
    return [
        (valence, _direction(change))
        for valence, is_finding, change, fewest in tried
        if is_finding and fewest >= min_n and change.is_known and not _spans_one(change)
    ]


def headline(words: Catalogue, figures: DigestFigures, moves: list[tuple[str, str]], min_n: int) -> tuple[str, str]:
    """Return how the judgement opens ("A worse week") and the whole sentence; moves as `findings` gave them."""
    now = figures.now
    kind = f"kind.{figures.period.kind}"
    form = verdict(figures, moves, min_n)
    opening = words.say(f"{kind}.{form}")
    if form == "silent" and figures.first_day and figures.first_day > figures.period.end:
        return opening, words.say("headline.unheard", opening=opening, day=words.day(figures.first_day, with_year=True))
    if now is None or not moves:
        counts = {"bad": words.count(now.bad_count), "good": words.count(now.good_count)} if now else {}
        return opening, words.say(f"headline.{form}", opening=opening, **counts)
    changes = {"bad": now.bad_change, "good": now.good_change}
    clauses = [
        words.say(
            f"clause.{valence if place == 0 else 'good_too'}.{move}",
            before=words.say(f"{kind}.before"),
            **_change_ends(words, changes[valence], move),
        )
        for place, (valence, move) in enumerate(moves)
    ]
    if len(clauses) == 1:
        return opening, words.say("headline.one", opening=opening, first=clauses[0])
    return opening, words.say("headline.two", opening=opening, first=clauses[0], second=clauses[1])


def verdict(figures: DigestFigures, moves: list[tuple[str, str]], min_n: int) -> str:
    """Return how a period was: worse, better, louder, quieter, ordinary, alone, thin, silent or first."""
    now, before = figures.now, figures.before
    if now is None or now.experience_count == 0:
        return "silent"
    if moves:
        rose = {valence: move != "fewer" for valence, move in moves}
        if len(rose) == 2 and rose["bad"] == rose["good"]:
            return "louder" if rose["bad"] else "quieter"
        return "worse" if rose.get("bad", not rose.get("good", False)) else "better"
    if figures.is_first:
        return "first"
    counts = [(getattr(now, name), getattr(before, name, 0)) for name in ("bad_count", "good_count")]
    if any(count >= min_n and count_before >= min_n for count, count_before in counts):
        return "alone" if figures.weighty_new_sources else "ordinary"
    return "alone" if any(count >= min_n for count, _ in counts) else "thin"


def change_words(words: Catalogue, figures: DigestFigures, valence: str, min_n: int) -> str:
    """Return how bad or good experiences changed, finding or not, for the figure's own place."""
    now, before = figures.now, figures.before
    if figures.is_first:
        return words.say("change.first")
    if figures.weighty_new_sources:
        return words.say("change.new_source")
    fewest = min(getattr(period, f"{valence}_count") if period else 0 for period in (now, before))
    change: Estimate | None = getattr(now, f"{valence}_change", None)
    if fewest < min_n or change is None or not change.is_known:
        return words.say("change.too_few")
    is_finding = any(found == valence for found, _ in findings(figures, min_n))
    return moved_words(words, change, is_finding=is_finding)


def moved_words(words: Catalogue, change: Estimate, *, is_finding: bool) -> str:
    """Return how far something changed, finding or not; `change` is known."""
    if is_finding and not _spans_one(change):
        move = _direction(change)
        return words.say(f"change.{move}", **_change_ends(words, change, move))
    low, high = change.ends
    if high >= TIMES_FROM or not _spans_one(change):
        return words.say("change.open_times", low=words.rounded(low), high=words.rounded(high))
    return words.say("change.open", low=words.percent(1 - low), high=words.percent(high - 1))


def _direction(change: Estimate) -> str:
    low, high = change.ends
    if high < 1:
        return "fewer"
    return "times" if low > 1 and high >= TIMES_FROM else "more"


def _spans_one(change: Estimate) -> bool:
    low, high = change.ends
    return low <= 1 <= high


def _change_ends(words: Catalogue, change: Estimate, move: str) -> dict[str, object]:
    low, high = change.ends
    if move == "times":
        return {"low": words.rounded(low), "high": words.rounded(high)}
    if move == "fewer":
        return {"low": words.percent(1 - high), "high": words.percent(1 - low)}
    return {"low": words.percent(low - 1), "high": words.percent(high - 1)}
