"""HTTP for connectors: one request in, one answer or one sorted error out.

Temporary faults (connection, time-out, cut body, 5xx) are tried again with urllib3's `Retry` as the policy; a 429 waits
as long as the source says, whatever form it says it in, if that is short, and otherwise ends the pull as `Throttled`.
Client libraries (praw, tweepy) send through the same loop by way of `PoliteSession`. No message and no log line holds a
query string, a header or a body.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util.retry import Retry

from connectors.auth import Authorizer
from connectors.budget import Budget
from connectors.contract import Declaration, HttpRequest, Response
from connectors.quiet import drop_debug_of_libraries
from connectors.waiting import LONGEST_WAIT_SECONDS, Clock, Sleep, reset_at, resume_at
from records.errors import ConfigError, Drift, Gone, SourceError, Throttled, TransientError

__all__ = ["HttpTransport", "PoliteSession", "RetryPolicy", "Sender", "judge"]

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


class Sender:
    """Sends attempts until one is an answer: budget, retries, waits, errors sorted.

    Args:
        declaration: the connector's; it says what statuses mean.
        budget: shared by all processes of the home.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
    """

    def __init__(self, declaration: Declaration, *, budget: Budget, clock: Clock, sleep: Sleep) -> None:
        self._declaration = declaration
        self._budget = budget
        self._clock = clock
        self._sleep = sleep

    def send(self, attempt: Callable[[], Response], *, place: str, passed_on: Collection[int] = ()) -> Response:
        """Return the first answer.

        Args:
            attempt: sends the request once.
            place: host and path, for messages.
            passed_on: statuses that the caller wants to see itself.

        Raises:
            ConfigError: 401, 403 or another 4xx: a credential or a setting is wrong.
            Throttled: the source, or the budget, asks to wait longer than a pull waits.
            TransientError: it failed several times in ways that pass by themselves.
            Gone: 404, 410, 451.
        """
        policy: Retry = RetryPolicy.usual()
        while True:
            self._budget.spend()
            error: SourceError | ConfigError | None
            try:
                response = attempt()
                error = None
                if response.status not in passed_on:
                    error = judge(self._declaration, response.status, response.headers, place=place, now=self._clock())
                if error is None:
                    self._note_quota(response)
                    return response
            except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
                raise ConfigError(f"{place} is not an address that can be asked; correct it in the settings") from None
            except (requests.exceptions.InvalidHeader, UnicodeError):
                # Their own words quote the value.
                names = ", ".join(one.variable for one in self._declaration.credentials) or "the settings"
                raise ConfigError(f"{place} cannot be asked: {names} hold characters that no request can") from None
            except (requests.RequestException, HTTPError) as fault:
                error = TransientError(f"{place} did not answer ({type(fault).__name__}); try again later")
            if not isinstance(error, Throttled | TransientError):
                raise error
            wait = self._asked_wait(error)
            try:
                policy = policy.increment(method="GET", url=place)
            except MaxRetryError:
                raise error from None
            if wait is None and isinstance(policy, RetryPolicy):
                wait = policy.wait_seconds()
            log.info("waiting %.0f s before asking %s again", wait or 0.0, place)
            self._sleep(wait or 0.0)

    def _asked_wait(self, error: SourceError) -> float | None:
        """Return the seconds that the source asked to wait, None if it did not say; raise if they are too many."""
        if not isinstance(error, Throttled) or error.until is None:
            return None
        self._budget.hold_until(error.until)
        wait = (error.until - self._clock()).total_seconds()
        if wait > LONGEST_WAIT_SECONDS:
            raise error
        return max(wait, 0.0)

    def _note_quota(self, response: Response) -> None:
        """Hold back every process once the source says that nothing is left until its reset."""
        until = reset_at(response.headers, self._clock())
        if until is not None:
            self._budget.hold_until(until)


class HttpTransport:
    """Sends the `HttpRequest`s of one source, with its credentials.

    Args:
        declaration: the connector's; it says how credentials get into a request.
        sender: the loop that sends.
        credentials: returns them by the names in the declaration; called when first needed.
        clock: returns now (aware UTC).
        timeout_seconds: to connect, and to wait for the next bytes.
    """

    def __init__(
        self,
        declaration: Declaration,
        *,
        sender: Sender,
        credentials: Callable[[], Mapping[str, str]],
        clock: Clock,
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        drop_debug_of_libraries()
        self._declaration = declaration
        self._authorizer = Authorizer(declaration, credentials=credentials, post=self._post, clock=clock)
        self._sender = sender
        self._clock = clock
        self._timeout = timeout_seconds
        self.session = requests.Session()
        self.session.headers["User-Agent"] = USER_AGENT
        self.session.mount("http://", HTTPAdapter(max_retries=Retry(0, read=False)))
        self.session.mount("https://", HTTPAdapter(max_retries=Retry(0, read=False)))

    def fetch(self, request: HttpRequest) -> Response:
        """Return the answer to a request, or raise a sorted error; see `Sender.send`."""
        place = _place(request.url)
        is_renewable = self._authorizer.is_renewable
        response = self._sender.send(
            lambda: self._attempt(request), place=place, passed_on=(401,) if is_renewable else ()
        )
        if response.status == 401 and is_renewable:
            self._authorizer.forget()
            response = self._sender.send(lambda: self._attempt(request), place=place)
        return response

    def close(self) -> None:
        """Close open connections."""
        self.session.close()

    def _attempt(self, request: HttpRequest) -> Response:
        headers, params = dict(request.headers), list(request.params)
        self._authorizer.apply(request.url, headers, params)
        answer = self.session.request(
            request.method,
            request.url,
            params=params,
            headers=headers,
            json=request.body,
            timeout=self._timeout,
            stream=True,
            # A redirect to another host would carry a key along in its header or query string.
            allow_redirects=self._authorizer.may_follow_redirects,
        )
        return _read(answer, _place(request.url), self._clock())

    def _post(self, address: str, **given: Any) -> Any:
        """Ask for a token once, and return the JSON values of the answer."""
        now, place = self._clock(), _place(address)
        answer = self.session.post(address, timeout=self._timeout, stream=True, allow_redirects=False, **given)
        response = _read(answer, place, now)
        error = judge(self._declaration, response.status, response.headers, place=place, now=now)
        if error is not None:
            raise error
        return response.json()


class PoliteSession(requests.Session):
    """A `requests.Session` for client libraries: what it sends goes through `Sender`, like everything else.

    A library built on it never sees a 429, a 5xx or a broken connection, which libraries sort, and sleep upon, in ways
    of their own: it sees an answer, or a sorted error comes up through it.

    Args:
        sender: the loop that sends.
        clock: returns now (aware UTC).
        hosts: addresses that are asked in place of others, for tests: {"https://api.example": "http://127.0.0.1:1"}.
        timeout_seconds: to connect, and to wait for the next bytes.
    """

    # Client libraries sleep by these on their own, for as long as they say, in the middle of a task.
    _QUOTA_HEADERS = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")

    def __init__(
        self,
        *,
        sender: Sender,
        clock: Clock,
        hosts: Mapping[str, str],
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        super().__init__()
        drop_debug_of_libraries()
        self._sender = sender
        self._clock = clock
        self._hosts = hosts
        self._timeout = timeout_seconds
        self.last_status: int | None = None

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request and return its answer."""
        address = url.decode() if isinstance(url, bytes) else url
        for usual, other in self._hosts.items():
            if address.startswith(usual):
                address = other.rstrip("/") + address.removeprefix(usual)
        kwargs["timeout"] = self._timeout
        answers: list[requests.Response] = []

        def attempt() -> Response:
            answer = requests.Session.request(self, method, address, *args, **kwargs)
            answers.append(answer)
            self.last_status = answer.status_code
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Response(received_at=self._clock(), status=answer.status_code, headers=headers, body=answer.content)

        self._sender.send(attempt, place=_place(address))
        for name in self._QUOTA_HEADERS:
            answers[-1].headers.pop(name, None)
        return answers[-1]


