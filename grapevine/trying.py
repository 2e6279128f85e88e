"""One page of a source, as it would be judged, with nothing kept: what `try` shows, and the fetch that `check` makes.

The page is fetched by the connector that a pull would use, with its budgets and waits, in a temporary folder that is
removed; scored by the model of a run; and what it would stand for is said by the same formula as in a digest.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from connectors import filestate, registry
from connectors.columns import DraftColumns, columns_of
from connectors.contract import Connector, FileRead, Page, Rechecks, Request, Response
from connectors.walk import Fetch
from grapevine.addresses import recognise
from grapevine.given import merged, read_given
from grapevine.sources import setup_source
from grapevine.toml_text import entry_lines
from records.brand import Brand, Query, brand_key
from records.errors import ConfigError, InputError
from records.home import Home
from records.setup import RatingScale, SourceSetup

if TYPE_CHECKING:
    import pyarrow as pa

    from grapevine.starter import Share

__all__ = ["Trial", "Tried", "first_page", "try_out"]

_ROWS = 500
_ANYBODY = "anybody"
_FILE_ENDINGS = (
    ".csv",
    ".tsv",
    ".jsonl",
    ".ndjson",
    ".json",
    ".parquet",
    ".pq",
    ".gz",
    ".txt",
    ".xlsx",
    ".xls",
    ".ods",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One mention, as it would be judged; its text after redaction, never its author."""

    published_at: datetime | None
    rating: float | None
    rating_max: float | None
    label: str | None
    label_basis: str
    brand: str | None
    text: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one page holds and would stand for.

    Attributes:
        title: what was asked, as people read it.
        connector: which one read it.
        channel: of its mentions.
        mentions: in the source's order, at most 500.
        skipped: how many records could not be used, by reason.
        label_counts: bad, neutral, good and unscored mentions; reposts are left out.
        estimate: what `transforms.amplification.amplify` says of them.
        is_coverage_known: else the estimate is an "at least".
        block: the `[[sources]]` entry that would pull it.
    """

    title: str
    connector: str
    channel: str
    mentions: tuple[Tried, ...]
    skipped: Mapping[str, int]
    label_counts: Mapping[str, int]
    estimate: Mapping[str, Any]
    is_coverage_known: bool
    block: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    title: str
    setup: SourceSetup
    settings: Mapping[str, Any]  # as written, paths not made absolute
    words: str | None
    requests: Callable[[Connector], list[tuple[Request, Callable[[Request, Response], Any]]]]


def try_out(
    what: str,
    *,
    given: Sequence[str] = (),
    brand: str | None = None,
    coverage: Share | None = None,
    profile: str = "dr2013",
    environment: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> Trial:
    """Read one page of an address or a file and say what it would come to.

    Args:
        what: an address (`grapevine.addresses.KNOWN`) or the path of a CSV, JSON Lines or Parquet file.
        given: the connector's settings as `key=value`, over what was recognised or guessed.
        brand: the name of the brand it is about; taken out of the texts before they are judged.
        coverage: share of the channel's tellings that the page shows; None for unknown.
        profile: the rate profile.
        environment: where credentials come from; None for the process environment.
        clock: returns now (aware UTC).
        sleep: waits for seconds.

    Raises:
        InputError: neither an address that is known nor a file, or a file without text or ratings.
        ConfigError: a credential is missing; the message names its variable and where to get it.
        SourceError: the source did not answer as asked.
    """
    asked = _of_file(Path(what), given) if Path(what).exists() else _of_address(what, given, brand)
    connector = registry.make(asked.setup)
    page = first_page(connector, asked.requests(connector), environment=environment, clock=clock, sleep=sleep)
    columns = page.records if isinstance(page.records, DraftColumns) else columns_of(page.records)
    names = [name] if (name := brand or asked.words) else []
    scored = _score(columns, names, asked.setup.scale)
    counts = _label_counts(columns, scored)
    channels = Counter(columns.values.get("channel") or [connector.declaration.channel])
    channel = asked.setup.channel or channels.most_common(1)[0][0]
    return Trial(
        title=asked.title,
        connector=asked.setup.connector,
        channel=channel,
        mentions=tuple(_mentions(columns, scored)),
        skipped=dict(Counter(one.reason for one in page.skipped)),
        label_counts=counts,
        estimate=_estimate(counts, channel, coverage, profile),
        is_coverage_known=coverage is not None,
        block=tuple(_block(asked, brand)),
    )


def first_page(
    connector: Connector,
    asks: Iterable[tuple[Request, Callable[[Request, Response], Any]]],
    *,
    environment: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> Page:
    """Return the first page that holds a record, or the last one asked for; nothing is stored.

    Args:
        connector: made with its settings.
        asks: requests, each with what parses its answer; a later one is sent only if those before brought nothing.
        environment: where credentials come from; None for the process environment.
        clock: returns now (aware UTC).
        sleep: waits for seconds.

    Raises:
        ConfigError: there is nothing to ask, or a credential is missing.
        GrapevineError: the source did not answer as asked; see the errors.
    """
    page: Page | None = None
    with ExitStack() as stack:
        fetch: Fetch | None = None
        for request, parse in asks:
            if isinstance(request, FileRead):
                page = _file_page(request, parse, clock)
            else:
                fetch = fetch or stack.enter_context(_fetching(connector, environment, clock, sleep))
                page = parse(request, fetch(request))
            if len(page.records):
                break
    if page is None:
        raise ConfigError(f"{connector.declaration.name} has nothing to ask for with these settings; name what to read")
    return page


class _fetching:  # noqa: N801 (used like a function, as a context)
    """Answers requests from the network; budgets are counted in a folder that is removed at the end."""

    def __init__(
        self,
        connector: Connector,
        environment: Mapping[str, str] | None,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._made = (connector, os.environ if environment is None else environment, clock, sleep)
        self._stack = ExitStack()

    def __enter__(self) -> Fetch:
        from connectors.transport import Transport

        connector, environment, clock, sleep = self._made
        home = Home(Path(self._stack.enter_context(TemporaryDirectory(prefix="grapevine-try-"))))
        transport = Transport(connector, home, environment=environment, clock=clock, sleep=sleep)
        return self._stack.enter_context(transport).fetch

    def __exit__(self, *error: object) -> None:
        self._stack.close()


def _file_page(request: FileRead, parse: Callable[[Request, Response], Any], clock: Callable[[], datetime]) -> Page:
    filestate.check(request.path)
    try:
        with request.path.open("rb") as stream:
            pages = parse(request, Response(received_at=clock(), stream=stream))
            if isinstance(pages, Page):
                return pages
            first = next(iter(pages), None)
            pages.close()  # before its file: it is in the middle of it
    except OSError as error:
        raise InputError(f"{request.path} can't be read: {error.strerror}; correct path") from error
    return first or Page()


def _of_file(path: Path, given: Sequence[str]) -> _Asked:
    from grapevine.guessing import guess

    model = registry.find("files").settings_model()
    chosen = read_given(given, model)
    settings = chosen if "columns" in chosen and "path" in chosen else merged(guess(path), chosen)
    entry = {"connector": "files", "name": "files", "retention_days": 1, "recheck_limit": 0, **settings}
    return _Asked(path.name, setup_source(entry, folder=Path.cwd()), settings, None, _planned(settings.get("brand")))


def _of_address(text: str, given: Sequence[str], brand: str | None) -> _Asked:
    if "://" not in text and ("." not in text.partition("/")[0] or Path(text).suffix.lower() in _FILE_ENDINGS):
        raise InputError(f"{text} is no file here, and no address; give one of them")
    address = recognise(text)
    model = registry.find(address.connector).settings_model()
    settings = merged(address.settings, read_given(given, model))
    entry = {
        "connector": address.connector,
        "name": address.connector,
        "retention_days": 1,
        "recheck_limit": 0,
        **settings,
    }

    def requests(connector: Connector) -> list[tuple[Request, Callable[[Request, Response], Any]]]:
        asks: list[tuple[Request, Callable[[Request, Response], Any]]] = []
        if address.page is not None:
            asks.append((address.page(connector), connector.parse))
        if address.ids and isinstance(connector, Rechecks):
            ids = [("", one) for one in address.ids]
            asks += [(request, connector.parse_recheck) for request in connector.recheck_requests(ids)]
        return asks or _planned(address.words or brand)(connector)

    return _Asked(address.title, setup_source(entry, folder=Path.cwd()), settings, address.words, requests)


def _planned(
    words: str | None,
) -> Callable[[Connector], list[tuple[Request, Callable[[Request, Response], Any]]]]:
    name = words or _ANYBODY
    query = Query((Brand(key=brand_key(name) or _ANYBODY, name=name),))
    return lambda connector: [(request, connector.parse) for request in islice(connector.plan(query, {}), 1)]


def _score(columns: DraftColumns, names: list[str], scale: RatingScale | None) -> pa.RecordBatch:
    import pyarrow as pa

    from transforms.score import INPUT_SCHEMA, score_batch

    count = min(len(columns), _ROWS)
    values: dict[str, list[Any]] = {field.name: [None] * count for field in INPUT_SCHEMA}
    for name in ("title", "text", "language", "rating", "rating_max"):
        values[name] = columns.values.get(name, [None] * count)[:count]
    values["names"] = [_names(columns, row, names) for row in range(count)]
    if scale is not None:
        values["rating_bad_max"], values["rating_good_min"] = [scale.bad_max] * count, [scale.good_min] * count
    arrays = [pa.array(values[field.name], field.type) for field in INPUT_SCHEMA]
    return score_batch(pa.RecordBatch.from_arrays(arrays, schema=INPUT_SCHEMA))


def _names(columns: DraftColumns, row: int, names: list[str]) -> list[str]:
    about = columns.brands[row] if columns.brands else ()
    return [*names, *(match.name for match in about if match.name)]


def _mentions(columns: DraftColumns, scored: pa.RecordBatch) -> Iterable[Tried]:
    def column(name: str) -> list[Any]:
        return columns.values.get(name) or [None] * len(columns)

    facts = zip(*(column(name) for name in ("published_at", "rating", "rating_max", "url")), strict=True)
    for row, ((published_at, rating, rating_max, url), judged) in enumerate(
        zip(facts, scored.to_pylist(), strict=False)
    ):
        about = _names(columns, row, [])
        yield Tried(
            published_at=published_at,
            rating=rating,
            rating_max=rating_max,
            label=judged["label"],
            label_basis=judged["label_basis"],
            brand=about[0] if about else None,
            text=" ".join(filter(None, (judged["public_title"], judged["public_text"]))),
            url=url,
        )


def _label_counts(columns: DraftColumns, scored: pa.RecordBatch) -> dict[str, int]:
    labels = scored.column("label").to_pylist()
    reposts = columns.values.get("repost_of") or [None] * len(labels)
    counted = Counter(label or "unscored" for label, repost in zip(labels, reposts, strict=False) if repost is None)
    return {label: counted[label] for label in ("bad", "neutral", "good", "unscored")}


def _estimate(counts: Mapping[str, int], channel: str, coverage: Share | None, profile: str) -> dict[str, Any]:
    from transforms.amplification import amplify

    known = 1.0 if coverage is None else (coverage.low, coverage.mode, coverage.high)
    return amplify(bad=counts["bad"], good=counts["good"], channel=channel, coverage=known, profile=profile)


def _block(asked: _Asked, brand: str | None) -> list[str]:
    """Return the entry that would pull this; what only the trial needed is left out."""
    settings = dict(asked.settings)
    if brand and "apps" in settings:
        settings["apps"] = [{"brand": brand_key(brand), **app} for app in settings["apps"]]
    if brand and asked.setup.connector == "files" and "brands" not in settings:
        settings["brand"] = brand_key(brand)
    return entry_lines(asked.setup.connector, settings)
