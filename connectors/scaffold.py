"""A new connector from one recorded page: a module that passes the kit, its recording, and a package around it.

What the page holds is guessed (`page_guess`); whoever writes the connector reads the guesses, corrects them, and goes
on from there.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.page_guess import guess
from records.errors import InputError

__all__ = ["draft_connector", "write_connector"]


def draft_connector(name: str, *, url: str, page: Any, outside: bool = True) -> str:
    """Return the source of a connector module that reads a page as recorded.

    Args:
        name: of the connector: lower-case letters, digits, underscores.
        url: the address that gave the page, with its query string.
        page: JSON values of the recorded page.
        outside: whether it will live in a package of its own, and so imports `grapevine.connector` only.

    Raises:
        InputError: the name is no module name, or the page holds no records.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise InputError(f"{name!r} is no name for a connector; use lower-case letters, digits and underscores")
    found = guess(page)
    parts = urlsplit(url)
    params = ", ".join(f"({json.dumps(key)}, {json.dumps(text)})" for key, text in parse_qsl(parts.query))
    fields = found.fields
    lines = [
        f"        native_id=str({_expression('item', fields['id'])}),",
        f'        kind="{"review" if found.rating_max else "post"}",',
        f'        channel="{"review_site" if found.rating_max else "online"}",',
    ]
    if "url" in fields:
        lines.append(f"        url={_optional('item', fields['url'])},")
    if "author" in fields:
        lines.append(f"        author=_string({_optional('item', fields['author'])}),")
    if "title" in fields:
        lines.append(f'        title=html_to_text({_optional("item", fields["title"])} or "") or None,')
    if "text" in fields:
        lines.append(f'        text=html_to_text({_optional("item", fields["text"])} or ""),')
    if "published_at" in fields:
        lines.append(f"        published_at=_moment({_optional('item', fields['published_at'])}),")
    if found.rating_max:
        lines += [
            "        rating=rating,",
            f"        rating_max=None if rating is None else {found.rating_max},",
        ]
    words = [field for field in ("title", "text") if field in fields]
    return _TEMPLATE.format(
        name=name,
        title=name.replace("_", " ").capitalize(),
        class_name="".join(part.capitalize() for part in name.split("_")),
        url=f"{parts.scheme}://{parts.netloc}{parts.path}",
        base=f"{parts.scheme}://{parts.netloc}",
        path=parts.path,
        params=f"({params}{'' if '), (' in params else ','})" if params else "()",
        imports=_OUTSIDE if outside else _INSIDE,
        records_type="dict" if found.records else "list",
        rating_check=" and rating is None" if found.rating_max else "",
        reach="answer" if not found.records else _optional("answer", found.records),
        channel="review_site" if found.rating_max else "online",
        id=_optional("item", fields["id"]),
        words=" or ".join(_optional("item", fields[field]) for field in words),
        rating=f"\n    rating = _number({_optional('item', fields['rating'])})" if found.rating_max else "",
        draft="\n".join(lines),
        moment=_MOMENTS.get(found.time, ""),
        number=_NUMBER if found.rating_max else "",
        string=_STRING if "author" in fields else "",
        datetime="from datetime import UTC, datetime\n"
        if found.time.startswith("epoch")
        else ("from datetime import datetime\n" if found.time else ""),
        private=json.dumps(fields["author"][0]) + "," if "author" in fields else "",
    )


def write_connector(
    name: str, *, recording: Path, url: str, module: Path, payloads: Path, outside: bool = True
) -> list[Path]:
    """Write a new connector and keep its recording beside the others.

    Args:
        name: of the connector.
        recording: the recorded page (JSON).
        url: the address that gave it.
        module: the folder that gets `<name>.py`.
        payloads: the folder that gets `<name>/page.json`.
        outside: as in `draft_connector`.

    Returns:
        The module, the recording, and the package's files if there was no package yet.

    Raises:
        InputError: either is there already, or the page cannot be used.
    """
    try:
        page = json.loads(recording.read_bytes())
    except (OSError, ValueError):
        raise InputError(f"{recording} is no recorded JSON page; record one first") from None
    source = draft_connector(name, url=url, page=page, outside=outside)
    target, kept = module / f"{name}.py", payloads / name / "page.json"
    for path in (target, kept):
        if path.exists() and path.resolve() != recording.resolve():
            raise InputError(f"{path} is there already; choose another name or remove it")
    module.mkdir(parents=True, exist_ok=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source, encoding="utf-8")
    kept.write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [target, kept, *(_write_package(name, module) if outside else ())]


