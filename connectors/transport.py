"""What answers a connector's requests in a real pull: HTTP, or the source's own client library.

Credentials come from the environment under the names that the declaration gives; a missing one is an error that names
the variable and where to get it, before anything is sent. They are asked for only when a request needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from connectors import http
from connectors.budget import Budget
from connectors.contract import ClientCall, Connector, Declaration, HttpRequest, Request, Response, UsesClient
from connectors.http import HttpTransport, PoliteSession, Sender
from connectors.waiting import Clock, Sleep
from records.errors import ConfigError
from records.home import Home

__all__ = ["Transport", "credentials_of"]


def credentials_of(declaration: Declaration, environment: Mapping[str, str]) -> dict[str, str]:
    """Return a source's credentials by name.

    Raises:
        ConfigError: one is not set; the message names all that are missing.
    """
    missing = [
        credential for credential in declaration.credentials if not environment.get(credential.variable, "").strip()
    ]
    if missing:
        wanted = "; ".join(f"{credential.variable} ({credential.where})" for credential in missing)
        raise ConfigError(f"{declaration.name} needs credentials that are not set in the environment: {wanted}")
    # A line end that came along when a key was pasted belongs to no key.
    return {credential.name: environment[credential.variable].strip() for credential in declaration.credentials}


class Transport:
    """Answers the requests of one source entry; a context manager that closes its connections.

    Args:
        connector: whose requests these are.
        home: where budgets shared by all processes are kept.
        environment: where credentials come from.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
        timeout_seconds: to connect, and to wait for the next bytes; None for the usual.
    """

    def __init__(
        self,
        connector: Connector,
        home: Home,
        *,
        environment: Mapping[str, str],
        clock: Clock,
        sleep: Sleep,
        timeout_seconds: tuple[float, float] | None = None,
    ) -> None:
        self._connector = connector
        self._environment = environment
        self._clock = clock
        self._timeout = timeout_seconds or http.TIMEOUT_SECONDS
        declaration = connector.declaration
        budget = Budget(home, declaration, clock=clock, sleep=sleep)
        self._sender = Sender(declaration, budget=budget, clock=clock, sleep=sleep)
        self.http = HttpTransport(
            declaration,
            sender=self._sender,
            credentials=lambda: self._credentials,
            clock=clock,
            timeout_seconds=self._timeout,
        )
        self._session: PoliteSession | None = None

    def fetch(self, request: Request) -> Response:
        """Return the answer to a request, or raise a sorted error."""
        if isinstance(request, HttpRequest):
            return self.http.fetch(request)
        if isinstance(request, ClientCall):
            data = self._client(request)
            return Response(received_at=self._clock(), data=data)
        raise TypeError(f"{type(request).__name__} cannot be sent over the network")

    def answer_from(self, adapter: Any) -> None:
        """Answer from a `requests` adapter in place of the network, for the kit and tests."""
        sessions = [self.http.session]
        if isinstance(self._connector, UsesClient):
            _ = self._client
            sessions += [self._session] if self._session is not None else []
        for session in sessions:
            session.mount("http://", adapter)
            session.mount("https://", adapter)

    @cached_property
    def _credentials(self) -> dict[str, str]:
        return credentials_of(self._connector.declaration, self._environment)

    @cached_property
    def _client(self) -> Callable[[ClientCall], Any]:
        connector: Any = self._connector
        if not isinstance(connector, UsesClient):
            raise ConfigError(f"{connector.declaration.name} asks for a client library but opens none")
        credentials = self._credentials
        settings: Any = self._connector.settings  # type: ignore[attr-defined]
        hosts = {usual: getattr(settings, setting) for setting, usual in connector.client_hosts.items()}
        self._session = PoliteSession(
            sender=self._sender, clock=self._clock, hosts=hosts, timeout_seconds=self._timeout
        )
        return connector.open_client(self._session, credentials, self._clock)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close connections."""
        self.http.close()
        if self._session is not None:
            self._session.close()
