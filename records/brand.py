"""Brand: whom we listen for, and the one rule that says whether words are about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from records.mention import BrandMatch

__all__ = ["Brand", "BrandValue", "Query", "brand_key"]


def brand_key(name: str) -> str:
    """Return the key of a brand's name: lower case, runs of anything but letters and digits become one "-".

    >>> brand_key("US Airways"), brand_key("Café Zoë!")
    ('us-airways', 'café-zoë')
    """
    return "-".join(re.findall(r"[^\W_]+", name.lower()))


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandValue:
    """A brand's own numbers, without which what is at stake stays blank; each None until given.

    Attributes:
        customer_count: customers it has, above 0.
        leaving_share: of the customers who say that they leave after a bad experience, how many do, 0..1.
        customer_value: what a customer is worth, 0 or more, in the brand's currency.
        market_size: people who could hear of it, above 0; different people reached are never more.
        in_market_share: of those who hear of it, how many are about to buy, 0..1.
        deterred_share: of those about to buy who hear bad words, how many are put off, 0..1.
        new_customer_value: what a customer who never came would have been worth; customer_value when None.
    """

    customer_count: int | None = None
    leaving_share: float | None = None
    customer_value: float | None = None
    market_size: int | None = None
    in_market_share: float | None = None
    deterred_share: float | None = None
    new_customer_value: float | None = None


@dataclass(frozen=True)
class Brand:
    """A monitored brand, or a competitor of one.

    Attributes:
        key: unique, stable; what tables hold in their column `brand`.
        name: as people read it.
        aliases: other names; they count as mentions and are taken out of the text before scoring.
        handles: accounts, with their "@"; matched as whole handles.
        any_words: at least one of these words or phrases makes it a mention (besides names, aliases and handles).
        all_words: all of these must be there too.
        none_words: none of these may be there.
        match_name: whether the name itself makes it a mention (false for names that are ordinary words).
        competitors: keys of the brands it is compared with.
        owner: who is told; a label or an address.
        time_zone: IANA name; its days and weeks are counted there.
        value: its own numbers, for what is at stake.
    """

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    any_words: tuple[str, ...] = ()
    all_words: tuple[str, ...] = ()
    none_words: tuple[str, ...] = ()
    match_name: bool = True
    competitors: tuple[str, ...] = ()
    owner: str | None = None
    time_zone: str = "UTC"
    value: BrandValue = BrandValue()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Everything the brand is called, longest first: what scoring takes out of a text."""
        found = {self.name, *self.aliases, *self.handles}
        return tuple(sorted(found, key=lambda name: (-len(name), name)))

    @cached_property
    def _positive(self) -> re.Pattern[str] | None:
        named = (self.name,) if self.match_name else ()
        return _any_of((*named, *self.aliases, *self.handles, *self.any_words))

    @cached_property
    def _required(self) -> tuple[re.Pattern[str], ...]:
        return tuple(pattern for word in self.all_words if (pattern := _any_of((word,))))

    @cached_property
    def _excluded(self) -> re.Pattern[str] | None:
        return _any_of(self.none_words)

    def match(self, *texts: str | None) -> BrandMatch | None:
        """Return the match if the words are about this brand, else None; the same rule for every source.

        Whole words only, letter case and the amount of white space do not matter; "@united" is a handle of its own
        and does not match the word "united".
        """
        text = "\n".join(part for part in texts if part)
        hit = self._positive.search(text) if self._positive else None
        if hit is None or not all(pattern.search(text) for pattern in self._required):
            return None
        if self._excluded and self._excluded.search(text):
            return None
        word = hit.group().lower()
        return BrandMatch(self.key, f"{'handle' if word.startswith('@') else 'word'}:{' '.join(word.split())}")


@dataclass(frozen=True, slots=True)
class Query:
    """What a pull looks for: the brands; each connector says it in its source's own search syntax."""

    brands: tuple[Brand, ...]


def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    spelled = [
        r"\s+".join(map(re.escape, word.split())) for word in sorted(words, key=len, reverse=True) if word.strip()
    ]
    return re.compile(rf"(?<![\w@])(?:{'|'.join(spelled)})(?!\w)", re.IGNORECASE) if spelled else None
