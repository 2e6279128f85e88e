"""The archive: one page that lists every digest built so far, newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote as url_quote

from digests import render
from digests.catalogue import catalogue
from digests.periods import Period
from records.errors import InputError

__all__ = ["STAMP", "Entry", "entries", "write"]

STAMP = "digest.json"  # written last into a digest's folder: without it the folder is not whole


@dataclass(frozen=True, slots=True)
class Entry:
    """One digest in the archive."""

    period: Period
    brand: str
    brand_name: str
    headline: str

    @property
    def path(self) -> str:
        """Where its page is, from the archive's folder, safe in a link."""
        return f"{url_quote(self.period.name)}/{url_quote(self.brand)}/page.html"


def entries(digests: Path) -> list[Entry]:
    """Return the digests under a folder, newest period first, brands by name within it."""
    found = []
    for stamp in digests.glob(f"*/*/{STAMP}"):
        facts = json.loads(stamp.read_text("utf-8"))
        try:
            period = Period.parse(facts["period"])
        except InputError as error:
            raise InputError(
                f"{stamp} is no digest's stamp ({error}); delete that folder and build it again"
            ) from error
        found.append(Entry(period, facts["brand"], facts["brand_name"], facts["headline"]))
    found.sort(key=lambda entry: entry.brand_name)
    return sorted(found, key=lambda entry: (entry.period.end, entry.period.kind), reverse=True)


def write(digests: Path, language: str) -> Path:
    """Write the archive page; return its path."""
    words = catalogue(language)
    groups = [
        (words.period(period), words.days(period), list(group))
        for period, group in groupby(entries(digests), key=lambda entry: entry.period)
    ]
    digests.mkdir(parents=True, exist_ok=True)
    path = digests / "index.html"
    part = path.with_name(f"{path.name}.part")
    part.write_text(render.index(language, groups), "utf-8")
    return part.replace(path)
