"""The server that mails go through: from `[mail]` and the environment, or from an Airflow connection."""

from __future__ import annotations

import os
from typing import Any

from digests.send import MailServer, Security
from grapevine.settings import MailSettings
from records.errors import ConfigError

__all__ = ["mail_server"]

_PASSWORD_VARIABLE = "GRAPEVINE_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
_USUAL_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "tls": 465}


def mail_server(mail: MailSettings | None) -> MailServer:
    """Return the server that the settings name.

    Raises:
        ConfigError: none is named, its password is not set, or Airflow knows no such connection.
    """
    if mail is None:
        raise ConfigError("mail.host is not set, so nothing can be sent; write [mail] with the name of an SMTP server")
    if mail.connection:
        return _of_connection(mail.connection)
    password = os.environ.get(_PASSWORD_VARIABLE)
    if mail.user and not password:
        raise ConfigError(f"mail.user is {mail.user!r} but {_PASSWORD_VARIABLE} is not set; set it")
    return MailServer(host=mail.host or "", port=mail.port, security=mail.security, user=mail.user, password=password)


def _of_connection(name: str) -> MailServer:
    try:
        from airflow.sdk import Connection
        from airflow.sdk.exceptions import AirflowNotFoundException
    except ImportError as error:
        raise ConfigError(
            f"mail.connection is {name!r} but Airflow is not installed here; set mail.host instead"
        ) from error
    try:
        connection = Connection.get(name)
    except AirflowNotFoundException as error:
        raise ConfigError(
            f"mail.connection is {name!r}, which Airflow does not know; "
            f"add it (`airflow connections add {name} --conn-type smtp ...`) or set mail.host"
        ) from error
    if not connection.host:
        raise ConfigError(f"the Airflow connection {name!r} names no host; add it")
    # As Airflow's SMTP provider reads them: TLS from the start unless disable_ssl, then STARTTLS unless disable_tls.
    extra: dict[str, Any] = connection.extra_dejson
    security: Security = "none" if _is_on(extra, "disable_tls") else "starttls"
    if not _is_on(extra, "disable_ssl"):
        security = "tls"
    return MailServer(
        host=connection.host,
        port=connection.port or _USUAL_PORTS[security],
        security=security,
        user=connection.login or None,
        password=connection.password or None,
        timeout_seconds=float(extra.get("timeout", 30)),
    )


def _is_on(extra: dict[str, Any], name: str) -> bool:
    return str(extra.get(name, False)).lower() in ("true", "1")
