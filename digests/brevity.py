"""Brevity: a mail of at most 450 words and its small print. What is left out there stands on the page.

Steps are taken in order until the mail is short enough: first what can be read elsewhere, then the length of quotes,
then how many there are. The headline, the figures, the next step and the small print (notes, footer) are never cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from digests import render
from digests.sentences import Story
from digests.told import MentionStory, shorter

__all__ = ["MOST_WORDS", "shortened", "word_count"]

MOST_WORDS = 450

_LINK = re.compile(r"(?:https?|mailto):\S+")
_WORD = re.compile(r"\w[\w'’.,%-]*")


def shortened(story: Story) -> Story:
    """Return the story with as much as fits into a mail."""
    for step in _STEPS:
        if word_count(render.text(replace(story, notes=(), footer="", sample=""))) <= MOST_WORDS:
            break
        story = step(story)
    return story


def word_count(text: str) -> int:
    """Return the number of words; links have none.

    >>> word_count("At most 1,200 of 5: it's https://a.example/b")
    6
    """
    return len(_WORD.findall(_LINK.sub(" ", text)))


def _quotes(letters: int) -> Callable[[Story], Story]:
    """Cut every quote."""

    def step(story: Story) -> Story:
        def all_of(mentions: tuple[MentionStory, ...]) -> tuple[MentionStory, ...]:
            return tuple(shorter(one, letters) for one in mentions)

        return replace(
            story,
            mentions=all_of(story.mentions),
            queue=all_of(story.queue),
            praise=shorter(story.praise, letters) if story.praise else None,
            coaching=shorter(story.coaching, letters) if story.coaching else None,
            bad_drivers=tuple(
                replace(one, quote=one.quote and shorter(one.quote, letters)) for one in story.bad_drivers
            ),
            good_drivers=tuple(
                replace(one, quote=one.quote and shorter(one.quote, letters)) for one in story.good_drivers
            ),
        )

    return step


def _once(story: Story) -> Story:
    """Say each quote once: what a driver or the team's section quotes is left out of the list of mentions."""
    quoted = {one.quote.quote for one in (*story.bad_drivers, *story.good_drivers) if one.quote}
    quoted |= {one.quote for one in (story.praise, story.coaching) if one}
    return replace(story, mentions=tuple(one for one in story.mentions if one.quote not in quoted))


def _reach(story: Story) -> Story:
    """Say the first thing only of how far each mention carried."""

    def plain(one: MentionStory) -> MentionStory:
        return replace(one, reach=one.reach.split(" · ")[0])

    return replace(
        story,
        mentions=tuple(map(plain, story.mentions)),
        praise=plain(story.praise) if story.praise else None,
        bad_drivers=tuple(replace(one, quote=one.quote and plain(one.quote)) for one in story.bad_drivers),
        good_drivers=tuple(replace(one, quote=one.quote and plain(one.quote)) for one in story.good_drivers),
    )


def _advice_once(story: Story) -> Story:
    """Leave the advice to the next step above, where that gives it already."""
    if story.action is None:
        return story
    said = story.action.text
    return replace(
        story,
        bad_drivers=tuple(replace(one, advice="" if one.advice in said else one.advice) for one in story.bad_drivers),
    )


_STEPS: tuple[Callable[[Story], Story], ...] = (
    lambda story: replace(story, queue=story.queue[:3], alerts=story.alerts[:3]),
    _once,
    _quotes(120),
    lambda story: replace(story, queue=tuple(replace(one, quote="") for one in story.queue)),
    _reach,
    _quotes(80),
    _advice_once,
    lambda story: replace(story, outcomes=story.outcomes[:1], alerts=story.alerts[:2]),
    lambda story: replace(story, queue=story.queue[:1]),
    # Three quotes that can be understood say more than five that can't.
    lambda story: replace(story, mentions=story.mentions[:4]),
    _quotes(70),
    lambda story: replace(story, coaching=None),
    lambda story: replace(story, mentions=story.mentions[:3]),
    _quotes(60),
    lambda story: replace(story, good_drivers=tuple(replace(one, quote=None) for one in story.good_drivers)),
    _quotes(45),
    lambda story: replace(story, praise=None, team=story.team[:2]),
    lambda story: replace(story, mentions=story.mentions[:1]),
    lambda story: replace(story, mentions=(), queue=()),
    lambda story: replace(story, bad_drivers=story.bad_drivers[:1], good_drivers=story.good_drivers[:1]),
)
