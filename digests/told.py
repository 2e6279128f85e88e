"""A mention as a digest shows it: its words made safe, where it was told, how far it carries, and how to object."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote as url_quote

from digests.catalogue import Catalogue
from digests.facts import MentionFacts
from digests.options import DigestOptions
from digests.quotes import direction, one_line, quote, safe_link

__all__ = ["MentionStory", "Tone", "mention_story", "shorter"]

Tone = Literal["bad", "good", "plain"]

OPENING = ("“", "„")  # of `mentions.quoted`, in every language
QUOTES = '“”„"«»'  # a quote's own marks, which would double ours


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionStory:
    """One quoted mention, safe to show; link None where there is no http(s) address."""

    tone: Tone
    tone_word: str
    origin: str
    quote: str
    direction: str
    reach: str
    link: str | None
    wrong_link: str | None


def mention_story(words: Catalogue, brand: str, mention: MentionFacts, options: DigestOptions) -> MentionStory:
    """Return a mention's words; `brand` is the key of the brand whose digest shows it."""
    said = quote(mention.title, mention.text)
    origin = [one_line(mention.source, 40), words.short_day(mention.told_date)]
    if mention.rating is not None and mention.rating_max is not None:
        scale = {"rating": f"{mention.rating:g}", "rating_max": f"{mention.rating_max:g}"}
        origin.insert(1, words.say("mentions.rating", **scale))
    if mention.is_recovered:
        origin.append(words.say("mentions.recovered"))
    wrong = None
    if options.feedback:
        subject = url_quote(words.say("mentions.wrong_subject", id=mention.mention_id, brand=brand))
        body = url_quote(f"\r\n\r\n{words.say('mentions.wrong_body')}")
        wrong = f"mailto:{url_quote(options.feedback, safe='@')}?subject={subject}&body={body}"
    return MentionStory(
        tone="bad" if mention.label == "bad" else "good",
        tone_word=words.say(f"word.{mention.label}"),
        origin=" · ".join(origin),
        quote=words.say("mentions.quoted", quote=said.strip(QUOTES)) if said else words.say("mentions.no_words"),
        direction=direction(said),
        reach=_reach(words, mention),
        link=safe_link(mention.url),
        wrong_link=wrong,
    )


def shorter(mention: MentionStory, letters: int) -> MentionStory:
    """Return the same with a quote of at most so many letters, the marks around it not counted."""
    opening, closing = mention.quote[:1], mention.quote[-1:]
    if opening not in OPENING or len(mention.quote) <= letters + 2:
        return mention
    return replace(mention, quote=f"{opening}{one_line(mention.quote[1:-1], letters)}{closing}")


def _reach(words: Catalogue, mention: MentionFacts) -> str:
    counts = (("likes", mention.like_count), ("reposts", mention.repost_count), ("replies", mention.reply_count))
    told = [words.say(f"mentions.{name}", n=count) for name, count in counts if count]
    if mention.view_count:
        told.insert(0, words.say("mentions.views", n=words.count(mention.view_count)))
    if mention.helpful_count:
        told.append(words.say("mentions.helpful", n=mention.helpful_count))
    if mention.follower_count and not mention.view_count:
        told.append(words.say("mentions.followers", n=words.count(mention.follower_count)))
    return " · ".join(told[:3])
