"""How credentials get into a request, and tokens that have to be fetched or signed first, and again when they end."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from connectors.contract import Auth, Credential, Declaration
from connectors.waiting import Clock
from records.errors import ConfigError, Drift

__all__ = ["Authorizer", "Post"]

Post = Callable[..., Any]
"""Sends a POST (address, then `data=` or `json=`, `headers=`) and returns the JSON values of its answer."""

_SLACK = timedelta(seconds=60)  # a token this close to its end is made anew
_EXCHANGE = "urn:ietf:params:oauth:grant-type:jwt-bearer"  # RFC 7523
_MADE = ("oauth2", "jwt", "session")


class Authorizer:
    """Puts a source's credentials into its requests.

    Args:
        declaration: says how.
        credentials: returns them by the names in the declaration; called when first needed.
        post: asks for a token.
        clock: returns now (aware UTC).
    """

    def __init__(
        self, declaration: Declaration, *, credentials: Callable[[], Mapping[str, str]], post: Post, clock: Clock
    ) -> None:
        self._auth = declaration.auth
        self._known = declaration.credentials
        self._credentials = credentials
        self._post = post
        self._clock = clock
        self._token = ""
        self._ends_at: datetime | None = None

    @property
    def is_renewable(self) -> bool:
        """Whether a refused token can be made anew."""
        return self._auth.kind in _MADE

    @property
    def may_follow_redirects(self) -> bool:
        """Whether credentials stay behind when another host is named: `requests` drops this header and no other."""
        return self._auth.kind not in ("header", "param", "client")

    def forget(self) -> None:
        """Make the next request ask for a new token."""
        self._ends_at = None

    def apply(self, url: str, headers: dict[str, str], params: list[tuple[str, str]]) -> None:
        """Add what a request to an address needs.

        Raises:
            ConfigError: a credential is missing, or a key cannot sign.
        """
        auth = self._auth
        if auth.kind == "bearer":
            headers["Authorization"] = f"Bearer {self._credentials()[auth.credential]}"
        elif auth.kind == "header":
            headers[auth.field] = self._credentials()[auth.credential]
        elif auth.kind == "param":
            params.append((auth.field, self._credentials()[auth.credential]))
        elif self.is_renewable:
            headers["Authorization"] = f"Bearer {self._current_token(url)}"

    def _current_token(self, url: str) -> str:
        now = self._clock()
        if self._ends_at is None or now >= self._ends_at - _SLACK:
            self._token, seconds = self._new_token(url, now)
            self._ends_at = now + (timedelta(seconds=seconds) if seconds else self._auth.lifetime)
        return self._token

    def _new_token(self, url: str, now: datetime) -> tuple[str, float | None]:
        """Return a token, and for how many seconds it holds if the source says so."""
        auth, credentials = self._auth, self._credentials()
        if auth.kind == "jwt":
            signed = self._signed(auth, credentials, now)
            if not auth.token_url:
                return signed, None
            given: dict[str, Any] = {"data": {"grant_type": _EXCHANGE, "assertion": signed}}
        elif auth.kind == "session":
            given = {"json": {name: credentials[credential] for name, credential in auth.login}}
        else:  # client credentials, RFC 6749, section 4.4
            pair = base64.b64encode(f"{credentials['client_id']}:{credentials['client_secret']}".encode()).decode()
            given = {"data": {"grant_type": "client_credentials"}, "headers": {"Authorization": f"Basic {pair}"}}
        address = urljoin(url, auth.token_url)
        answer = self._post(address, **given)
        token = answer.get(auth.token_field) if isinstance(answer, dict) else None
        if not token:
            raise Drift(f"{address.partition('?')[0]} gave no {auth.token_field}; its API may have changed")
        return str(token), answer.get("expires_in")

    def _signed(self, auth: Auth, credentials: Mapping[str, str], now: datetime) -> str:
        import jwt

        claims: dict[str, Any] = {name: text.format_map(credentials) for name, text in auth.claims}
        claims.update(iat=int(now.timestamp()), exp=int((now + auth.lifetime).timestamp()))
        headers = {"kid": credentials[auth.key_id]} if auth.key_id else None
        try:
            return jwt.encode(claims, credentials[auth.credential], algorithm=auth.algorithm, headers=headers)
        except (jwt.PyJWTError, ValueError, TypeError):
            # The library's own words may quote the key.
            raise ConfigError(
                f"{_variable(self._known, auth.credential)} holds no key that signs {auth.algorithm}; "
                "set it to the whole PEM text, its first and last lines included"
            ) from None


def _variable(known: tuple[Credential, ...], name: str) -> str:
    return next((one.variable for one in known if one.name == name), name)
