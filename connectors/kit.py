"""The conformance kit: runs any connector on a folder of recordings, without a network.

Each check is *required* (it fails the connector), *derived* (a recorded page changed as the source might change it) or
*not shown* (the recordings hold nothing to try it on). `check` returns the report; the command line prints it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from connectors import kit_wire, mutations
from connectors.contract import Connector, FileRead, Page, Rechecks, Request, Response
from connectors.http import judge
from connectors.kit_report import Check, FileReport, Report, Standing
from connectors.kit_walk import killed_and_resumed, repeated_cursor
from connectors.recordings import EXPECTED, Recording, read_folder
from connectors.registry import find
from records.brand import Brand, Query
from records.errors import ConfigError, Drift, GrapevineError
from records.keys import content_hash
from records.mention import Draft

__all__ = ["Check", "FileReport", "Report", "check", "expected_lines"]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

_MAX_MUTATED_PAGES = 3
_MAX_KEYS = 150
_MARKED = {
    "html": ('<p>zzkit <i>one</i> &amp; <a href="https://e.example">two</a>', "zzkit one & two"),
    "bbcode": ("\n[b]zzkit[/b] [i]one[/i] & [url=https://e.example]two[/url]", "zzkit one & two"),
    "markdown": ("\n\n**zzkit** *one* &amp; [two](https://e.example)", "zzkit one & two"),
}
"""Words with markup that are added to a recorded text, and how a reader sees them."""
_EDIT = "edited since"
_ERROR_KEYS = frozenset({"error", "errors", "message", "fault", "detail", "title", "status"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A recorded answer that the connector read, and how."""

    recording: Recording
    request: Request
    parse: Callable[[Request, Response], Page]
    page: Page
    drafts: list[Draft]
    value: Any

    def again(self, value: Any) -> list[Draft]:
        """Return the drafts of another body in its place."""
        return list(self.parse(self.request, respond(mutations.as_json(value))).drafts)


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
    connector_type: Any = find(name)
    given = connector_type.declaration.example if settings is None else settings
    try:
        connector: Connector = connector_type(connector_type.settings_model()(**given))
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise ConfigError(f"the kit cannot make {name} with these settings: {first}; give others") from None
    files: list[FileReport] = []
    parsed: list[Parsed] = []
    for recording in read_folder(folder):
        report, found = _try_recording(connector, recording)
        files.append(report)
        if found is not None:
            parsed.append(found)
    checks = [_all_files(files), *_on_pages(connector, parsed), *kit_wire.checks(connector, parsed)]
    checks.append(_as_expected(parsed, folder / EXPECTED))
    return Report(connector=name, folder=str(folder), files=tuple(files), checks=tuple(checks))


def expected_lines(name: str, folder: Path, *, settings: Mapping[str, Any] | None = None) -> list[str]:
    """Return what the recordings mean, a line of JSON for each mention: to be read by a person and kept beside them."""
    connector_type: Any = find(name)
    given = connector_type.declaration.example if settings is None else settings
    connector: Connector = connector_type(connector_type.settings_model()(**given))
    found = [_try_recording(connector, recording)[1] for recording in read_folder(folder)]
    return [line for one in found if one is not None for line in _lines(one)]


def respond(body: bytes) -> Response:
    """Return a body as an answer."""
    return Response(received_at=NOW, body=body, stream=BytesIO(body))


def _try_recording(connector: Connector, recording: Recording) -> tuple[FileReport, Parsed | None]:
    asked = f"{recording.method} {recording.url}" if recording.url else None
    if recording.is_about_tokens:
        return FileReport(name=recording.name, asked=asked, message="a login; not parsed", is_ok=None), None
    declaration = connector.declaration
    error = judge(declaration, recording.status, recording.headers, place=recording.name, now=NOW)
    if error is not None:
        return FileReport(name=recording.name, asked=asked, error=type(error).__name__, message=str(error)), None
    wrong = what_is_wrong(recording)
    drift: GrapevineError | None = None
    for request, parse in _ways(connector):
        try:
            page = parse(request, respond(recording.body))
            drafts = list(page.drafts)
        except GrapevineError as refused:
            drift = drift or refused
            continue
        except Exception as fault:  # noqa: BLE001 (whatever a connector raises is what the kit reports)
            message = f"{type(fault).__name__} in {parse.__name__}: {fault}"
            return FileReport(name=recording.name, asked=asked, error="crash", message=message, is_ok=False), None
        skipped = dict(Counter(one.reason for one in page.skipped))
        is_ok = not (wrong and not drafts and not page.gone)
        report = FileReport(
            name=recording.name,
            asked=asked,
            records=len(drafts),
            gone=len(page.gone),
            skipped=skipped,
            message="" if is_ok else f"{wrong}, but the connector took it for an empty page",
            is_ok=is_ok,
        )
        return report, Parsed(recording, request, parse, page, drafts, _value(recording.body))
    is_foreign = recording.url is not None and not wrong
    return FileReport(
        name=recording.name,
        asked=asked,
        error=type(drift).__name__,
        message=f"no answer to anything that this connector asks: {drift}" if is_foreign else str(drift),
        is_ok=True if wrong else None if is_foreign else False,
    ), None


def _ways(connector: Connector) -> Iterator[tuple[Request, Callable[[Request, Response], Any]]]:
    """Yield the connector's first request with its parse, then its recheck."""
    query = Query((Brand(key="example", name="example"),))
    first = next(iter(connector.plan(query, {})), None)
    if isinstance(first, FileRead):
        raise ConfigError("the kit tries connectors that ask a source; files are tried by pulling them")
    if first is not None:
        yield first, connector.parse
    if isinstance(connector, Rechecks):
        request = next(iter(connector.recheck_requests([("", "zz0")])))
        # The recording answers a question about other ids; none of ours must count as absent.
        for name in list(request.context):
            request.context[name] = []  # type: ignore[index]
        yield request, connector.parse_recheck


def what_is_wrong(recording: Recording) -> str:
    """Return what shows that a recorded 200 is an error answer, "" if nothing does."""
    body = recording.body.lstrip()
    if body[:200].lower().startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if body[:1] == b"<":
        return ""
    value = _value(recording.body)
    if value is None:
        return "no JSON"
    if isinstance(value, dict) and value and set(value) <= _ERROR_KEYS:
        return "an error inside a 200"
    return ""


def _all_files(files: Sequence[FileReport]) -> Check:
    bad = [one.name for one in files if one.is_ok is False]
    detail = f"wrong: {', '.join(bad)}" if bad else f"{len(files)} answers, {sum(one.records for one in files)} records"
    return Check(name="every answer is parsed, or its error named", standing="required", is_ok=not bad, detail=detail)


def _on_pages(connector: Connector, parsed: Sequence[Parsed]) -> Iterator[Check]:
    pages = [one for one in parsed if one.drafts]
    if not pages:
        yield Check(name="some answer holds records", standing="required", is_ok=False, detail="none does")
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
    twice = [native_id for native_id, count in Counter(ids).items() if count > 1]
    return f"{len(twice)} ids stand twice in one page" if twice else ""


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
    name = f"records are those of {EXPECTED}"
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


def _value(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
