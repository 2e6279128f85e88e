"""The seven steps, each a function on a workspace: pull, load, score, build, publish, digest, alert.

The command line and the Airflow DAGs both call these; neither holds logic of its own. Imports of the rooms stand
inside the steps, because a run that finds nothing new should not pay for what it doesn't use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from grapevine.places import resolve_config, resolve_home
from grapevine.settings import Settings, load_settings
from records.brand import Brand, Query
from records.errors import ConfigError
from records.home import Home
from records.setup import SourceSetup

if TYPE_CHECKING:
    from connectors.pull import PlannedRequest, PullResult
    from digests.alerts import Alert
    from digests.periods import PeriodKind
    from warehouse.build import BuildReport
    from warehouse.erase import EraseReport
    from warehouse.load import LoadReport
    from warehouse.publish import PublishReport

__all__ = [
    "STEPS",
    "StepDone",
    "Workspace",
    "alert",
    "build",
    "digest",
    "load",
    "publish",
    "pull",
    "pull_slice",
    "rebuild_digests",
    "run",
    "score",
    "slices",
]

STEPS = ("pull", "load", "score", "build", "publish", "digest", "alert")


@dataclass(frozen=True)
class Workspace:
    """A settings file and a home folder: what every step works on."""

    settings: Settings
    home: Home

    @classmethod
    def open(cls, *, config: Path | None = None, home: Path | None = None) -> Workspace:
        """Read the settings and name the home folder.

        Args:
            config: the settings file; None for the usual one (`grapevine.places`).
            home: the home folder; None for the usual one.

        Raises:
            ConfigError: the settings can't be used.
        """
        return cls(load_settings(resolve_config(config)), resolve_home(home))

    @cached_property
    def own_weights(self) -> Path | None:
        """The weights file of `grapevine train` that labels mentions, or None for the weights that come with us.

        Raises:
            ConfigError: the settings name a file that is not there.
        """
        named = self.settings.classifier.weights
        if named is None:
            return self.home.weights if self.home.weights.exists() else None
        if named == "default":
            return None
        path = self.settings.folder / named
        if not path.is_file():
            raise ConfigError(
                f"[classifier] weights is {named!r}, but {path} does not exist; make it with `grapevine train`, "
                "or take the setting out"
            )
        return path

    @cached_property
    def brands(self) -> tuple[Brand, ...]:
        """The configured brands."""
        return self.settings.brand_records()

    @cached_property
    def sources(self) -> tuple[SourceSetup, ...]:
        """The configured sources, their connectors' settings checked."""
        return self.settings.source_setups()

    def source(self, name: str) -> SourceSetup:
        """Return the source entry of that name.

        Raises:
            ConfigError: there is none.
        """
        for source in self.sources:
            if source.name == name:
                return source
        raise ConfigError(
            f"no source is called {name!r}; known: {', '.join(source.name for source in self.sources) or 'none'}"
        )


@dataclass(frozen=True)
class StepDone:
    """One finished step: its name, how long it took and what it reports."""

    step: str
    seconds: float
    report: Any


def slices(workspace: Workspace) -> list[dict[str, Any]]:
    """Return what can be pulled side by side, each with its cursor: the arguments of `pull_slice`.

    The only part of pulling that opens the warehouse, so that the pulls themselves need not wait for one another.
    """
    from connectors import pull as pulling
    from warehouse import load as loading

    cursors = loading.cursors(workspace.home)
    return [
        {"source_name": source.name, "slice_name": one, "cursor": cursors.get(source.name, {}).get(one)}
        for source in workspace.sources
        for one in pulling.slices(source, Query(workspace.brands), cursors.get(source.name, {}))
    ]


