"""Keeps secrets and people's words out of logs: libraries below us write both at DEBUG.

tweepy logs its bearer token and whole answers, prawcore its form data, urllib3 addresses with keys in their query
strings. Their DEBUG records are dropped where they arise, whatever level logging is set to.
"""

from __future__ import annotations

import logging

__all__ = ["drop_debug_of_libraries"]

_LOGGERS = (
    "praw",
    "prawcore",
    "requests",
    "requests_oauthlib",
    "requests_oauthlib.oauth1_auth",
    "requests_oauthlib.oauth2_session",
    "oauthlib",
    "oauthlib.oauth1.rfc5849",
    "tweepy",
    "tweepy.api",
    "tweepy.client",
    "tweepy.streaming",
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.util.retry",
)


class _AboveDebug(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG


_FILTER = _AboveDebug()


def drop_debug_of_libraries() -> None:
    """Drop DEBUG records of the libraries that carry credentials; may be called again."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