def _write_package(name: str, folder: Path) -> list[Path]:
    """Write what makes a folder installable; nothing if it is a package already."""
    if any((folder / one).exists() for one in ("setup.cfg", "setup.py", "pyproject.toml")):
        return []
    written = []
    for file, text in (("setup.cfg", _SETUP_CFG), ("pyproject.toml", _PYPROJECT)):
        path = folder / file
        path.write_text(text.format(name=name, project=name.replace("_", "-")), encoding="utf-8")
        written.append(path)
    return written


def _expression(start: str, path: Sequence[str]) -> str:
    return start + "".join(f"[{json.dumps(key)}]" for key in path)


def _optional(start: str, path: Sequence[str]) -> str:
    *outer, last = path
    inner = start
    for key in outer:
        inner = f"({inner}.get({json.dumps(key)}) or {{}})"
    return f"{inner}.get({json.dumps(last)})"


_MOMENTS = {
    "iso": "\n\ndef _moment(text: Any) -> datetime | None:\n"
    "    return datetime.fromisoformat(text) if text else None\n",
    "epoch": "\n\ndef _moment(seconds: Any) -> datetime | None:\n"
    "    return datetime.fromtimestamp(float(seconds), UTC) if seconds else None\n",
    "epoch_ms": "\n\ndef _moment(milliseconds: Any) -> datetime | None:\n"
    "    return datetime.fromtimestamp(float(milliseconds) / 1000, UTC) if milliseconds else None\n",
}
_NUMBER = "\n\ndef _number(value: Any) -> float | None:\n    return None if value is None else float(value)\n"
_STRING = "\n\ndef _string(value: Any) -> str | None:\n    return None if value is None else str(value)\n"

_SETUP_CFG = """[metadata]
name = grapevine-{project}
version = 0.1.0

[options]
py_modules = {name}

[options.entry_points]
grapevine.connectors =
    {name} = {name}:CONNECTOR
"""
_PYPROJECT = """[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
"""

_OUTSIDE = """from grapevine.connector import (
    BrandMatch,
    Cursor,
    Declaration,
    Draft,
    Drift,
    HttpRequest,
    Page,
    Query,
    RatingScale,
    Request,
    Response,
    SkippedRecord,
    html_to_text,
    read_page,
)"""
_INSIDE = """from connectors.contract import Declaration, HttpRequest, Page, Request, Response
from connectors.cursor import Cursor
from connectors.markup import html_to_text
from connectors.reading import read_page
from records.brand import Query
from records.errors import Drift, SkippedRecord
from records.mention import BrandMatch, Draft
from records.setup import RatingScale"""

_TEMPLATE = '''"""{title}: what it is, what it does not give, and where its facts come from (address, date)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
{datetime}from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

{imports}

CONTRACT_VERSION = 1
NO_ID = "no id"
NO_WORDS = "no text and no rating"


class Settings(BaseModel):
    """Settings of a `{name}` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    brand: str | None = Field(None, description="Key of the brand that all of it is about; if not set, words decide.")
    base_url: str = Field("{base}", description="Address of the API.")


@dataclass(frozen=True)
class {class_name}:
    """Reads {title}; one slice."""

    settings: Settings

    # Questions to answer before the first real pull: which credentials? what quota? how large is a page, how deep does
    # it go, in which order? are edits, deletions, answers of the company seen? what do the terms ask for?
    declaration: ClassVar[Declaration] = Declaration(
        name="{name}",
        title="{title}",
        source_doc="{url}",
        channel="{channel}",
        order="none",
        text_format="html",
        private_fields=({private}),
    )

    @classmethod
    def settings_model(cls) -> type[Settings]:
        """Return the settings model."""
        return Settings

    @classmethod
    def rating_scale(cls, settings: Mapping[str, Any]) -> RatingScale | None:
        """Return None: the usual cut points of the ratings' maximum."""

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return the first request."""
        yield HttpRequest(url=self.settings.base_url + "{path}", params={params})

    def parse(self, request: Request, response: Response) -> Page:
        """Return the records of an answer."""
        answer = response.json()
        items = {reach} if isinstance(answer, {records_type}) else None
        if not isinstance(items, list):
            raise Drift("the answer of {title} has no list of records; its API may have changed")
        brands = (BrandMatch(self.settings.brand, "setting"),) if self.settings.brand else ()
        return read_page(items, _draft, brands=brands)


def _draft(item: Mapping[str, Any]) -> Draft | SkippedRecord:
    if {id} is None:
        return SkippedRecord("a record", NO_ID){rating}
    if not ({words}){rating_check}:
        return SkippedRecord(str({id}), NO_WORDS)
    return Draft(
{draft}
    )
{moment}{number}{string}

CONNECTOR = {class_name}
'''
