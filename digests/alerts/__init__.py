"""Alerts: what can't wait until Monday.

`judge` finds them in the marts, once in a run; the tables keep what it found (`marts.alert`); `facts` reads that with
its evidence, and `wording` says it, for an alert's own mail and for the digest of its period.
"""

from __future__ import annotations

from dataclasses import fields

from digests.alerts.alert import Alert, Judged
from digests.alerts.facts import AlertFacts, read_alerts
from digests.alerts.wording import alert_sentence
from digests.catalogue import catalogue
from digests.options import AlertOptions
from digests.published import open_published
from records.home import Home

__all__ = ["Alert", "Judged", "check", "history"]


def check(home: Home, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
    """Return the published alerts that are open, gravest kind first.

    Raises:
        InputError: nothing is published.
    """
    return [alert for alert in history(home, options, language=language) if alert.closed_on is None]


def history(home: Home, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
    """Return the published alerts of the last five weeks, closed ones too; raises as `check` does."""
    source, options = open_published(home.current), options or AlertOptions()
    with source.connection:
        found = read_alerts(source, words=options.words)
    return [_told(facts, options, language) for facts in found]


def _told(facts: AlertFacts, options: AlertOptions, language: str) -> Alert:
    row = {field.name: getattr(facts.judged, field.name) for field in fields(Judged)}
    words = catalogue(language)
    sentence = alert_sentence(words, facts, fewest=options.fewest_events)
    if facts.brand_name:
        sentence = words.say("alert.of", brand=facts.brand_name, sentence=sentence)
    return Alert(**row, sentence=sentence, links=facts.links)
