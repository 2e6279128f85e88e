"""How credentials get into requests, tried on a server of this machine: keys, tokens, logins, signatures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from werkzeug import Response as WerkzeugResponse

from connectors.contract import Auth, Credential, Declaration, HttpRequest
from connectors.transport import Transport
from records.errors import ConfigError


@dataclass(frozen=True)
class Guarded:
    """A source that wants a token which it has to be asked for first."""

    settings: None
    declaration: ClassVar[Declaration] = Declaration(
        name="guarded",
        title="Guarded",
        channel="online",
        credentials=(
            Credential(name="client_id", variable="GUARDED_ID", where="here"),
            Credential(name="client_secret", variable="GUARDED_SECRET", where="here"),
        ),
    )


def guarded(auth, home, time_, **environment):
    connector = Guarded(None)
    object.__setattr__(connector, "declaration", replace(Guarded.declaration, auth=auth))
    return Transport(connector, home, environment=environment, clock=time_.clock, sleep=time_.sleep)


def test_auth__a_token_is_fetched_once_and_again_when_it_has_ended(httpserver, home, time_):
    declaration = replace(Guarded.declaration, auth=Auth(kind="oauth2", token_url=httpserver.url_for("/token")))
    connector = Guarded(None)
    object.__setattr__(connector, "declaration", declaration)
    for number, seconds in ((1, 3600), (2, 3600), (3, 3600)):
        token = {"access_token": f"token-{number}", "expires_in": seconds}
        httpserver.expect_oneshot_request(
            "/token", method="POST", headers={"Authorization": "Basic aWQ6c2VjcmV0"}
        ).respond_with_json(token)

    def page(number):
        return {"headers": {"Authorization": f"Bearer token-{number}"}}

    httpserver.expect_oneshot_request("/page", **page(1)).respond_with_json({"n": 1})
    httpserver.expect_oneshot_request("/page", **page(1)).respond_with_json({"no": 1}, status=401)
    httpserver.expect_oneshot_request("/page", **page(2)).respond_with_json({"n": 2})
    httpserver.expect_oneshot_request("/page", **page(3)).respond_with_json({"n": 3})
    environment = {"GUARDED_ID": "id", "GUARDED_SECRET": "secret"}
    request = HttpRequest(url=httpserver.url_for("/page"))
    with Transport(connector, home, environment=environment, clock=time_.clock, sleep=time_.sleep) as transport:
        assert transport.fetch(request).json() == {"n": 1}
        assert transport.fetch(request).json() == {"n": 2}
        time_.now += timedelta(hours=1)
        assert transport.fetch(request).json() == {"n": 3}


def test_auth__a_session_is_opened_and_opened_again_when_it_is_refused(httpserver, home, time_):
    """As Bluesky has it: an app password is given for a token, at a path of the host that is asked."""
    login = (("identifier", "client_id"), ("password", "client_secret"))
    auth = Auth(kind="session", token_url="/xrpc/createSession", token_field="accessJwt", login=login)
    for number in (1, 2):
        httpserver.expect_oneshot_request(
            "/xrpc/createSession", method="POST", json={"identifier": "id", "password": "secret"}
        ).respond_with_json({"accessJwt": f"token-{number}", "handle": "a"})
    for token, status in (("token-1", 200), ("token-1", 401), ("token-2", 200)):
        httpserver.expect_oneshot_request("/page", headers={"Authorization": f"Bearer {token}"}).respond_with_json(
            {"status": status}, status=status
        )
    with guarded(auth, home, time_, GUARDED_ID="id", GUARDED_SECRET="secret") as transport:
        request = HttpRequest(url=httpserver.url_for("/page"))
        assert [transport.fetch(request).json() for _ in range(2)] == [{"status": 200}] * 2
    httpserver.check()


def test_auth__a_token_is_signed_and_signed_anew_before_it_ends(httpserver, home, time_):
    """As App Store Connect has it: ES256, the key's id in the header, at most 20 minutes."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    claims = (("iss", "{client_id}"), ("aud", "appstoreconnect-v1"))
    auth = Auth(kind="jwt", credential="client_secret", key_id="client_id", claims=claims)
    seen = []

    def page(request):
        token = request.headers["Authorization"].removeprefix("Bearer ")
        told = jwt.decode(
            token, key.public_key(), ["ES256"], options={"verify_exp": False, "verify_iat": False, "verify_aud": False}
        )
        seen.append((token, told, jwt.get_unverified_header(token)["kid"]))
        return WerkzeugResponse("{}")

    httpserver.expect_request("/page").respond_with_handler(page)
    with guarded(auth, home, time_, GUARDED_ID="issuer", GUARDED_SECRET=pem) as transport:
        for minutes in (0, 10, 10):
            time_.now += timedelta(minutes=minutes)
            transport.fetch(HttpRequest(url=httpserver.url_for("/page")))
    (first, told, kid), (second, _, _), (third, _, _) = seen
    assert (told["iss"], told["aud"], told["exp"] - told["iat"], kid) == ("issuer", "appstoreconnect-v1", 900, "issuer")
    assert first == second != third


def test_auth__a_signed_token_is_exchanged(httpserver, home, time_):
    """As Google's service accounts have it (RFC 7523)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    auth = Auth(kind="jwt", algorithm="RS256", credential="client_secret", token_url=httpserver.url_for("/token"))
    httpserver.expect_oneshot_request("/token", method="POST").respond_with_json(
        {"access_token": "a", "expires_in": 60}
    )
    httpserver.expect_oneshot_request("/page", headers={"Authorization": "Bearer a"}).respond_with_json({"n": 1})
    with guarded(auth, home, time_, GUARDED_ID="id", GUARDED_SECRET=pem) as transport:
        assert transport.fetch(HttpRequest(url=httpserver.url_for("/page"))).json() == {"n": 1}
    sent = parse_qs(httpserver.log[0][0].get_data(as_text=True))
    assert sent["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert jwt.get_unverified_header(sent["assertion"][0])["alg"] == "RS256"


def test_auth__a_key_that_cannot_sign_names_its_variable_and_not_itself(httpserver, home, time_):
    auth = Auth(kind="jwt", credential="client_secret")
    with guarded(auth, home, time_, GUARDED_ID="id", GUARDED_SECRET="canary-key") as transport:
        with pytest.raises(ConfigError, match="GUARDED_SECRET holds no key that signs ES256") as caught:
            transport.fetch(HttpRequest(url=httpserver.url_for("/page")))
        assert "canary" not in repr(caught.value)


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        (Auth(kind="bearer", credential="client_id"), {"headers": {"Authorization": "Bearer id"}}),
        (Auth(kind="header", credential="client_id", field="X-Key"), {"headers": {"X-Key": "id"}}),
        (Auth(kind="param", credential="client_id", field="key"), {"query_string": {"a": "b", "key": "id"}}),
    ],
)
def test_auth__keys_go_where_the_declaration_says(httpserver, home, time_, auth, expected):
    connector = Guarded(None)
    object.__setattr__(connector, "declaration", replace(Guarded.declaration, auth=auth))
    httpserver.expect_oneshot_request("/page", **expected).respond_with_json({"n": 1})
    environment = {"GUARDED_ID": "id", "GUARDED_SECRET": "secret"}
    request = HttpRequest(url=httpserver.url_for("/page"), params=(("a", "b"),))
    with Transport(connector, home, environment=environment, clock=time_.clock, sleep=time_.sleep) as transport:
        assert transport.fetch(request).json() == {"n": 1}