def judge(
    declaration: Declaration, status: int, headers: Mapping[str, str], *, place: str, now: datetime
) -> SourceError | ConfigError | None:
    """Return the error that a status stands for, None for an answer that can be parsed.

    Args:
        declaration: its `status_meanings` go before the usual ones.
        status: of HTTP.
        headers: names in lower case.
        place: host and path, for the message.
        now: aware UTC.
    """
    meaning: str | None = declaration.status_meanings.get(status)
    if meaning is None:
        meaning = _usual_meaning(status)
    if meaning == "empty":
        return None
    if meaning == "throttled":
        until = resume_at(headers, now)
        when = f"until {until:%Y-%m-%d %H:%M:%S} UTC" if until else "without saying for how long"
        return Throttled(f"{place} asks to wait {when} (status {status})", until)
    if meaning == "gone":
        return Gone(f"{place} no longer exists (status {status}); remove it from the settings or correct it")
    if meaning == "transient":
        return TransientError(f"{place} answered with status {status}; try again later")
    names = ", ".join(credential.variable for credential in declaration.credentials)
    remedy = "check the settings of this source"
    if status in (401, 403):
        remedy = f"check {names}" if names else "the source may be blocking this network"
    if status == 402:
        remedy = "its account has no credit left"
    return ConfigError(f"{place} refused the request (status {status}); {remedy}")


def _usual_meaning(status: int) -> str:
    if 200 <= status < 300:
        return "empty"
    if status == 429:
        return "throttled"
    if status in (404, 410, 451):
        return "gone"
    if status >= 500 or status in _RETRIED_STATUSES:
        return "transient"
    return "config"


def _read(answer: requests.Response, place: str, received_at: datetime) -> Response:
    with answer:
        body = bytearray()
        for block in answer.iter_content(1 << 16):
            body += block
            if len(body) > MAX_BODY_BYTES:
                raise Drift(f"{place} sent more than {MAX_BODY_BYTES >> 20} MB; ask for smaller pages")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(received_at=received_at, status=answer.status_code, headers=headers, body=bytes(body))


def _place(url: str) -> str:
    """Return host and path: what an error may show; keys travel in query strings."""
    parts = urlsplit(url)
    return f"{parts.hostname or url}{parts.path}"
