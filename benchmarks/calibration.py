"""Do the 90 % ranges hold the truth in 85 to 95 of 100 brands? A seeded simulator of customers, and the answer.

    python -m benchmarks.calibration [--brands 4000] [--seed 1]

Each simulated brand draws its own share rates, audiences and coverage from the distributions that the profile states,
has so many bad and good experiences in two periods, and shows of them what its channels collect. The model sees only
the counts. Truths: experiences, exposures and good per bad as they happened; the change in the rate at which
experiences happen (a week's count is itself chance). Reported beside the fair case, in which the ranges must hold:
rates frozen at the profile (they may only be too wide), a silent group of customers who tell nowhere, coverage wrong by
a factor of two, and one wrong rate, which are misses; Q should notice the last.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from transforms.amplification import Count, behind, heard
from transforms.coverage import triangular
from transforms.pooling import Pooled, disagreement_given_rates
from transforms.ranges import Estimate
from transforms.rates import VALENCES, Channel, Profile, Valence, load_profile
from transforms.ratios import change, good_per_bad, positive_share

__all__ = ["CASES", "Case", "Held", "calibrate"]

_CHI_SQUARE_95 = {1: 3.841, 2: 5.991}
FIGURES = ("experiences", "exposures", "good per bad", "positive share", "change")


@dataclass(frozen=True)
class Case:
    """How the simulated world differs from what the model assumes.

    Attributes:
        channels: collected ones.
        experiences: mean number per period and valence, drawn log-uniformly between these.
        is_frozen: every brand has the profile's own rates, audiences and the mode of the coverage.
        is_dependent: some customers tell nowhere, so that channels are not independent.
        coverage_off: the true coverage is the believed one times this.
        rates_off: the true rates of the last collected channel are the drawn ones times this.
    """

    name: str
    channels: tuple[Channel, ...]
    experiences: tuple[float, float] = (30, 3000)
    is_frozen: bool = False
    is_dependent: bool = False
    coverage_off: float = 1.0
    rates_off: float = 1.0


_ONE, _THREE = (
    Case("fair, one channel", ("review_site",)),
    Case("fair, three channels", ("review_site", "online", "company")),
)
CASES = (
    _ONE,
    replace(_ONE, name="fair, one channel, few experiences", experiences=(3, 60)),
    _THREE,
    replace(_THREE, name="fair, three channels, few experiences", experiences=(3, 60)),
    replace(_THREE, name="frozen rates", is_frozen=True),
    replace(_THREE, name="silent group", is_dependent=True),
    replace(_ONE, name="coverage half of what was believed", coverage_off=0.5),
    replace(_THREE, name="one channel's rate half of what was believed", rates_off=0.5),
)


@dataclass(frozen=True)
class Held:
    """What came of one case.

    Attributes:
        held: by figure, the share of brands whose 90 % range holds the truth, 0..1.
        width: by figure, the median of high / low.
        noticed: share of brands in which Q is above its 95 % point; None with a single channel.
    """

    case: Case
    brands: int
    held: Mapping[str, float]
    width: Mapping[str, float]
    noticed: float | None


def calibrate(case: Case, *, brands: int, seed: int, profile: str = "dr2013") -> Held:
    """Simulate so many brands and count how often each range holds the truth."""
    rng, book = np.random.default_rng(seed), load_profile(profile)
    hits: dict[str, list[bool]] = {figure: [] for figure in FIGURES}
    widths: dict[str, list[float]] = {figure: [] for figure in FIGURES}
    noticed: list[bool] = []
    for _ in range(brands):
        for figure, estimate, truth in _brand(case, book, rng, noticed):
            hits[figure].append(estimate.low <= truth <= estimate.high)
            if estimate.low > 0:
                widths[figure].append(estimate.high / estimate.low)
    return Held(
        case,
        brands,
        {figure: float(np.mean(found)) for figure, found in hits.items()},
        {figure: float(np.median(found)) for figure, found in widths.items()},
        float(np.mean(noticed)) if noticed else None,
    )


def _brand(
    case: Case, book: Profile, rng: np.random.Generator, noticed: list[bool]
) -> Iterator[tuple[str, Estimate, float]]:
    coverage, kappa = {}, {}
    for channel in case.channels:
        mode = rng.uniform(0.1, 0.9)
        low, high = mode * rng.uniform(0.4, 1), mode + (1 - mode) * rng.uniform(0, 0.5)
        coverage[channel] = triangular(low, mode, high)
        kappa[channel] = mode if case.is_frozen else rng.triangular(low, mode, high)
        kappa[channel] *= case.coverage_off
    audience = _audiences(case, book, rng)
    seen: dict[Valence, Pooled] = {}
    truth: dict[Valence, int] = {}
    counts: dict[Valence, list[dict[Channel, int]]] = {}
    for valence in VALENCES:
        rates = _rates(case, book, valence, rng)
        base = np.exp(rng.uniform(*np.log(case.experiences)))
        means = base, base * np.exp(rng.normal(0, 0.3))
        happened = [int(rng.poisson(mean)) for mean in means]
        counts[valence] = [_shown(case, n, rates, kappa, book.anyone[valence], rng) for n in happened]
        found = [
            behind([Count(name, y, coverage[name]) for name, y in shown.items()], book.rates[valence])
            for shown in counts[valence]
        ]
        reach = sum(rates[name] * audience[name] for name in rates)
        seen[valence], truth[valence] = found[0].pooled, happened[0]
        yield "experiences", found[0].experiences, happened[0]
        yield "exposures", found[0].exposures, happened[0] * reach
        moved = change(*(each.pooled.effective_count for each in found))
        if moved is not None:
            yield "change", moved, means[1] / means[0]
        if len(case.channels) > 1:
            shown = [Count(name, y, coverage[name]) for name, y in counts[valence][0].items()]
            q = disagreement_given_rates(heard(shown, book.rates[valence]))
            noticed.append(q is not None and q > _CHI_SQUARE_95[len(shown) - 1])
    ratio, share = good_per_bad(seen["bad"], seen["good"]), positive_share(seen["bad"], seen["good"])
    if ratio is not None and truth["bad"]:
        yield "good per bad", ratio, truth["good"] / truth["bad"]
    if share is not None and truth["bad"] + truth["good"]:
        yield "positive share", share, truth["good"] / (truth["bad"] + truth["good"])


def _rates(case: Case, book: Profile, valence: Valence, rng: np.random.Generator) -> dict[Channel, float]:
    rates = {
        name: rate.share_rate if case.is_frozen else float(rng.beta(rate.alpha, rate.beta))
        for name, rate in book.rates[valence].items()
    }
    rates[case.channels[-1]] *= case.rates_off
    return rates


def _audiences(case: Case, book: Profile, rng: np.random.Generator) -> dict[Channel, float]:
    return {
        name: rate.audience_mean
        if case.is_frozen
        else float(rng.gamma(rate.audience_shape, rate.audience_mean / rate.audience_shape))
        for name, rate in book.rates["bad"].items()
    }


def _shown(
    case: Case,
    n: int,
    rates: Mapping[Channel, float],
    kappa: Mapping[Channel, float],
    anyone: float,
    rng: np.random.Generator,
) -> dict[Channel, int]:
    """Mentions collected by channel: independent channels, or all of them silent for some customers."""
    speaking = max(anyone, *(rates[name] for name in case.channels)) if case.is_dependent else 1.0
    speakers = rng.binomial(n, speaking)
    return {name: int(rng.binomial(speakers, rates[name] / speaking * kappa[name])) for name in case.channels}


def main() -> None:
    """Print the table of all cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brands", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(
        f"{'90 % ranges that hold the truth, median high / low':50}"
        + "".join(f"{f:>16}" for f in FIGURES)
        + "  Q > 95 %"
    )
    for case in CASES:
        found = calibrate(case, brands=options.brands, seed=options.seed)
        cells = "".join(f"{found.held[figure]:>10.1%}{found.width[figure]:>6.1f}" for figure in FIGURES)
        print(f"{case.name:50}{cells}" + ("" if found.noticed is None else f"{found.noticed:>10.0%}"))


if __name__ == "__main__":
    main()
