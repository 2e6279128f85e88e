"""The cursor: how far a source has been read, and which stretches of time are still open.

    mark    everything up to here that the source gives has been read
    head    the newest thing ever read
    gaps    stretches between mark and head whose reading was cut off, each with the requests that go on there

The mark moves only when no gap is left below it, and never backwards. A newest-first source that is cut off after
page k therefore loses nothing, even when new rows arrive at its head before the next pull: the next pull reads from the
top down to the head, and then goes on in the gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from connectors.contract import ClientCall, HttpRequest, Request

__all__ = ["Cursor", "Gap", "request_from_json", "request_to_json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch that has not been read.

    Attributes:
        since: read everything newer than this, None for as far as the source goes.
        until: the oldest time already read above it, None if that is unknown.
        next: the requests that go on where reading stopped, in order.
    """

    since: datetime | None
    until: datetime | None
    next: tuple[Request, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where one slice of a source entry stands. All times are aware UTC.

    Attributes:
        mark, head, gaps: see the top of this file; gaps newest first.
        state: for connectors that read files: what each file looked like.
    """

    mark: datetime | None = None
    head: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)

    def after_top(self, newest: datetime | None, cut_off: Gap | None) -> Cursor:
        """Return the cursor after reading from the top.

        Args:
            newest: newest time seen on the way, None if nothing dated was seen.
            cut_off: where reading stopped short of the head, None if it got there.
        """
        head = _later(self.head, newest)
        gaps = (cut_off, *self.gaps) if cut_off else self.gaps
        return replace(self, head=head, gaps=gaps)._settled()

    def after_gap(self, gap: Gap, left: Gap | None) -> Cursor:
        """Return the cursor after going on in a gap: it is closed, or replaced by what is left of it."""
        gaps = tuple(kept for known in self.gaps if (kept := left if known is gap else known) is not None)
        return replace(self, gaps=gaps)._settled()

    def _settled(self) -> Cursor:
        if not self.gaps:
            return replace(self, mark=_later(self.mark, self.head))
        floors = [gap.since for gap in self.gaps]
        if None in floors:
            return self
        return replace(self, mark=_later(self.mark, min(floor for floor in floors if floor)))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `from_json` gives the same cursor back."""
        return {
            "mark": _time_to_json(self.mark),
            "head": _time_to_json(self.head),
            "gaps": [
                {
                    "since": _time_to_json(gap.since),
                    "until": _time_to_json(gap.until),
                    "next": [request_to_json(request) for request in gap.next],
                }
                for gap in self.gaps
            ],
            "state": dict(self.state),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> Cursor:
        """Return the cursor that `to_json` wrote; an empty one for None."""
        if not value:
            return cls()
        return cls(
            mark=_time_from_json(value.get("mark")),
            head=_time_from_json(value.get("head")),
            gaps=tuple(
                Gap(
                    since=_time_from_json(gap["since"]),
                    until=_time_from_json(gap["until"]),
                    next=tuple(request_from_json(request) for request in gap["next"]),
                )
                for gap in value.get("gaps", ())
            ),
            state=value.get("state", {}),
        )


def request_to_json(request: Request) -> dict[str, Any]:
    """Return a request as plain JSON values.

    Raises:
        TypeError: a `FileRead`, which never goes on later: a file is read whole or not at all.
    """
    if isinstance(request, HttpRequest):
        return {"kind": "http", **asdict(request)}
    if isinstance(request, ClientCall):
        return {"kind": "client", **asdict(request)}
    raise TypeError(f"a request to read {request.path.name} cannot be kept in a cursor")


def request_from_json(value: Mapping[str, Any]) -> HttpRequest | ClientCall:
    """Return the request that `request_to_json` wrote."""
    given = {name: part for name, part in value.items() if name != "kind"}
    if value["kind"] == "client":
        return ClientCall(**given)
    for name in ("params", "headers"):
        given[name] = tuple((key, text) for key, text in given[name])
    return HttpRequest(**given)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _time_to_json(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _time_from_json(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
