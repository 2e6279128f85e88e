"""tweepy as a client: plain JSON in, plain JSON out, and errors sorted like everybody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import tweepy

from connectors.contract import ClientCall
from records.errors import Drift

__all__ = ["open_tweepy"]

SEARCH_REACH = timedelta(days=7)
_CLOCK_SLACK = timedelta(minutes=1)  # a start just outside the reach is refused


def open_tweepy(
    session: Any, credentials: Mapping[str, str], *, clock: Callable[[], datetime]
) -> Callable[[ClientCall], Any]:
    """Return what answers calls: `method` and `arguments` are those of `tweepy.Client`.

    Args:
        session: the `requests.Session` that tweepy sends through.
        credentials: bearer_token.
        clock: returns now (aware UTC).
    """
    client = tweepy.Client(credentials["bearer_token"], return_type=dict, wait_on_rate_limit=False)
    client.session = session

    def call(request: ClientCall) -> Any:
        arguments = dict(request.arguments)
        earliest = clock() - SEARCH_REACH + _CLOCK_SLACK
        start = arguments.get("start_time")
        if start is not None and datetime.fromisoformat(start) < earliest:
            arguments["start_time"] = earliest.strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            return getattr(client, request.method)(**arguments)
        except tweepy.TweepyException as error:
            raise Drift(f"X {request.method} answered in a way that tweepy refuses ({type(error).__name__})") from None
        except ValueError:
            raise Drift(
                "the answer of X is not JSON; it may be blocking this network or have changed its address"
            ) from None

    return call
