"""The steps of the nightly job: load, score, publish."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from trigpoint import __version__
from trigpoint.errors import TrigpointError
from trigpoint.model.project import Project
from trigpoint.model.publication import Publication, publication
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Evaluation, Load
from trigpoint.model.run_report import BadRows, RunReport
from trigpoint.run.clock import Clock, check_date, clock_of, resolve_as_of
from trigpoint.run.verdict import (
    MATCHED,
    check_asserts,
    check_bands,
    exit_code,
    findings_of,
    idle,
    matched,
    nothing_to_score,
)
from trigpoint.signals import stop_if_asked

if TYPE_CHECKING:
    from trigpoint.model.plugin import Plugins
    from trigpoint.store import Store
    from trigpoint.workers import Workers

CACHE = Path(".trigpoint") / "plugins.db"  # what pure functions of plugins answered; may be deleted at any time
MOST_REASONS = 3  # of bad rows, that are told for each source
Progress = Callable[[str, int, int | None], None]  # source, done, total


def load_ruleset(project: Project, plugins: Plugins | None = None) -> Ruleset:
    """The ruleset of a project, with what its plugins offer. Raises RulesError with all problems of all files.

    `plugins` stand in for those that the project enables.
    """
    from trigpoint.plugins import open_plugins
    from trigpoint.rules import load_ruleset as load

    return load(project, plugins or open_plugins(project))


def load_sources(
    project: Project,
    names: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    now: dt.datetime | None = None,
    plugins: Plugins | None = None,
    full: bool = False,
) -> tuple[Load, ...]:
    """Bring the rows of some sources (all, without names) into the warehouse. Needs no store, but the lock.

    With `full` those that read only what is new since their last load read everything.
    """
    from trigpoint.plugins import open_plugins
    from trigpoint.store import run_lock

    plugins = plugins or open_plugins(project)
    ruleset = load_ruleset(project, plugins)
    with run_lock(project.store_path):
        return _load(project, ruleset, plugins, names, clock_of(project, now), progress, full=full)


def bad_rows(project: Project, loads: Sequence[Load]) -> tuple[BadRows, ...]:
    """The commonest reasons for which rows of these loads were kept aside."""
    from trigpoint.warehouse import open_warehouse

    with open_warehouse(project.warehouse_path) as warehouse:
        kept_aside = [load.source for load in loads if load.quarantined]
        return tuple(each for source in kept_aside for each in warehouse.quarantined(source, MOST_REASONS))


def run_project(
    project: Project,
    as_of: dt.date | None = None,
    *,
    load: bool = True,
    fail_on: Sequence[str] = (),
    progress: Progress | None = None,
    now: dt.datetime | None = None,
    plugins: Plugins | None = None,
) -> RunReport:
    """Load the sources, evaluate the rules as of a date, publish; answers what came of it.

    `plugins` stand in for those that the project enables. `fail_on` are names of bands: the exit code is 5 if a subject
    is in one of them. Whatever fails, the store keeps the last published run, notes the failure, and the scratch file is
    removed. Raises TrigpointError.
    """
    from trigpoint.plugins import open_plugins
    from trigpoint.store import fail_run, open_store, run_lock, start_run

    clock, began = clock_of(project, now), time.perf_counter()
    plugins = plugins or open_plugins(project)
    ruleset = load_ruleset(project, plugins)
    check_bands(ruleset, fail_on)
    date = as_of or resolve_as_of(project, clock)
    check_date(date, clock)
    with run_lock(project.store_path), open_store(project.store_path, "write") as store:
        number = start_run(store, ruleset, date, version=__version__, warehouse=project.warehouse_kind, now=clock.now)
        steps = _Steps(project, ruleset, plugins, clock, date, store, number, {"rules": time.perf_counter() - began})
        try:
            return steps.take(load, fail_on, progress)
        except BaseException as error:
            with suppress(TrigpointError):  # that the note of a failure cannot be written matters less than the failure
                fail_run(store, number, _in_a_line(error), getattr(error, "exit_code", 1))
            raise


@frozen
class _Steps:
    """The steps of one run whose number is known. `seconds` fills with what each stage took."""

    project: Project
    ruleset: Ruleset
    plugins: Plugins
    clock: Clock
    as_of: dt.date
    store: Store
    number: int
    seconds: dict[str, float]

    def take(self, load: bool, fail_on: Sequence[str], progress: Progress | None) -> RunReport:
        from trigpoint.store import mark

        loads = self._load(progress) if load else self._noted()
        mark(self.store, self.number, "loaded")
        with _scratch(self.project.store_path) as scratch:
            evaluation = self._evaluate(scratch)
            mark(self.store, self.number, "evaluated")
            stop_if_asked()  # nobody who asked to stop finds a new run published
            check_asserts(self.ruleset, evaluation)
            return self._publish(evaluation, loads, fail_on)

    def _load(self, progress: Progress | None) -> tuple[Load, ...]:
        with _timed(self.seconds, "load"):
            return _load(self.project, self.ruleset, self.plugins, (), self.clock, progress)

    def _noted(self) -> tuple[Load, ...]:
        """What the last loads ended with: facts that are stale stay so in a run without a load."""
        from trigpoint.intake import loads_again

        return loads_again(self.project, self.ruleset, self.clock.now)

    def _publish(self, evaluation: Evaluation, loads: tuple[Load, ...], fail_on: Sequence[str]) -> RunReport:
        from trigpoint.store import count_outcomes, publish

        counts = count_outcomes(evaluation)
        failed = self.plugins.registry().failed
        findings = (*findings_of(loads), *nothing_to_score(self.ruleset, counts), *idle(failed, evaluation))
        hit = matched(counts, fail_on)
        code = MATCHED if hit else exit_code(counts, (*evaluation.findings, *findings))
        self.seconds.update(evaluation.seconds)
        timed = evolve(evaluation, seconds=dict(self.seconds))
        with _timed(self.seconds, "publish"):
            published = publish(
                self.store, timed, self.number, loads=loads, findings=findings, exit_code=code, now=self.clock.now
            )
        return RunReport(
            run=published.run,
            as_of=self.as_of,
            ruleset=self.ruleset.fingerprint,
            exit_code=code,
            counts=published.counts,
            loads=loads,
            findings=(*evaluation.findings, *findings),
            seconds=self.seconds,
            replaced=published.replaced,
            current=published.current,
            matched=hit,
            published=self._periods(),
        )

    def _periods(self) -> dict[str, Publication]:
        """Which scorecards are final, or provisional, on this day."""
        year = self.ruleset.calendar.year_start
        found = {name: publication(card.every, self.as_of, year) for name, card in self.ruleset.scorecards.items()}
        return {name: each for name, each in found.items() if each is not None}

    def _evaluate(self, scratch: Path) -> Evaluation:
        from trigpoint.evaluate import evaluate
        from trigpoint.store import bands_before
        from trigpoint.warehouse import open_warehouse

        unfilled = self.ruleset.tables.keys() - {source.table for source in self.project.sources.values()}
        before = bands_before(self.store, self.as_of)
        with open_warehouse(self.project.warehouse_path) as warehouse, self._workers() as workers:
            return evaluate(self.ruleset, warehouse, self.as_of, scratch, before, unfilled=unfilled, workers=workers)

    def _workers(self) -> AbstractContextManager[Workers]:
        from trigpoint.workers import open_workers

        return open_workers(
            self.plugins.registry(),
            self.project.worker_seconds,
            self.project.worker_megabytes,
            self.project.root / CACHE,
            timezone=self.project.calendar.timezone,
            root=self.project.root,
        )


def _load(
    project: Project,
    ruleset: Ruleset,
    plugins: Plugins,
    names: Sequence[str],
    clock: Clock,
    progress: Progress | None,
    *,
    full: bool = False,
) -> tuple[Load, ...]:
    from trigpoint.intake import load

    watch = progress or (lambda _source, _done, _total: None)
    return load(project, ruleset, plugins.registry(), names, today=clock.now, full=full, progress=watch)


@contextmanager
def _scratch(store: Path) -> Iterator[Path]:
    """A file beside the store, where there is room if there is room for the store; gone afterwards.

    The lock is held, so one that lies there was left by a process that was killed.
    """
    path = store.with_name(f"{store.name}.scratch")
    _remove(path)
    try:
        yield path
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - began


def _in_a_line(error: BaseException) -> str:
    text = str(error) if isinstance(error, TrigpointError) else f"{type(error).__name__}: {error}"
    return " / ".join(text.splitlines())
