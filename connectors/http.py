"""HTTP for connectors: one request in, one answer or one sorted error out.

Temporary faults (connection, time-out, cut body, 5xx) are tried again with urllib3's `Retry` as the policy; a 429 waits
as long as the source says, whatever form it says it in, if that is short, and otherwise ends the pull as `Throttled`.
No message and no log line holds a query string, a header or a body.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util.retry import Retry

from connectors.contract import Auth, Declaration, HttpRequest, Response
from connectors.waiting import LONGEST_WAIT_SECONDS, Clock, Sleep, resume_at
from records.errors import ConfigError, Drift, Gone, SourceError, Throttled, TransientError

__all__ = ["HttpTransport", "RetryPolicy"]

log = logging.getLogger(__name__)

ATTEMPTS = 4
TIMEOUT_SECONDS = (10.0, 30.0)  # to connect, to wait for the next bytes
MAX_BODY_BYTES = 64 << 20
USER_AGENT = "grapevine/0.1 (word-of-mouth monitor)"

_RETRIED_STATUSES = frozenset({408, 500, 502, 503, 504, 520, 522, 524})


class RetryPolicy(Retry):
    """urllib3's `Retry` as a policy: it counts attempts and says how long to wait; whoever uses it does the waiting."""

    @classmethod
    def usual(cls) -> RetryPolicy:
        """Return the policy for a request that may be sent again."""
        return cls(
            total=ATTEMPTS - 1,
            backoff_factor=1.0,
            backoff_max=LONGEST_WAIT_SECONDS,
            retry_after_max=math.ceil(LONGEST_WAIT_SECONDS),
            raise_on_status=False,
        )

    def wait_seconds(self) -> float:
        """Return how long to wait before the next attempt: 1, 2, 4, ... seconds."""
        return float(min(self.backoff_max, self.backoff_factor * 2 ** (len(self.history) - 1)))


class HttpTransport:
    """Sends requests for one source.

    Args:
        declaration: the connector's; it says what statuses mean and how credentials get into a request.
        credentials: by the names in the declaration.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
    """

    def __init__(self, declaration: Declaration, *, credentials: Mapping[str, str], clock: Clock, sleep: Sleep) -> None:
        self._declaration = declaration
        self._credentials = credentials
        self._clock = clock
        self._sleep = sleep
        self._session = requests.Session()
        self._session.trust_env = True
        self._session.headers["User-Agent"] = USER_AGENT
        adapter = HTTPAdapter(max_retries=Retry(0, read=False))
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def fetch(self, request: HttpRequest) -> Response:
        """Return the answer to a request.

        Raises:
            ConfigError: 401, 403 or another 4xx: a credential or a setting is wrong.
            Throttled: the source asks to wait longer than a pull waits.
            TransientError: it failed several times in ways that pass by themselves.
            Gone: 404, 410, 451.
        """
        policy: Retry = RetryPolicy.usual()
        while True:
            try:
                response = self._send(request)
                error = self._judge(request, response)
                if error is None:
                    return response
            except (requests.RequestException, HTTPError) as fault:
                if isinstance(fault, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
                    raise ConfigError(f"{_place(request)} is not an address that can be asked") from None
                error = TransientError(f"{_place(request)} did not answer ({type(fault).__name__}); try again later")
            wait = self._wait_for(error)
            try:
                policy = policy.increment(method=request.method, url=request.url, error=None, response=None)
            except MaxRetryError:
                raise error from None
            if wait is None:
                assert isinstance(policy, RetryPolicy)  # noqa: S101 (increment returns its own class)
                wait = policy.wait_seconds()
            log.info("waiting %.0f s before asking %s again", wait, _place(request))
            self._sleep(wait)

    def close(self) -> None:
        """Close open connections."""
        self._session.close()

    def _send(self, request: HttpRequest) -> Response:
        headers, params = dict(request.headers), list(request.params)
        auth: Auth = self._declaration.auth
        if auth.kind == "bearer":
            headers["Authorization"] = f"Bearer {self._credentials[auth.credential]}"
        elif auth.kind == "header":
            headers[auth.field] = self._credentials[auth.credential]
        elif auth.kind == "param":
            params.append((auth.field, self._credentials[auth.credential]))
        with self._session.request(
            request.method,
            request.url,
            params=params,
            headers=headers,
            json=request.body,
            timeout=TIMEOUT_SECONDS,
            stream=True,
        ) as answer:
            body = bytearray()
            for block in answer.iter_content(1 << 16):
                body += block
                if len(body) > MAX_BODY_BYTES:
                    raise Drift(f"{_place(request)} sent more than {MAX_BODY_BYTES >> 20} MB; ask for smaller pages")
            return Response(
                received_at=self._clock(),
                status=answer.status_code,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=bytes(body),
            )

    def _judge(self, request: HttpRequest, response: Response) -> SourceError | None:
        """Return None for an answer to parse, an error worth another attempt; raise one that is not."""
        status, place = response.status, _place(request)
        meaning = self._declaration.status_meanings.get(status)
        if meaning == "empty" or (meaning is None and 200 <= status < 300):
            return None
        if meaning == "throttled" or (meaning is None and status == 429):
            until = resume_at(response.headers, self._clock())
            when = f"until {until:%Y-%m-%d %H:%M:%S} UTC" if until else "without saying for how long"
            return Throttled(f"{place} asks to wait {when} (status {status})", until)
        if meaning == "gone" or (meaning is None and status in (404, 410, 451)):
            raise Gone(f"{place} no longer exists (status {status}); remove it from the settings or correct it")
        if meaning == "transient" or (meaning is None and status in _RETRIED_STATUSES):
            return TransientError(f"{place} answered with status {status} several times; try again later")
        if meaning is None and status >= 500:
            raise TransientError(f"{place} answered with status {status}; try again later")
        names = ", ".join(credential.variable for credential in self._declaration.credentials)
        if status in (401, 403):
            remedy = f"check {names}" if names else "the source may be blocking this network"
        else:
            remedy = "check the settings of this source"
        raise ConfigError(f"{place} refused the request (status {status}); {remedy}")

    def _wait_for(self, error: SourceError) -> float | None:
        """Return the seconds that the source asked to wait, None if it did not say; raise if they are too many."""
        if not isinstance(error, Throttled) or error.until is None:
            return None
        wait = (error.until - self._clock()).total_seconds()
        if wait > LONGEST_WAIT_SECONDS:
            raise error
        return max(wait, 0.0)


def _place(request: HttpRequest) -> str:
    """Return host and path: what an error may show; keys travel in query strings."""
    parts = urlsplit(request.url)
    return f"{parts.hostname or request.url}{parts.path}"
