"""What answers a connector's requests in a real pull: HTTP, or the source's own client library.

Credentials come from the environment under the names that the declaration gives; a missing one is an error that names
the variable and where to get it, before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

from connectors.contract import Connector, Declaration, HttpRequest, Request, Response
from connectors.http import HttpTransport
from records.errors import ConfigError
from records.home import Home

__all__ = ["Transport", "credentials_of"]


def credentials_of(declaration: Declaration, environment: Mapping[str, str]) -> dict[str, str]:
    """Return a source's credentials by name.

    Raises:
        ConfigError: one is not set; the message names all that are missing.
    """
    missing = [credential for credential in declaration.credentials if not environment.get(credential.variable)]
    if missing:
        wanted = "; ".join(f"{credential.variable} ({credential.where})" for credential in missing)
        raise ConfigError(f"{declaration.name} needs credentials that are not set in the environment: {wanted}")
    return {credential.name: environment[credential.variable] for credential in declaration.credentials}


class Transport:
    """Answers the requests of one source entry; a context manager that closes its connections.

    Args:
        connector: whose requests these are.
        home: where budgets shared by all processes are kept.
        environment: where credentials come from.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
    """

    def __init__(
        self,
        connector: Connector,
        home: Home,
        *,
        environment: Mapping[str, str],
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        credentials = credentials_of(connector.declaration, environment)
        self._http = HttpTransport(connector.declaration, credentials=credentials, clock=clock, sleep=sleep)

    def fetch(self, request: Request) -> Response:
        """Return the answer to a request, or raise a sorted error."""
        if isinstance(request, HttpRequest):
            return self._http.fetch(request)
        raise ConfigError(f"{type(request).__name__} cannot be sent over the network")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close connections."""
        self._http.close()
