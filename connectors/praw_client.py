"""praw as a client: plain JSON in, plain JSON out, and errors sorted like everybody's.

praw's own objects are lazy and ask the network on attribute access, so none are made. Its 429 error fails on a
`Retry-After` that is a date, and its limiter sleeps in one process without knowing of others; `PoliteSession` lets it
see neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import praw
import prawcore

from connectors.contract import ClientCall, Declaration
from connectors.http import USER_AGENT, judge
from records.errors import ConfigError, Drift, GrapevineError, TransientError

__all__ = ["open_praw"]


def open_praw(
    session: Any, credentials: Mapping[str, str], *, declaration: Declaration, clock: Callable[[], datetime]
) -> Callable[[ClientCall], Any]:
    """Return what answers calls: `method` is that of HTTP, `arguments` are `path` and `params`.

    Args:
        session: the `requests.Session` that praw sends through.
        credentials: client_id and client_secret.
        declaration: of the connector.
        clock: returns now (aware UTC).
    """
    session.passed_on = frozenset({401})  # praw fetches a new token
    reddit = praw.Reddit(
        client_id=credentials["client_id"],
        client_secret=credentials["client_secret"],
        user_agent=USER_AGENT,
        requestor_kwargs={"session": session},
        check_for_updates=False,
        check_for_async=False,
    )

    def call(request: ClientCall) -> Any:
        path, params = request.arguments["path"], dict(request.arguments.get("params", {}))
        try:
            return reddit.request(method=request.method, path=path, params=params)
        except prawcore.exceptions.RequestException as error:
            if isinstance(error.original_exception, GrapevineError):
                raise error.original_exception from None
            fault = type(error.original_exception).__name__
            raise TransientError(f"Reddit did not answer ({fault}); try again later") from None
        except prawcore.exceptions.BadJSON:
            raise Drift(
                "the answer of Reddit is not JSON; it may be blocking this network or have changed its address"
            ) from None
        except prawcore.exceptions.ResponseException as error:
            headers = {name.lower(): value for name, value in error.response.headers.items()}
            status = error.response.status_code
            sorted_error = judge(declaration, status, headers, place=f"Reddit {path}", now=clock())
            raise sorted_error or Drift(f"Reddit {path} answered in a way that praw refuses") from None
        except (LookupError, TypeError, ValueError, AttributeError):
            raise Drift("the answer of Reddit is not of the shape that praw expects; its API has changed") from None
        except (prawcore.exceptions.PrawcoreException, praw.exceptions.PRAWException) as error:
            names = ", ".join(credential.variable for credential in declaration.credentials)
            raise ConfigError(f"Reddit refused the request ({type(error).__name__}); check {names}") from None

    return call
