"""The runner of one slice: turns pages into landing rows and closes the run with its cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from connectors import filestate
from connectors.capture import public_part
from connectors.contract import Connector, FileRead, NativeId, Page, Rechecks, Request, Response, SharesWork
from connectors.cursor import Cursor
from connectors.identity import Identify
from connectors.landing import LandingRun
from connectors.manifest import PullResult, Run, Status, remove_stale_drafts, sort_error
from connectors.matching import Matcher
from connectors.reading import STUMBLES, usable
from connectors.sharing import Rows, Sharing, rows_of
from connectors.walk import MAX_REQUESTS, Fetch, Walk
from records.brand import Query
from records.errors import ConfigError, Drift, Gone, GrapevineError, TransientError
from records.home import Home
from records.setup import SourceSetup

__all__ = ["Runner"]

_BUFFER_BYTES = 1 << 20


class Runner:
    """Pulls the slices of one source entry.

    Args:
        setup: the settings entry.
        connector: made with its settings.
        query: the brands.
        home: where to land.
        secret_key: with which people are hashed.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
    """

    def __init__(
        self,
        setup: SourceSetup,
        connector: Connector,
        query: Query,
        home: Home,
        *,
        secret_key: bytes,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._setup = setup
        self._connector = connector
        self._query = query
        self._home = home
        self._secret_key = secret_key
        self._clock = clock
        self._sleep = sleep
        self._matcher = Matcher(query.brands)
        self._keys = {brand.key for brand in query.brands}

    def read_pages(
        self, run: Run, first: Sequence[Request], cursor: Cursor, *, fetch: Fetch, max_requests: int | None
    ) -> PullResult:
        """Pull one slice over the network; what was read before an error is kept.

        Args:
            run: which run.
            first: the slice's first requests.
            cursor: where its last loaded pull left off.
            fetch: answers requests.
            max_requests: after so many the pull is cut off.
        """
        landing, common = self._begin(run)
        declaration = self._connector.declaration

        def land(_request: Request, response: Response, page: Page) -> None:
            has_something = len(page.records) or page.gone or page.skipped
            keeps = declaration.keeps_raw and has_something
            raw = public_part(response, declaration.private_fields) if keeps else None
            if raw is not None:
                landing.add_raw(raw)
            self._land(landing, common, page, response.received_at)

        walk = Walk(
            self._connector,
            fetch=fetch,
            land=land,
            clock=self._clock,
            sleep=self._sleep,
            max_requests=MAX_REQUESTS if max_requests is None else max_requests,
        )
        after, error = walk.read(first, cursor, afresh=lambda: self._afresh(run.slice))
        return self._end(landing, error=error or walk.shortfall, before=cursor, after=after)

    def read_files(self, run: Run, reads: Sequence[Request], cursor: Cursor) -> PullResult:
        """Pull files: each whole or not at all, and only those whose content or reading has changed.

        Args:
            run: which run.
            reads: a `FileRead` per file.
            cursor: its `state` holds what each file looked like.
        """
        landing, common = self._begin(run)
        reading = filestate.reading_hash(self._setup, self._query.brands)
        known = cursor.state.get("files", {}) if cursor.state.get("reading") == reading else {}
        files: dict[str, Any] = {}
        first_error: GrapevineError | None = None
        connector = self._connector
        between = run.draft_folder(self._home) / "between"
        with Sharing(connector, common, between) if isinstance(connector, SharesWork) else nullcontext() as sharing:
            for read in reads:
                if not isinstance(read, FileRead):
                    raise TypeError(
                        f"{self._connector.declaration.name} reads files but asked for {type(read).__name__}"
                    )
                name = str(read.path)
                landing.checkpoint()
                try:
                    filestate.check(read.path)
                    state, is_same = filestate.same_content(read.path, known.get(name))
                    if not is_same:
                        self._read_file(landing, common, read, sharing)
                        if filestate.look(read.path) != state["look"]:
                            raise TransientError(f"{read.path} changed while it was read; pull again")
                    files[name] = state
                except GrapevineError as error:
                    landing.rollback()
                    first_error = first_error or error
                    if name in known:
                        files[name] = known[name]
        after = Cursor(mark=cursor.mark, head=cursor.head, state={"reading": reading, "files": files})
        return self._end(landing, error=first_error, before=cursor, after=after)

    def recheck(self, run: Run, ids: Sequence[NativeId], *, fetch: Fetch) -> PullResult:
        """Ask whether mentions still stand: what was edited lands as a new version, what is deleted as gone.

        Args:
            run: which run.
            ids: of this source.
            fetch: answers requests.
        """
        connector = self._connector
        if not isinstance(connector, Rechecks):
            raise ConfigError(f"{connector.declaration.name} cannot be asked about single mentions")
        landing, common = self._begin(run)
        error: GrapevineError | None = None
        for request in connector.recheck_requests(ids):
            asked = [(namespace, one) for namespace, one in request.context.get("ids", ())]
            try:
                response = fetch(request)
                page = usable(connector.parse_recheck(request, response))
            except Gone as missing:
                if len(asked) != 1:
                    error = missing
                    break
                landing.add_gone(asked)
                continue
            except GrapevineError as fault:
                error = fault
                break
            except STUMBLES as fault:
                error = Drift(f"{connector.declaration.name} could not read the answer ({type(fault).__name__})")
                break
            self._land(landing, common, page, response.received_at, needs_brand=False)
        return self._end(landing, error=error, before=Cursor(), after=Cursor())

    def _afresh(self, slice: str) -> list[Request]:  # noqa: A002
        return [request for request in self._connector.plan(self._query, {}) if request.slice == slice]

    def _begin(self, run: Run) -> tuple[LandingRun, Identify]:
        remove_stale_drafts(self._home, run)
        common = Identify(
            source=run.source, channel=self._setup.channel, secret_key=self._secret_key, matcher=self._matcher
        )
        return LandingRun(self._home, run), common

    def _end(self, landing: LandingRun, *, error: GrapevineError | None, before: Cursor, after: Cursor) -> PullResult:
        status: Status = "complete"
        if error is not None:
            status = "failed" if landing.is_empty else "partial"
        elif landing.is_empty:
            status = "unchanged"
        return landing.finish(
            status=status,
            ended_at=self._clock(),
            error=None if error is None else sort_error(error),
            cursor=None if after == before else after.to_json(),
        )

    def _read_file(self, landing: LandingRun, common: Identify, read: FileRead, sharing: Sharing | None) -> None:
        with read.path.open("rb", buffering=_BUFFER_BYTES) as stream:
            response = Response(received_at=self._clock(), stream=stream)
            if sharing is not None:
                for rows in sharing.rows(read, response):
                    self._land_rows(landing, rows)
            else:
                for page in _pages(self._connector.parse(read, response)):
                    self._land(landing, common, page, response.received_at)

    def _land(
        self, landing: LandingRun, common: Identify, page: Page, fetched_at: datetime, *, needs_brand: bool = True
    ) -> None:
        self._land_rows(landing, rows_of(page, common, fetched_at=fetched_at, needs_brand=needs_brand))

    def _land_rows(self, landing: LandingRun, rows: Rows) -> None:
        for match in rows.page.brands:
            if match.brand not in self._keys:
                raise ConfigError(
                    f"source {self._setup.name!r}: brand = {match.brand!r} is no configured brand; "
                    f"there are {', '.join(sorted(self._keys))}"
                )
        landing.add_skipped(rows.page.skipped)
        landing.add_gone(rows.page.gone)
        landing.add_rating_counts(rows.page.rating_counts)
        if rows.page.outcomes is not None:
            landing.add_outcomes(rows.page.outcomes)
        landing.add_skipped(rows.left_out)
        if rows.table is not None:
            landing.add_mentions(rows.table)


def _pages(parsed: Page | Iterable[Page]) -> Iterable[Page]:
    return (parsed,) if isinstance(parsed, Page) else parsed
