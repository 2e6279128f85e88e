"""The conformance kit: runs any connector on a folder of recordings, without a network.

Each check is *required* (it fails the connector), *derived* (a recorded page changed as the source might change it) or
*not shown* (the recordings hold nothing to try it on). `check` returns the report; the command line prints it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors import kit_wire, mutations
from connectors.contract import Connector, Rechecks, Request
from connectors.kit_answers import Parsed, read_answer, respond
from connectors.kit_report import Check, FileReport, Report, Standing
from connectors.kit_walk import killed_and_resumed, repeated_cursor
from connectors.recordings import EXPECTED, read_folder
from connectors.registry import find
from records.errors import CheckFailed, ConfigError, Drift, GrapevineError
from records.keys import content_hash
from records.mention import Draft

__all__ = ["Check", "FileReport", "Report", "accept", "check"]

_MAX_MUTATED_PAGES = 3
_MAX_KEYS = 150
_MARKED = {
    "html": ('<p>zzkit <i>one</i> &amp; <a href="https://e.example">two</a>', "zzkit one & two"),
    "bbcode": ("\n[b]zzkit[/b] [i]one[/i] & [url=https://e.example]two[/url]", "zzkit one & two"),
    "markdown": ("\n\n**zzkit** *one* &amp; [two](https://e.example)", "zzkit one & two"),
}
"""Words with markup that are added to a recorded text, and how a reader sees them."""
_EDIT = "edited since"
_AS_EXPECTED = f"records are those of {EXPECTED}"


def check(name: str, folder: Path, *, settings: Mapping[str, Any] | None = None) -> Report:
    """Run a connector on a folder of recordings.

    Args:
        name: of the connector.
        folder: with the recordings, and perhaps `expected.jsonl`.
        settings: of the connector; those of its declaration's example if None.

    Raises:
        ConfigError: there is no such connector, or its settings are wrong.
        InputError: there are no recordings.
    """
    connector = _make(name, settings)
    files: list[FileReport] = []
    parsed: list[Parsed] = []
    for recording in read_folder(folder):
        report, found = read_answer(connector, recording)
        files.append(report)
        if found is not None:
            parsed.append(found)
    checks = [_all_files(files), *_on_pages(connector, parsed), *kit_wire.checks(connector, parsed)]
    checks.append(_as_expected(parsed, folder / EXPECTED))
    return Report(connector=name, folder=str(folder), files=tuple(files), checks=tuple(checks))


def accept(name: str, folder: Path, *, settings: Mapping[str, Any] | None = None) -> Path:
    """Write what the recordings mean now beside them, a line of JSON for each mention, and return the file.

    A person is to read it, and to read again what changes in it: the kit holds the connector to it from then on.

    Raises:
        CheckFailed: the connector breaks another promise, which comes first.
    """
    report = check(name, folder, settings=settings)
    broken = [one.name for one in report.checks if one.is_ok is False and one.name != _AS_EXPECTED]
    if broken:
        raise CheckFailed(f"{name} breaks a promise on {folder} ({'; '.join(broken)}); mend that before you accept")
    connector = _make(name, settings)
    found = [read_answer(connector, recording)[1] for recording in read_folder(folder)]
    path = folder / EXPECTED
    path.write_text("".join(f"{line}\n" for one in found if one is not None for line in _lines(one)), encoding="utf-8")
    return path


def _make(name: str, settings: Mapping[str, Any] | None) -> Connector:
    connector_type: Any = find(name)
    given = connector_type.declaration.example if settings is None else settings
    try:
        connector: Connector = connector_type(connector_type.settings_model()(**given))
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise ConfigError(f"the kit cannot make {name} with these settings: {first}; give others") from None
    return connector


def _all_files(files: Sequence[FileReport]) -> Check:
    bad = [one.name for one in files if one.is_ok is False]
    detail = f"wrong: {', '.join(bad)}" if bad else f"{len(files)} answers, {sum(one.records for one in files)} records"
    return Check(name="every answer is parsed, or its error named", standing="required", is_ok=not bad, detail=detail)


def _on_pages(connector: Connector, parsed: Sequence[Parsed]) -> Iterator[Check]:
    pages = [one for one in parsed if one.drafts]
    if not pages:
        name = "some answer holds records"
        if parsed:
            yield Check(name=name, standing="required", is_ok=False, detail="none does")
        else:
            yield Check(name=name, standing="not shown", is_ok=None, detail="there are only error answers")
        return
    chosen = sorted(pages, key=lambda one: -len(one.drafts))[:_MAX_MUTATED_PAGES]
    changeable = [smaller for one in chosen if (smaller := _smaller(one)) is not None]
    yield _promise("ids are stable and unique", pages, _ids_hold)
    yield _promise("times are aware and in UTC", pages, _times_hold)
    yield _markup(changeable, connector.declaration.text_format)
    yield _promise("parsed twice, nothing is new", pages, _same_twice)
    yield _promise("a web page in place of the answer is Drift", chosen[:1], _web_page)
    yield _promise("unknown fields are ignored", changeable, _unknown_ignored, "derived")
    yield _promise("optional fields may vanish or be null", changeable, _fields_may_vanish, "derived")
    yield _shown("an edit gives a new version of the same mention", changeable, _edit_shows)
    gone = sum(len(one.page.gone) for one in parsed)
    sees = connector.declaration.sees_deletions or isinstance(connector, Rechecks)
    yield Check(
        name="a deletion gives a tombstone without text",
        standing="required" if gone else "not shown",
        is_ok=True if gone else None,
        detail=f"{gone} gone" if gone else "no recording of one" if sees else "the source does not tell",
    )
    yield _walked("a repeated page cursor stops", connector, changeable, repeated_cursor)
    yield _walked(
        "cut off after any page while rows arrive, nothing is lost", connector, changeable, killed_and_resumed
    )


def _smaller(one: Parsed) -> Parsed | None:
    """Return a page with few enough records to be changed in many ways; None if it is not JSON."""
    if one.value is None:
        return None
    value = mutations.trimmed(one.value)
    page = one.parse(one.request, respond(mutations.as_json(value)))
    return Parsed(one.recording, one.request, one.parse, page, list(page.drafts), value) if page.drafts else None


def _promise(
    name: str, pages: Sequence[Parsed], problem: Callable[[Parsed], str], standing: Standing = "required"
) -> Check:
    """Return whether a promise holds on every page; `problem` says what breaks it, "" if nothing does."""
    if not pages:
        return Check(name=name, standing="not shown", is_ok=None, detail="no JSON page with records")
    for page in pages:
        try:
            found = problem(page)
        except Exception as fault:  # noqa: BLE001 (whatever a connector raises is what the kit reports)
            found = f"{type(fault).__name__}: {fault}"
        if found:
            return Check(name=name, standing=standing, is_ok=False, detail=f"{page.recording.name}: {found}")
    return Check(name=name, standing=standing, is_ok=True, detail=f"{len(pages)} pages")


def _markup(pages: Sequence[Parsed], text_format: str) -> Check:
    name = "no markup is left in texts"
    if text_format not in _MARKED:
        return Check(name=name, standing="not shown", is_ok=None, detail="the source gives plain text")
    for one in pages:
        found = _markup_left(one, text_format)
        if found is not None:
            return Check(name=name, standing="derived", is_ok=not found, detail=found or text_format)
    return Check(name=name, standing="not shown", is_ok=None, detail="no text could be changed in a recorded page")


def _shown(name: str, pages: Sequence[Parsed], shows: Callable[[Parsed], bool]) -> Check:
    if any(shows(page) for page in pages):
        return Check(name=name, standing="derived", is_ok=True)
    return Check(name=name, standing="not shown", is_ok=None, detail="no text could be changed in a recorded page")


def _walked(
    name: str,
    connector: Connector,
    pages: Sequence[Parsed],
    walk: Callable[[Connector, Request, Any, list[Draft]], str | None],
) -> Check:
    """Return the outcome of a walk over pages derived from a recorded one that has a next page."""
    for one in pages:
        if not one.page.next:
            continue
        try:
            problem = walk(connector, one.request, one.value, one.drafts)
        except Exception as fault:  # noqa: BLE001 (whatever a connector raises is what the kit reports)
            problem = f"{type(fault).__name__}: {fault}"
        if problem is not None:
            detail = f"{one.recording.name}: {problem}" if problem else one.recording.name
            return Check(name=name, standing="derived", is_ok=not problem, detail=detail)
    return Check(name=name, standing="not shown", is_ok=None, detail="no recorded page leads to another")


def _ids_hold(one: Parsed) -> str:
    ids = [(draft.namespace, draft.native_id) for draft in one.drafts]
    again = one.parse(one.request, respond(one.recording.body)).drafts
    if ids != [(draft.namespace, draft.native_id) for draft in again]:
        return "other ids when parsed again"
    first: dict[tuple[str, str], Draft] = {}
    twice = [
        draft
        for draft in one.drafts
        if not _is_same(first.setdefault((draft.namespace, draft.native_id), draft), draft)
    ]
    return f"{len(twice)} records have the id of another" if twice else ""


def _is_same(one: Draft, other: Draft) -> bool:
    """Whether two records of one id are one mention: sent twice, or before and after an edit."""
    is_version = one.edited_at is not None or other.edited_at is not None
    return (one.author, one.published_at) == (other.author, other.published_at) and (
        is_version or one.text == other.text
    )


def _times_hold(one: Parsed) -> str:
    for draft in one.drafts:
        for moment in (draft.published_at, draft.edited_at, draft.reply_at):
            if moment is not None and (moment.tzinfo is None or moment.utcoffset() != timedelta(0)):
                return f"{draft.native_id} has a time that is not in UTC"
            if moment is not None and not 1990 <= moment.year <= 2100:
                return f"{draft.native_id} has a time in the year {moment.year}"
    return ""


def _markup_left(one: Parsed, text_format: str) -> str | None:
    """Return "" if markup added to a recorded text does not show, what is wrong if it does, None if none was added."""
    marked, plain = _MARKED[text_format]
    for changed in mutations.edits(one.value, [draft.text for draft in one.drafts if draft.text], marked):
        try:
            after = one.again(changed)
        except GrapevineError:
            continue
        for draft in after:
            if "zzkit" in draft.text:
                return "" if plain in " ".join(draft.text.split()) else f"markup is left in {draft.native_id}"
    return None


def _same_twice(one: Parsed) -> str:
    again = list(one.parse(one.request, respond(one.recording.body)).drafts)
    return "" if again == one.drafts else "other records when parsed again"


def _web_page(one: Parsed) -> str:
    body = b"<!doctype html><html><body>Blocked by network policy</body></html>"
    try:
        one.parse(one.request, respond(body))
    except Drift:
        return ""
    except GrapevineError as error:
        return f"{type(error).__name__} in place of Drift"
    return "taken for a page"


def _unknown_ignored(one: Parsed) -> str:
    return "" if one.again(mutations.with_unknown_fields(one.value)) == one.drafts else "other records"


def _fields_may_vanish(one: Parsed) -> str:
    for key in list(mutations.keys_in(one.value))[:_MAX_KEYS]:
        for null in (False, True):
            try:
                one.again(mutations.without_key(one.value, key, null=null))
            except GrapevineError:
                continue
            except Exception as fault:  # noqa: BLE001 (whatever a connector raises is what the kit reports)
                return f"{type(fault).__name__} ({fault}) when {key!r} is {'null' if null else 'missing'}"
    return ""


def _edit_shows(one: Parsed) -> bool:
    before = {(draft.namespace, draft.native_id): draft.text for draft in one.drafts if draft.text}
    for changed in mutations.edits(one.value, list(before.values()), f" {_EDIT}"):
        try:
            after = one.again(changed)
        except GrapevineError:
            continue
        for draft in after:
            text = before.get((draft.namespace, draft.native_id))
            if text is not None and _EDIT in draft.text and content_hash(text) != content_hash(draft.text):
                return True
    return False


def _as_expected(parsed: Sequence[Parsed], path: Path) -> Check:
    name = _AS_EXPECTED
    if not path.is_file():
        return Check(name=name, standing="not shown", is_ok=None, detail=f"no {EXPECTED} beside the recordings")
    wanted = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    found = [line for one in parsed for line in _lines(one)]
    for number, (want, have) in enumerate(zip(wanted, found, strict=False), start=1):
        expected, actual = json.loads(want), json.loads(have)
        differ = sorted(key for key in expected | actual if expected.get(key) != actual.get(key))
        if differ:
            detail = f"line {number}: {', '.join(differ)} differ"
            return Check(name=name, standing="required", is_ok=False, detail=detail)
    detail = f"{len(found)} records, {len(wanted)} lines"
    return Check(name=name, standing="required", is_ok=len(wanted) == len(found), detail=detail)


def _lines(one: Parsed) -> Iterator[str]:
    for draft in one.drafts:
        values = {key: value for key, value in asdict(draft).items() if value not in (None, "", {})}
        values["engagement"] = {key: value for key, value in values["engagement"].items() if value is not None}
        # A person reads these lines, and they are kept: who wrote it is not for either.
        for private in ("author", "person", "team_id", "staff_id"):
            values.pop(private, None)
        yield json.dumps({"file": one.recording.name, **values}, ensure_ascii=False, default=str)
    for namespace, native_id in one.page.gone:
        yield json.dumps({"file": one.recording.name, "gone": [namespace, native_id]}, ensure_ascii=False)
