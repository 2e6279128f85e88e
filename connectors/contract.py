"""The contract of a connector: pure functions and a declaration.

A connector says *what* to ask (`plan`) and *what an answer means* (`parse`). It opens no file and no connection, looks
at no clock and keeps no state: the runner owns the network, paging, waiting, retries, identity, people's hashes, the
cursor, raw capture and logging. So every connector can be tried on recorded answers, without a network.

    plan(query, cursors) -> requests          one or more per slice (a country, a site, a word)
    parse(request, response) -> Page          drafts, what is gone, what was skipped, what to ask next

A source that can be asked about single ids also has `recheck_requests` and `parse_recheck`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Literal, Protocol, runtime_checkable

from records.brand import Query
from records.errors import Drift, SkippedRecord
from records.mention import BrandMatch, Channel, Draft, RatingCount
from records.setup import RatingScale

if TYPE_CHECKING:
    from pydantic import BaseModel

    from connectors.columns import DraftColumns, OutcomeColumns
    from connectors.cursor import Cursor

__all__ = [
    "CONTRACT_VERSION",
    "ONE_SLICE",
    "Auth",
    "ClientCall",
    "Connector",
    "Credential",
    "Declaration",
    "FileRead",
    "HttpRequest",
    "NativeId",
    "Page",
    "Rechecks",
    "Request",
    "Response",
    "SharesWork",
    "UsesClient",
]

CONTRACT_VERSION = 1
"""Rises when a connector written for an earlier version would no longer work."""

ONE_SLICE = "-"
"""The slice of a source that has only one."""

NativeId = tuple[str, str]
"""(namespace, native id): how a source knows a mention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One HTTP request; the runner adds credentials and sends it.

    Attributes:
        url: absolute, without query string.
        params: the query string, in order; values are encoded when sent.
        headers: beyond those that the runner sends.
        method: GET unless the source reads by POST.
        body: sent as JSON, or None.
        slice: which part of the source this belongs to; each slice has a cursor of its own.
        context: what `parse` needs to know about the question; plain JSON values, because it may be kept in a cursor.
    """

    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    method: Literal["GET", "POST"] = "GET"
    body: Mapping[str, Any] | None = None
    slice: str = ONE_SLICE
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCall:
    """One call of a source's own client library (praw, tweepy); the runner's client answers with plain JSON values.

    Attributes:
        client: which client ("praw", "tweepy").
        method: what to call; the client's module lists what it understands.
        arguments: by name; plain JSON values.
        slice, context: as in `HttpRequest`.
    """

    client: str
    method: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    slice: str = ONE_SLICE
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One local file; the runner opens it, and only if it has changed since the cursor saw it.

    Attributes:
        path: absolute.
        slice, context: as in `HttpRequest`; a file's context never gets into a cursor, so it may hold any value.
    """

    path: Path
    slice: str = ONE_SLICE
    context: Mapping[str, Any] = field(default_factory=dict)


