"""For the team: what rises in the words, whom to answer, what went well, and what earlier steps brought."""

from __future__ import annotations

from dataclasses import replace

from digests.act_facts import ActionOutcome, RisingTerm
from digests.catalogue import Catalogue
from digests.changes import moved_words
from digests.drivers import coaching_case, title_of
from digests.facts import DigestFigures
from digests.options import DigestOptions
from digests.quotes import one_line
from digests.told import MentionStory, mention_story

__all__ = ["coaching", "outcomes", "praise", "queue", "rising", "team"]

MOST_RISING = 6
MOST_FEELINGS = 4
SAME_SHARE = 0.7  # of a term's tellings that another term with the same word holds: then one says it all
SHORT_WORD = 3  # letters; shorter words ("the") tell nothing by themselves
HOURS_TO_DAYS = 72


def rising(words: Catalogue, figures: DigestFigures) -> str:
    """Return the words and phrases on the rise, those that a longer one already says left out; "" without any."""
    if figures.is_first or figures.weighty_new_sources:
        return ""  # other words of a new source, or of the first voices ever, are no news
    terms: list[RisingTerm] = []
    for found in sorted(figures.act.rising, key=lambda one: -len(one.term.split())):
        if not any(_telling(found) & _telling(kept) and kept.count >= SAME_SHARE * found.count for kept in terms):
            terms.append(found)
    terms.sort(key=lambda one: figures.act.rising.index(one))
    told = [
        words.say(
            "rising.term", term=one_line(one.term, 40), now=words.count(one.count), before=words.count(one.count_before)
        )
        for one in terms[:MOST_RISING]
    ]
    return words.say("rising.line", terms=", ".join(told), n=figures.act.weeks_before) if told else ""


def _telling(found: RisingTerm) -> set[str]:
    return {word for word in found.term.split() if len(word) > SHORT_WORD}


def queue(words: Catalogue, figures: DigestFigures, options: DigestOptions) -> tuple[MentionStory, ...]:
    """Return the bad experiences worth answering, those with the most at stake first; unknown answers say so."""
    told = []
    for case in figures.act.queue:
        stake = words.say("queue.stake", swing=words.whole(case.swing))
        unknown = [words.say("queue.unknown")] if case.has_reply is None else []
        shown = mention_story(words, figures.brand.key, case.mention, options)
        told.append(replace(shown, reach=" · ".join([stake, *unknown])))
    return tuple(told)


def team(words: Catalogue, figures: DigestFigures, min_n: int) -> tuple[str, ...]:
    """Return one sentence each on customers won back, wows, those who leave, and feelings."""
    recovered, counts = figures.act.recovered, dict(figures.act.feelings)
    told: list[str] = []
    if recovered.count:
        told.append(words.say("team.recovered", n=recovered.count))
        if recovered.median_hours is not None and recovered.count >= min_n:
            hours = recovered.median_hours
            unit, n = ("days", hours / 24) if hours >= HOURS_TO_DAYS else ("hours", hours)
            told[-1] += " " + words.say(f"team.median.{unit}", n=max(1, round(n)))
    if wow := counts.pop("wow", 0):
        told.append(words.say("team.wow", n=wow))
    if leaving := counts.pop("leaving", 0):
        told.append(words.say("team.leaving", n=leaving))
    if counts:
        named = [
            f"{words.say(f'feeling.{feeling}')} {words.count(n)}" for feeling, n in list(counts.items())[:MOST_FEELINGS]
        ]
        told.append(words.say("team.feelings", feelings=", ".join(named)))
    return tuple(told)


def praise(words: Catalogue, figures: DigestFigures, options: DigestOptions) -> MentionStory | None:
    """Return good words to pass on that no driver's section shows; None without any."""
    shown = {one.good.quote.mention_id for one in figures.act.drivers if one.good.quote}
    found = next((one for one in figures.act.praise if one.mention_id not in shown), None)
    return mention_story(words, figures.brand.key, found, options) if found else None


def coaching(words: Catalogue, figures: DigestFigures, options: DigestOptions) -> MentionStory | None:
    """Return a bad experience worth talking over with the team, its driver named; None without any."""
    case = coaching_case(figures)
    if case is None or case.bad.quote is None:
        return None
    shown = mention_story(words, figures.brand.key, case.bad.quote, options)
    return replace(shown, reach=title_of(words, case.key, case.title))


def outcomes(words: Catalogue, figures: DigestFigures, min_n: int) -> tuple[str, ...]:
    """Return what was told before and after each earlier step."""
    return tuple(_outcome(words, one, min_n) for one in figures.act.actions)


def _outcome(words: Catalogue, one: ActionOutcome, min_n: int) -> str:
    about = title_of(words, one.driver or "", one.driver_title) if one.driver_title else words.say("did.all")
    head = words.say("did.head", note=one_line(one.note, 80), day=words.day(one.from_date), driver=about)
    if not one.day_count or one.count_before is None or one.count_after is None:
        return f"{head} {words.say('did.early')}"
    said = words.say(
        "did.counts", before=words.count(one.count_before), after=words.count(one.count_after), n=one.day_count // 7
    )
    if min(one.count_before, one.count_after) >= min_n and one.change.is_known:
        change = moved_words(words, one.change, is_finding=one.is_finding)
    else:
        change = words.say("change.too_few")
    return f"{head} {words.say('did.line', counts=said, change=change)}"
