"""Customers at risk and what they are worth. Blank until the brand gives its numbers.

    defected after k bad   D(k) = 1 - exp(-lambda k^beta)      lost share, Poisson mu per customer: 1 - exp(-mu h)
    customers at risk      L = sum n_k D(k) iota               value of one  V = m r / (1 + i - r)
    prospects put off      reach x P(in market) x P(deterred)

| symbol | meaning | unit | range |
|---|---|---|---|
| D(1), D(3) | say they leave after one, by three bad experiences: .5 (US), .93 (global), reported | share | 0..1 |
| iota | share of those who say so that do; ask the brand (.17 is PwC's low figure) | share | 0..1 |
| m, r, i | yearly margin, retention, interest | currency, share, share | r below 1 + i |

Stated intention is not behaviour, and P(in market) and P(deterred) have no default: a figure without them is None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from records.errors import InputError
from transforms.bounds import count, positive, probability, share

__all__ = [
    "Defection",
    "ValueAtRisk",
    "constant_hazard",
    "customer_value",
    "customers_at_risk",
    "customers_at_risk_of",
    "lost_share",
    "prospects_put_off",
    "value_at_risk",
]


@dataclass(frozen=True, slots=True)
class Defection:
    """Share of customers gone after k bad experiences: discrete Weibull, D(k) = 1 - exp(-scale k^shape)."""

    scale: float
    shape: float

    def __post_init__(self) -> None:
        """Refuse a curve that falls."""
        positive("scale", self.scale)
        count("shape", self.shape)

    @classmethod
    def through(cls, one: float, three: float) -> Defection:
        """Return the curve through D(1) and D(3).

        A constant hazard can't meet both .5 and .93: .5 each time would give .875.

        >>> round(Defection.through(0.5, 0.93).shape, 6), round(Defection.through(0.5, 0.93).by(2), 6)
        (1.223872, 0.801904)
        """
        if not share("defection after one", one) <= share("defection after three", three) < 1:
            raise InputError(f"defection after one and after three is {one}, {three}; 0 < one <= three < 1 must hold")
        scale = -math.log1p(-one)
        return cls(scale, math.log(-math.log1p(-three) / scale) / math.log(3))

    def by(self, k: float) -> float:
        """Return D(k), 0..1, never falling; D(0) = 0."""
        k = count("bad experiences", k)
        return -math.expm1(-self.scale * math.exp(min(self.shape * math.log(k), 700.0))) if k else 0.0


def constant_hazard(defected: float, k: int) -> float:
    """Return the share lost each time that leads to `defected` after k times: 1 - (1 - D)^(1/k)."""
    return 1 - math.pow(1 - probability("defected", defected), 1 / positive("bad experiences", k))


def lost_share(mean_bad: float, hazard: float) -> float:
    """Return the share of customers lost when each has a Poisson number of bad experiences: 1 - exp(-mu h)."""
    return -math.expm1(-count("bad experiences per customer", mean_bad) * probability("hazard", hazard))


def customers_at_risk(
    customers: Mapping[int, float], defection: Defection, *, conversion: float | None
) -> float | None:
    """Return expected defections, sum n_k D(k) iota; None until the brand gives the conversion of intent.

    Args:
        customers: by number of bad experiences in the period, how many customers.
        defection: the curve.
        conversion: share of those who say they leave that do, 0..1.
    """
    if conversion is None:
        return None
    gone = math.fsum(count("customers", n) * defection.by(k) for k, n in customers.items())
    return gone * probability("conversion", conversion)


def customers_at_risk_of(
    experiences: float, *, customers: int | None, hazard: float, conversion: float | None
) -> float | None:
    """Return expected defections when only the number of bad experiences is known: C (1 - exp(-N h / C)) iota.

    Bad experiences fall on customers by chance (Poisson with mean N / C each), with the same hazard h each time.

    Args:
        experiences: N, bad experiences in the period.
        customers: C, above 0; None until the brand gives it.
        hazard: share that says it leaves after one.
        conversion: share of those that do; None until the brand gives it.

    >>> round(customers_at_risk_of(400, customers=1000, hazard=0.5, conversion=1.0), 6)
    181.269247
    """
    if customers is None or conversion is None:
        return None
    mean_bad = count("bad experiences", experiences) / positive("customers", customers)
    return customers * lost_share(mean_bad, hazard) * probability("conversion", conversion)


def prospects_put_off(reached: float, *, in_market: float | None, deterred: float | None) -> float | None:
    """Return people reached x P(in market) x P(deterred); None until the brand gives both."""
    if in_market is None or deterred is None:
        return None
    return count("reached", reached) * probability("in market", in_market) * probability("deterred", deterred)


def customer_value(margin: float, *, retention: float, interest: float) -> float:
    """Return a customer's worth, m r / (1 + i - r), in the currency of the margin.

    Raises:
        InputError: retention is not below 1 + interest, where the sum never ends.
    """
    if not probability("retention", retention) < 1 + count("interest", interest):
        raise InputError(f"retention is {retention}, must be below 1 + interest ({1 + interest})")
    return count("margin", margin) * retention / (1 + interest - retention)


@dataclass(frozen=True, slots=True)
class ValueAtRisk:
    """Customers and prospects side by side, in customers and in currency; None is unknown."""

    customers: float | None
    prospects: float | None
    customers_value: float | None
    prospects_value: float | None

    @property
    def total(self) -> float | None:
        """Both together; None when either is unknown, as the unknown one may be the bigger."""
        if self.customers_value is None or self.prospects_value is None:
            return None
        return self.customers_value + self.prospects_value


def value_at_risk(
    customers: float | None, prospects: float | None, *, value: float | None, new_value: float | None = None
) -> ValueAtRisk:
    """Return what is at risk; `new_value` of a customer who never came is `value` when left out."""
    for name, given in (("customers", customers), ("prospects", prospects), ("value", value), ("new value", new_value)):
        if given is not None:
            count(name, given)
    new_value = value if new_value is None else new_value
    return ValueAtRisk(
        customers,
        prospects,
        None if customers is None or value is None else customers * value,
        None if prospects is None or new_value is None else prospects * new_value,
    )
