"""Simulated customers: what happens to them, whom they tell, and what their brand believes of its sources.

Every brand draws its own share rates, audiences, retelling and coverage from what the profile states. A part of its
customers tells nobody anywhere (the survey's "told anyone" is below what independent channels would give); others tell
on one channel or on several. Posts and messages have no stars, so their labels are read from words and err; posts are
passed on and copied; for some brands coverage changes in the middle of a week, for some the source of posts is lost.
`benchmarks.calibration_files` writes what sources show of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np

from transforms.rates import VALENCES, Channel, Profile, Valence, load_profile

__all__ = ["CASES", "LABELS", "SOURCES", "WEEKS", "Brand", "Case", "Telling", "World", "draw_world"]

WEEKS = (date(2026, 3, 2), date(2026, 3, 9))  # Mondays
LABELS = ("bad", "neutral", "good")
SOURCES: Mapping[Channel, str] = {"online": "posts", "review_site": "reviews", "company": "inbox"}
LOST = "lost_posts"  # in the place of posts for some brands: its last pull that worked is in the second week

_EXPERIENCES = 60, 500  # a week and valence, log-uniform
_COPIED = 0.1  # part of the tellings that somebody else repeats word for word
_CHANGED = 0.3  # part of the brands whose coverage of a source is another from some day of the second week on
_ON_LOST = 0.25  # part of the brands whose posts come from the source that is lost
_READ = ((0.84, 0.11, 0.05), (0.08, 0.84, 0.08), (0.05, 0.12, 0.83))  # how often which words are read as what, at best
_LABELLED = 300  # texts of each kind that the confusion matrix was measured on


@dataclass(frozen=True)
class Case:
    """How the simulated world differs from what the model assumes.

    Attributes:
        is_frozen: every brand has the profile's own rates, audiences and retelling, and the believed coverage.
        is_dependent: who tells on one channel tells on the others too; else all who tell at all do so independently.
        rates_off: the true rates of reviews are the drawn ones times this.
        coverage_off: the true coverage is the drawn one times this.
    """

    name: str
    is_frozen: bool = False
    is_dependent: bool = False
    rates_off: float = 1.0
    coverage_off: float = 1.0


CASES = (
    Case("fair"),
    Case("frozen rates", is_frozen=True),
    Case("channels depend on each other", is_dependent=True),
    Case("rate of reviews half the profile's", rates_off=0.5),
    Case("coverage half of what is believed", coverage_off=0.5),
)


class Telling(NamedTuple):
    """One row of a file.

    Attributes:
        native_id: unique in its source.
        label: what its words are read as; `actual` is what happened.
        repost_count: how often it was passed on; None where the source does not say.
        repost_of, copy_of: the id of the telling whose words it repeats.
    """

    source: str
    native_id: str
    told_at: datetime
    label: str
    actual: str
    has_stars: bool
    repost_count: int | None = None
    repost_of: str | None = None
    copy_of: str | None = None


class Line(NamedTuple):
    """What a brand believes of the coverage of a source, from a day on."""

    source: str
    since: date | None
    low: float
    mode: float
    high: float


@dataclass
class Brand:
    """What happened at one brand: figures of the second week by their column, and what was told."""

    key: str
    case: Case
    truth: dict[str, float] = field(default_factory=dict)
    coverage: list[Line] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)


@dataclass
class World:
    """All brands, and the classifier that reads them.

    Attributes:
        confusion: labelled texts, [actual][labelled], as a person counted them.
        lost_on: the first day on which the source that is lost brings nothing.
    """

    brands: list[Brand]
    confusion: list[list[int]]
    lost_on: date


def draw_world(brands: Mapping[Case, int], *, seed: int) -> World:
    """Draw so many brands of each case, and one classifier."""
    rng, book = np.random.default_rng(seed), load_profile("dr2013")
    reading = np.array([rng.dirichlet(60 * np.array(row)) for row in _READ])
    confusion = [[int(n) for n in rng.multinomial(_LABELLED, row)] for row in reading]
    lost_on = WEEKS[1] + timedelta(days=int(rng.integers(2, 6)))
    drawn = [
        _Customers(Brand(f"brand-{place}-{number}", case), book, rng, reading, lost_on).live()
        for place, (case, count) in enumerate(brands.items())
        for number in range(count)
    ]
    return World(drawn, confusion, lost_on)


class _Customers:
    """The customers of one brand, over both weeks."""

    def __init__(self, brand: Brand, book: Profile, rng: np.random.Generator, reading: np.ndarray, lost_on: date):
        self.brand, self.case, self.book, self.rng, self.reading = brand, brand.case, book, rng, reading
        self.lost_on = lost_on
        self.sources = dict(SOURCES)
        if rng.random() < _ON_LOST:
            self.sources["online"] = LOST
        self.changes_on = WEEKS[1] + timedelta(days=int(rng.integers(0, 7)))
        self.kappa = {channel: self._coverage(source) for channel, source in self.sources.items()}
        self.audience = {
            channel: self._gamma(rate.audience_shape, rate.audience_mean) if rate.audience_mean else 0.0
            for channel, rate in book.rates["bad"].items()
        }

    def live(self) -> Brand:
        for valence in VALENCES:
            self._two_weeks(valence)
        truth = self.brand.truth
        bad, good = (truth[f"estimated_{valence}_count"] for valence in VALENCES)
        truth["good_per_bad"], truth["adjusted_positive_share"] = good / max(bad, 1), good / max(bad + good, 1)
        for channel in ("online", "company"):  # words that tell of nothing; some are read as if they did
            for week in WEEKS:
                for number in range(int(self.rng.poisson(self.rng.uniform(5, 60)))):
                    self._tell(channel, "neutral", week, number, 0.0)
        return self.brand

    def _two_weeks(self, valence: Valence) -> None:
        rates = self._rates(valence)
        retelling = {channel: self._gamma(1, 0.05) for channel in self.sources}
        elsewhere = self._gamma(1, 0.05)  # friends and coworkers: nobody knows
        base = np.exp(self.rng.uniform(*np.log(_EXPERIENCES)))
        means = base, base * np.exp(self.rng.normal(0, 0.3))
        for week, mean in zip(WEEKS, means, strict=True):
            happened = int(self.rng.poisson(mean))
            for channel, times in self._told(happened, rates, self.book.anyone[valence]).items():
                for number in range(times):
                    self._tell(channel, valence, week, number, retelling[channel])
        reach = {channel: rates[channel] * self.audience[channel] for channel in rates}
        exposures = happened * sum(reach.values())
        r = sum(reach[c] * retelling.get(c, elsewhere) for c in reach) / sum(reach.values())
        self.brand.truth |= {
            f"estimated_{valence}_count": happened,
            f"{valence}_exposure_count": exposures,
            f"{valence}_second_hand_count": exposures * r / (1 - r),
            f"{valence}_change_ratio": means[1] / means[0],
        }

    def _told(self, happened: int, rates: Mapping[Channel, float], anyone: float) -> dict[Channel, int]:
        """How often it was told on each channel, seen or not; a silent part of the customers tells nowhere."""
        speaking = max(anyone, *rates.values())
        speakers = int(self.rng.binomial(happened, speaking))
        if not self.case.is_dependent:
            return {c: int(self.rng.binomial(speakers, rates[c] / speaking)) for c in self.sources}
        keen = int(self.rng.binomial(happened, 0.4))  # four in ten tell twice as often, the rest a third as often
        return {
            c: int(self.rng.binomial(keen, min(2 * rates[c], 1)) + self.rng.binomial(happened - keen, rates[c] / 3))
            for c in self.sources
        }

    def _tell(self, channel: Channel, actual: str, week: date, number: int, retelling: float) -> None:
        """Write one telling and what repeats it, if it is collected."""
        source, rng = self.sources[channel], self.rng
        told_at = datetime(week.year, week.month, week.day, tzinfo=UTC) + timedelta(seconds=rng.uniform(0, 7 * 86400))
        before, after = self.kappa[channel]
        if rng.random() >= (after if told_at.date() >= self.changes_on else before):
            return
        if source == LOST and told_at.date() >= self.lost_on:
            return
        has_stars = channel == "review_site"
        label = actual if has_stars else str(rng.choice(LABELS, p=self.reading[LABELS.index(actual)]))
        reposts = _progeny(rng, retelling) if channel == "online" else None
        own = f"{self.brand.key}/{actual}/{channel}/{week}/{number}"
        first = Telling(source, own, told_at, label, actual, has_stars, reposts)
        self.brand.tellings.append(first)
        later = [f"{own}/repost-{n}" for n in range(reposts or 0)]
        self.brand.tellings += [first._replace(native_id=each, repost_of=own, repost_count=None) for each in later]
        if rng.random() < _COPIED:
            copy = first._replace(
                native_id=f"{own}/copy", told_at=told_at + timedelta(minutes=30), copy_of=own, repost_count=None
            )
            self.brand.tellings.append(copy)

    def _rates(self, valence: Valence) -> dict[Channel, float]:
        rates = {
            name: rate.share_rate if self.case.is_frozen else float(self.rng.beta(rate.alpha, rate.beta))
            for name, rate in self.book.rates[valence].items()
        }
        rates["review_site"] *= self.case.rates_off
        return rates

    def _coverage(self, source: str) -> tuple[float, float]:
        """Coverage before and from `changes_on` on."""
        first = self._line(source, None)
        changes = self.rng.random() < _CHANGED
        return first, self._line(source, self.changes_on) if changes else first

    def _line(self, source: str, since: date | None) -> float:
        mode = self.rng.uniform(0.2, 0.8)
        low, high = mode * self.rng.uniform(0.6, 0.95), mode + (1 - mode) * self.rng.uniform(0.05, 0.4)
        self.brand.coverage.append(Line(source, since, low, mode, high))
        true = mode if self.case.is_frozen else float(self.rng.triangular(low, mode, high))
        return true * self.case.coverage_off

    def _gamma(self, shape: float, mean: float) -> float:
        return mean if self.case.is_frozen else float(self.rng.gamma(shape, mean / shape))


def _progeny(rng: np.random.Generator, r: float) -> int:
    """Retellings of one telling, and theirs, each causing r on average."""
    total, generation = 0, 1
    while generation:
        generation = int(rng.poisson(min(r, 0.9) * generation))
        total += generation
    return total
