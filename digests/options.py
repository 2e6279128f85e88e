"""What the settings say about digests, as this room is handed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DAYS_PER_MONTH", "AlertOptions", "DigestOptions"]

DAYS_PER_MONTH = 30.4


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOptions:
    """Settings of alerts.

    Attributes:
        false_alarms_per_month: how many false alarms a month a brand's figure may give, on average; above 0.
        fewest_events: fewest events (bad experiences, ratings) that can be news.
        cool_down_days: days after an alert has closed in which it does not open again.
        great_reach: exposures from which one bad mention is news by itself.
        words: words or phrases that always are.
    """

    false_alarms_per_month: float = 1.0
    fewest_events: int = 5
    cool_down_days: int = 3
    great_reach: int = 10_000
    words: tuple[str, ...] = ("lawsuit", "injury")

    @property
    def chance_a_day(self) -> float:
        """Chance of a false alarm on one day that the settings allow a figure."""
        return self.false_alarms_per_month / DAYS_PER_MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestOptions:
    """Settings of digests.

    Attributes:
        min_n: fewest experiences, in both periods, for a percentage or a finding.
        language: of the message catalogue ("en", "de").
        sender: the From address, "Name <a@b>" or "a@b".
        feedback: the address that "Wrong? Tell us" and unsubscribing write to; None leaves both out.
        unsubscribe_url: an https address for one-click unsubscribing (RFC 8058), or None.
        mention_limit: how many mentions a digest quotes at most.
        alerts: what the alerts were judged by.
        pages_url: where the digests' folder is served, for links to the pages; None leaves them out.
        across_order: which brands come first in the digest across brands.
    """

    min_n: int = 12
    language: str = "en"
    sender: str = "Grapevine <grapevine@localhost>"
    feedback: str | None = None
    unsubscribe_url: str | None = None
    mention_limit: int = 5
    alerts: AlertOptions = AlertOptions()
    pages_url: str | None = None
    across_order: Literal["worst", "best"] = "worst"
