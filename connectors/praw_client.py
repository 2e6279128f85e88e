"""praw as a client: plain JSON in, plain JSON out, and errors sorted like everybody's.

praw's own objects are lazy and ask the network on attribute access, so none are made. Its 429 error fails on a
`Retry-After` that is a date, and its limiter sleeps in one process without knowing of others; `PoliteSession` lets it
see neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import praw
import prawcore

from connectors.contract import ClientCall
from connectors.http import USER_AGENT
from connectors.reading import STUMBLES
from records.errors import ConfigError, Drift, GrapevineError, TransientError

__all__ = ["open_praw"]


def open_praw(session: Any, credentials: Mapping[str, str]) -> Callable[[ClientCall], Any]:
    """Return what answers calls: `method` is that of HTTP, `arguments` are `path` and `params`.

    Args:
        session: the `requests.Session` that praw sends through.
        credentials: client_id and client_secret.
    """

    def new() -> praw.Reddit:
        return praw.Reddit(
            client_id=credentials["client_id"],
            client_secret=credentials["client_secret"],
            user_agent=USER_AGENT,
            requestor_kwargs={"session": session},
            check_for_updates=False,
            check_for_async=False,
        )

    reddit = new()

    def call(request: ClientCall) -> Any:
        nonlocal reddit
        try:
            return _call(reddit, request)
        except ConfigError:
            if session.last_status != 401:
                raise
            # The token may have ended early. praw would sleep before fetching another; a new praw does not.
            reddit = new()
            return _call(reddit, request)

    return call


def _call(reddit: praw.Reddit, request: ClientCall) -> Any:
    path, params = request.arguments["path"], dict(request.arguments.get("params", {}))
    try:
        return reddit.request(method=request.method, path=path, params=params)
    except prawcore.exceptions.RequestException as error:
        if isinstance(error.original_exception, GrapevineError):
            raise error.original_exception from None
        fault = type(error.original_exception).__name__
        raise TransientError(f"Reddit did not answer ({fault}); try again later") from None
    except (prawcore.exceptions.PrawcoreException, praw.exceptions.PRAWException) as error:
        kind = type(error).__name__
        raise Drift(
            f"Reddit {path} answered in a way that praw refuses ({kind}); it may be blocking this network"
        ) from None
    except STUMBLES:
        raise Drift(f"Reddit {path} did not answer in the shape that praw expects; its API may have changed") from None