Request = HttpRequest | ClientCall | FileRead


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back.

    Attributes:
        status: the HTTP status (2xx when `parse` sees it); 200 for clients and files.
        headers: names in lower case.
        body: the bytes of an HTTP answer.
        data: the plain JSON values of a client's answer.
        stream: the opened file of a `FileRead`; the runner closes it.
        received_at: aware UTC.
    """

    received_at: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    data: Any = None
    stream: BinaryIO | None = None

    def json(self) -> Any:
        """Return the body as JSON values.

        Raises:
            Drift: the body is not JSON; the message says whether it looks like a web page.
        """
        import json

        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            head = self.body.lstrip()[:200].lower()
            what = "a web page" if head.startswith((b"<!doctype", b"<html")) else "not JSON"
            raise Drift(
                f"the answer is {what} ({len(self.body)} bytes) where JSON was expected; the source may be blocking "
                "this network or have changed its address"
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one answer means.

    Attributes:
        records: the drafts, or whole columns of them (`DraftColumns`) where speed matters.
        gone: ids that the source says are deleted; they become tombstones without text.
        skipped: records that could not be used, each with its place and a reason that repeats; counted, never silent.
        next: further requests in the same slice, most important first; empty when this branch ends here.
        wait: seconds to wait before the next request, if the answer asked for it.
        brands: what every record here is about, whatever its words (reviews of one product do not name it).
        rating_counts: counts per rating value, for sources whose terms allow no text.
        outcomes: a brand's own series, from a file of outcomes.
    """

    records: Sequence[Draft] | DraftColumns = ()
    gone: tuple[NativeId, ...] = ()
    skipped: tuple[SkippedRecord, ...] = ()
    next: tuple[Request, ...] = ()
    wait: float | None = None
    brands: tuple[BrandMatch, ...] = ()
    rating_counts: tuple[RatingCount, ...] = ()
    outcomes: OutcomeColumns | None = None

    @property
    def drafts(self) -> Sequence[Draft]:
        """The records, of a page that holds drafts.

        Raises:
            TypeError: they are columns.
        """
        if isinstance(self.records, Sequence):
            return self.records
        raise TypeError("this page holds columns of drafts; take its records")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One secret that a source needs; it comes from the environment or an Airflow connection, never from the file.

    Attributes:
        name: what the connector calls it ("client_id").
        variable: the environment variable that holds it ("GRAPEVINE_REDDIT_CLIENT_ID").
        where: where to get one, in a few words.
    """

    name: str
    variable: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """How credentials get into a request.

    Attributes:
        kind: none; bearer (a token as it is); header or param (a key under `field`); oauth2 (client credentials),
            session (a login) and jwt (a signed token), which the runner fetches or signs, and again when they end;
            client (a client library does it).
        credential: name of the credential that holds the token or key (bearer, header, param), or signs (jwt, as PEM).
        field: header or query parameter that carries the key.
        token_url: where oauth2 and session get their token, and where a jwt is exchanged for one ("": sent as it is);
            a path is of the host that is asked.
        token_field: what the token is called in that answer.
        login: what a session sends: (field of the body, name of the credential).
        claims: of a jwt, beside the times: (claim, text), in which {name} stands for a credential.
        key_id: name of the credential that a jwt's header calls `kid`, if any.
        algorithm: of a jwt's signature.
        lifetime: how long a jwt is made to hold, and any other token where its source does not say.
    """

    kind: Literal["none", "bearer", "header", "param", "oauth2", "jwt", "session", "client"] = "none"
    credential: str = ""
    field: str = ""
    token_url: str = ""
    token_field: str = "access_token"  # noqa: S105 (a name)
    login: tuple[tuple[str, str], ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    key_id: str = ""
    algorithm: Literal["ES256", "RS256"] = "ES256"
    lifetime: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a source is like, as data; docs, checks, budgets and `raw.source` are made from it.

    Attributes:
        name: the connector's name, that of its module.
        title: as people read it.
        source_doc: address of the vendor's documentation.
        channel: of its mentions, unless the settings override it.
        order: newest_first if each page is older than the one before, else none.
        order_by: whether that order is of publication or of the last edit.
        max_depth: how many records back the source lets one read, None if unknown or unlimited.
        overlap: how far behind the mark each pull reads again, for rows that appear late.
        requests_per_window, window: the budget shared by all processes of the home; None for no stated limit.
        recheck_batch: how many ids one recheck request asks about; None if the source cannot be asked.
        retention_days: how long the source's terms let content be kept; None for no limit.
        text_format: of the source's texts; `parse` always gives plain text.
        private_fields: keys cut from raw answers, at any depth, before they are written to disk.
        keeps_raw: whether terms allow raw answers on disk.
        gives_counts: the engagement counts that it gives.
        sees_edits, sees_deletions, sees_replies: whether a pull can notice them; None where it depends on settings.
        publishes_text: whether terms allow its texts in the published tables.
        terms: what its terms ask of whoever keeps its data, in one sentence.
        credentials: what it needs; empty for none.
        auth: how they get into a request.
        status_meanings: HTTP statuses that mean something else here than the runner's table says:
            gone, throttled, transient, config or empty (an answer without records).
        path_settings: settings that hold paths, which the front desk makes absolute.
        example: settings with which the kit and the documentation can make it.
        reads_files: whether it reads local files; its mentions' source is then the name of the settings entry.
        tested_on: "recordings" (real answers) or "documentation" (made after the vendor's pages).
    """

    name: str
    title: str
    channel: Channel
    source_doc: str = ""
    order: Literal["newest_first", "none"] = "none"
    order_by: Literal["published", "updated"] = "published"
    max_depth: int | None = None
    overlap: timedelta = timedelta(0)
    requests_per_window: int | None = None
    window: timedelta = timedelta(minutes=1)
    recheck_batch: int | None = None
    retention_days: int | None = None
    text_format: Literal["plain", "html", "bbcode", "markdown"] = "plain"
    private_fields: tuple[str, ...] = ()
    keeps_raw: bool = True
    gives_counts: tuple[str, ...] = ()
    sees_edits: bool | None = None
    sees_deletions: bool | None = None
    sees_replies: bool | None = None
    publishes_text: bool = True
    terms: str | None = None
    credentials: tuple[Credential, ...] = ()
    auth: Auth = Auth()
    status_meanings: Mapping[int, Literal["gone", "throttled", "transient", "config", "empty"]] = field(
        default_factory=dict
    )
    path_settings: tuple[str, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    reads_files: bool = False
    tested_on: Literal["recordings", "documentation"] = "documentation"


class Connector(Protocol):
    """One source. Its module `connectors/<name>.py` holds the class and ends with `CONNECTOR = TheClass`.

    The class is made with its validated settings: `TheClass(TheClass.settings_model()(**settings))`.
    """

    declaration: ClassVar[Declaration]

    @classmethod
    def settings_model(cls) -> type[BaseModel]:
        """Return the pydantic model of the settings: extra="forbid", every field described."""
        ...

    @classmethod
    def rating_scale(cls, settings: Mapping[str, Any]) -> RatingScale | None:
        """Return the cut points of the ratings that these settings give, None for the defaults of their maximum."""
        ...

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return the first requests; `cursors` gives each slice's cursor, an empty one for a slice never pulled."""
        ...

    def parse(self, request: Request, response: Response) -> Page | Iterable[Page]:
        """Return what an answer means; several pages for a file too large for one.

        Raises:
            Drift: the answer has not the expected shape.
            SourceError: the answer itself says what is wrong (an error inside a 200).
        """
        ...


@runtime_checkable
class UsesClient(Protocol):
    """A source that is read through its own client library."""

    client_hosts: ClassVar[Mapping[str, str]]
    """Setting -> the address that the library asks; a test's setting sends it elsewhere."""

    def open_client(self, session: Any, credentials: Mapping[str, str], clock: Any) -> Callable[[ClientCall], Any]:
        """Return what answers this source's `ClientCall`s with plain JSON values, or raises a sorted error.

        Args:
            session: a `requests.Session` that the library is to send through; it retries, waits and sorts errors.
            credentials: by the names in the declaration.
            clock: returns now (aware UTC).
        """
        ...


@runtime_checkable
class SharesWork(Protocol):
    """A source of files so large that several processes read them.

    `parse` gives the pages of the parts in their order. The connector and its parts are sent to other processes, so
    pickle must be able to; nothing may be kept from one part for the next.
    """

    def cut(self, request: Request, response: Response) -> Iterable[Any]:
        """Return the parts of a file, each some thousand records; quick beside `parse_part`.

        Raises:
            ConfigError: the settings don't fit the file.
            InputError: the file can't be read.
        """
        ...

    def parse_part(self, request: Request, part: Any) -> Page:
        """Return what one part means."""
        ...


@runtime_checkable
class Rechecks(Protocol):
    """A source that can be asked whether single mentions still stand."""

    def recheck_requests(self, ids: Sequence[NativeId]) -> Iterable[Request]:
        """Return requests that ask about these ids, at most `recheck_batch` in each."""
        ...

    def parse_recheck(self, request: Request, response: Response) -> Page:
        """Return those alive as records and those deleted as `gone`; absent counts as gone only for ids asked for."""
        ...