def pull_slice(
    workspace: Workspace, source_name: str, slice_name: str, cursor: Mapping[str, Any] | None
) -> list[PullResult]:
    """Fetch what is new from one slice of one source.

    Args:
        workspace: what to work on.
        source_name: a source entry's name.
        slice_name: one of its slices.
        cursor: where its last loaded pull ended; None if it was never pulled.
    """
    from connectors import pull as pulling
    from warehouse import store

    return pulling.pull_source(
        workspace.source(source_name),
        Query(workspace.brands),
        {slice_name: cursor} if cursor is not None else {},
        workspace.home,
        secret_key=store.secret_key(workspace.home),
        slice=slice_name,
    )


def file_patterns(workspace: Workspace) -> list[str] | None:
    """Return the paths and patterns of all source files, or None where a source is not a file."""
    from connectors import registry

    patterns: list[str] = []
    for source in workspace.sources:
        declaration = registry.find(source.connector).declaration
        if not declaration.reads_files:
            return None
        for name in declaration.path_settings:
            given = source.settings.get(name, ())
            patterns += [given] if isinstance(given, str) else given
    return patterns


def pull(workspace: Workspace, *, only: Sequence[str] = ()) -> list[PullResult]:
    """Fetch what is new from every source, side by side; a source that fails does not stop the others.

    Args:
        workspace: what to work on.
        only: names of source entries; all when empty.

    Returns:
        One result a slice, failed ones included; what was fetched lies in the landing folder.
    """
    from connectors import pull as pulling
    from warehouse import load as loading
    from warehouse import store

    sources = [workspace.source(name) for name in only] if only else list(workspace.sources)
    if not sources:
        raise ConfigError("the settings name no source; add one with `grapevine add SOURCE` or write [[sources]]")
    cursors = loading.cursors(workspace.home)
    key = store.secret_key(workspace.home)
    query = Query(workspace.brands)

    def one(source: SourceSetup) -> list[PullResult]:
        return pulling.pull_source(source, query, cursors.get(source.name, {}), workspace.home, secret_key=key)

    with ThreadPoolExecutor(max_workers=min(8, len(sources))) as pool:
        return [result for results in pool.map(one, sources) for result in results]


def planned_requests(workspace: Workspace, *, only: Sequence[str] = ()) -> list[PlannedRequest]:
    """Return the first requests that a pull would send, without sending any."""
    from connectors import pull as pulling
    from warehouse import load as loading

    cursors = loading.cursors(workspace.home)
    sources = [workspace.source(name) for name in only] if only else workspace.sources
    query = Query(workspace.brands)
    return [one for source in sources for one in pulling.dry_run(source, query, cursors.get(source.name, {}))]


def load(workspace: Workspace, *, as_of: datetime | None = None) -> LoadReport:
    """Bring landed pages, cursors and settings into the warehouse, in one transaction."""
    from grapevine.sources import source_row
    from transforms.confusion import DEFAULT_WEIGHTS, read_confusion
    from warehouse import load as loading

    settings = workspace.settings
    return loading.load(
        workspace.home,
        brands=workspace.brands,
        sources=[source_row(source) for source in workspace.sources],
        coverage=settings.coverage_records(),
        profile=settings.profile,
        as_of=as_of or settings.as_of,
        settings_hash=settings.digest_hash,
        is_sample=settings.sample,
        confusion=read_confusion(workspace.own_weights or DEFAULT_WEIGHTS),
        drivers=settings.driver_records(),
    )


def score(workspace: Workspace, *, workers: int | None = None) -> int:
    """Label what has no label yet under the current model; return how many rows were scored.

    Args:
        workspace: what to work on.
        workers: processes; the number of cores when left out.
    """
    from transforms.confusion import read_facts
    from transforms.score import model_version, prep_hash, score_files
    from warehouse import pending

    pending.discard_leftovers(workspace.home)
    own = workspace.own_weights
    model = model_version(read_facts(own)["model_version"] if own else None)
    folder = pending.export(workspace.home, model_version=model, prep_hash=prep_hash)
    if folder is None:
        return 0

    inputs = sorted((folder / "in").glob("*.parquet"))
    score_files(inputs, folder / "out", workers=workers or os.cpu_count() or 1, weights=own)
    return pending.import_scored(workspace.home, folder)


