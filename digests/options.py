"""What the settings say about digests, as this room is handed it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DigestOptions"]


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
    """

    min_n: int = 12
    language: str = "en"
    sender: str = "Grapevine <grapevine@localhost>"
    feedback: str | None = None
    unsubscribe_url: str | None = None
    mention_limit: int = 5