def build(workspace: Workspace, *, full: bool = False, force: bool = False) -> BuildReport:
    """Build core and marts with dbt, tests included; nothing to do when nothing changed."""
    from warehouse.build import build as run_build

    return run_build(workspace.home, full=full, force=force)


def publish(workspace: Workspace, *, force: bool = False) -> PublishReport:
    """Give readers a new, validated copy of the marts; nothing to do when nothing changed."""
    from grapevine.telling import complete
    from warehouse.publish import publish as run_publish

    return run_publish(workspace.home, force=force, complete=partial(complete, workspace))


def digest(
    workspace: Workspace,
    *,
    period: str | None = None,
    kind: PeriodKind = "week",
    brands: Sequence[str] = (),
    across: bool = False,
) -> list[Path]:
    """Write the digest of every configured brand for a period; return their folders.

    Args:
        workspace: what to work on.
        period: "2026-W46"; the last complete period with data when left out.
        kind: which kind of period, when none is named.
        brands: keys of brands; all configured ones when empty.
        across: whether one with a row per brand is written as well, even if nobody is to receive it.
    """
    from digests.build import build_all
    from grapevine.sending import digest_options

    return build_all(
        workspace.home,
        period=period,
        kind=kind,
        brands=brands or [brand.key for brand in workspace.brands],
        options=digest_options(workspace.settings),
        is_across=across or bool(workspace.settings.digest.across_recipients),
    )


def alert(workspace: Workspace, *, closed: bool = False) -> list[Alert]:
    """Look for what can't wait until Monday; return the alerts that are open, or all of the last five weeks."""
    from digests import alerts
    from grapevine.sending import alert_options

    settings = workspace.settings
    look = alerts.history if closed else alerts.check
    return look(workspace.home, alert_options(settings), language=settings.digest.language)


def forget(workspace: Workspace, *, mention_ids: Sequence[str] = (), author: str | None = None) -> EraseReport:
    """Erase mentions, or all of an author's, from every file under the home folder, and rebuild what they were in.

    Args:
        workspace: what to work on.
        mention_ids: ids as the marts show them.
        author: the author's id at the source; it is hashed here, and never stored.
    """
    from warehouse import erase, store

    report = erase.forget(
        workspace.home,
        mention_ids=mention_ids,
        author_id=store.hash_person(workspace.home, author) if author else None,
    )
    if report.mention_count:
        rebuild_digests(workspace)
    return report


def rebuild_digests(workspace: Workspace) -> None:
    """Build every digest anew after an erasure, so that none quotes what is gone."""
    if workspace.home.current.exists():
        from digests.build import rebuild
        from grapevine.sending import digest_options

        rebuild(workspace.home, digest_options(workspace.settings))


def run(
    workspace: Workspace,
    *,
    as_of: datetime | None = None,
    period: str | None = None,
    workers: int | None = None,
    force: bool = False,
    on_start: Callable[[str], None] = lambda step: None,
    on_done: Callable[[StepDone], None] = lambda done: None,
) -> list[StepDone]:
    """Take all seven steps in order, in this process.

    Args:
        workspace: what to work on.
        as_of: the moment the data stand for; see the glossary.
        period: the digest's period; the last complete week when left out.
        workers: processes for scoring.
        force: build and publish even if nothing changed.
        on_start: told the name of each step before it starts.
        on_done: told each finished step.
    """
    work: dict[str, Callable[[], Any]] = {
        "pull": lambda: pull(workspace),
        "load": lambda: load(workspace, as_of=as_of),
        "score": lambda: score(workspace, workers=workers),
        "build": lambda: build(workspace, force=force),
        "publish": lambda: publish(workspace, force=force),
        "digest": lambda: digest(workspace, period=period),
        "alert": lambda: alert(workspace),
    }
    finished = []
    for step in STEPS:
        on_start(step)
        started = perf_counter()
        report = work[step]()
        finished.append(StepDone(step, perf_counter() - started, report))
        on_done(finished[-1])
    return finished
