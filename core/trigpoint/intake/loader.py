"""Loads sources into the warehouse: each one whole, in a transaction of its own, or not at all."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from trigpoint.errors import GateError, InputError, Problem, TrigpointError, same_kind
from trigpoint.intake.asking import Asker, read_batches
from trigpoint.intake.cursors import find_since, note_mark
from trigpoint.intake.gates import check_bad_rows, check_usual_rows
from trigpoint.intake.quarantine import Quarantine
from trigpoint.intake.records import LastLoad, last_good_load, write_failed_load, write_good_load
from trigpoint.intake.review import review, review_again
from trigpoint.intake.rows import Clock, RowReader
from trigpoint.intake.settings import check_sources, chosen_sources
from trigpoint.intake.taking import Numbering, stage_rows, take_out_doubled
from trigpoint.model.plugin import Registry
from trigpoint.model.project import Project, SourceSettings
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Load
from trigpoint.model.source import SourceRequest
from trigpoint.model.table import Table
from trigpoint.rules.options import with_defaults
from trigpoint.secrets import Secrets
from trigpoint.warehouse.layout import layout_of, noted, prepare, replace_by_empty
from trigpoint.warehouse.load import StagedTable, open_for_load, transaction


class Progress(Protocol):
    """Called now and then while a source is read: its name, and bytes or rows done, of how many (None: unknown)."""

    def __call__(self, source: str, done: int, total: int | None, /) -> None: ...


def load(
    project: Project,
    ruleset: Ruleset,
    registry: Registry,
    names: Sequence[str] = (),
    *,
    today: dt.datetime,
    full: bool = False,
    progress: Progress = lambda _source, _done, _total: None,
) -> tuple[Load, ...]:
    """Load some sources (all, without names) into the warehouse; `today` is the moment of the load, in UTC.

    A source with a cursor is asked for what is new since its last load, and all of it where `full` says so.
    A source that fails leaves its table as the last good load left it. Under `on_error = "stale"` or "skip" that is the
    status of its Load. Under "fail" the other sources are loaded all the same, then all failures are raised at once:
    as InputError if a file or column was missing, else as GateError. A Load holds the findings about its table.
    """
    chosen = chosen_sources(project, names)
    check_sources(project, ruleset, registry)
    clock = Clock(today, ZoneInfo(project.calendar.timezone))
    loader = _Loader(project, ruleset, registry, clock, frozenset(names), progress, full)
    loader.prepare()
    loads: list[Load] = []
    failures: list[TrigpointError] = []
    for settings in chosen:
        ended, failure = loader.load(settings)
        loads.append(ended)
        if failure is not None:
            failures.append(failure)
    if failures:
        missing = any(isinstance(failure, InputError) for failure in failures)
        problems = [problem for failure in failures for problem in failure.problems]
        raise (InputError if missing else GateError)(*problems)
    return review(project.root / project.warehouse_path, ruleset, loads, clock)


def loads_again(project: Project, ruleset: Ruleset, now: dt.datetime) -> tuple[Load, ...]:
    """How the last loads of the project's sources ended, with the findings about their tables as of `now`.

    Raises GateError (TP426) for sources that never were loaded: their tables are empty, or hold what is not theirs.
    """
    if not project.warehouse_path.exists():
        return ()
    declared = [source for source in project.sources.values() if source.table in ruleset.tables]
    return review_again(project.warehouse_path, ruleset, declared, Clock(now, ZoneInfo(project.calendar.timezone)))


@frozen
class _Loader:
    project: Project
    ruleset: Ruleset
    registry: Registry
    clock: Clock
    asked_for: frozenset[str]
    progress: Progress
    full: bool

    @property
    def warehouse(self) -> Path:
        return self.project.root / self.project.warehouse_path

    @property
    def moment(self) -> str:
        return f"{self.clock.now.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}"

    def prepare(self) -> None:
        """Empty tables where no source fills one."""
        filled = {settings.name: settings.table for settings in self.project.sources.values()}
        with open_for_load(self.warehouse) as connection, transaction(connection):
            prepare(connection, self.ruleset, filled)

    def load(self, settings: SourceSettings) -> tuple[Load, TrigpointError | None]:
        """One source: how it ended, and the failure that is to be raised for it."""
        began = time.perf_counter()
        secrets = Secrets()
        quarantine = Quarantine(secrets.hide)
        try:
            return self._take(self._request(settings, secrets), settings, quarantine, began), None
        except TrigpointError as error:
            told = secrets.hide_in(error)
        except Exception as error:
            bug = secrets.hide_in_any(error)
            if bug is error:
                raise
            raise bug from None
        if not isinstance(told, InputError | GateError) and type(told) is not TrigpointError:
            raise told  # the warehouse cannot be written: no other source will fare better
        return self._give_up(settings, quarantine, told, began)

    def _take(self, request: SourceRequest, settings: SourceSettings, quarantine: Quarantine, began: float) -> Load:
        table, layout = self.ruleset.tables[settings.table], layout_of(self.ruleset, settings.table)
        keys = tuple(dict.fromkeys(key for key in (table.key, layout.unique) if key))
        reader = RowReader(settings, table, self.clock, layout.cluster, layout.unique[:1], quarantine.hide)
        numbering = Numbering()
        with open_for_load(self.warehouse) as connection, transaction(connection):
            last = last_good_load(connection, settings)
            asker = Asker(self.registry, settings, quarantine.hide)
            since = find_since(connection, settings, request, layout, asker)
            after = since.after if last is not None and not self.full else None
            batches = read_batches(asker, evolve(request, after=after))
            staged = StagedTable(connection, layout, keys)
            with closing(batches):  # what the source has open ends here, however its rows end
                rows = stage_rows(batches, asker, reader, staged, quarantine, numbering)
            if after is not None:
                staged.add_others()
            staged.put_in_order()
            take_out_doubled(table, keys, staged, quarantine, numbering)
            check_bad_rows(settings, quarantine, rows, at_end=True)
            kept = staged.count()
            check_usual_rows(settings, kept, last.rows if last else None, asked_for=settings.name in self.asked_for)
            newest = staged.greatest(table.time) if table.time else None
            note_mark(connection, since, reader, staged)
            staged.take_place(int(self.clock.now.timestamp()))
            ended = Load(
                source=settings.name,
                table=settings.table,
                status="loaded",
                rows=kept,
                quarantined=quarantine.count,
                newest=None if newest is None else str(newest),
                loaded_at=self.moment,
                seconds=time.perf_counter() - began,
                unused=tuple(map(quarantine.hide, reader.unused)),
                read=None if after is None else rows,
            )
            write_good_load(connection, ended, [*map(quarantine.hide, numbering.files)], quarantine)
        return ended

    def _request(self, settings: SourceSettings, secrets: Secrets) -> SourceRequest:
        """What the source is asked for, with its secrets, which nobody else sees."""
        places, source = settings.places, self.registry.sources.get(settings.plugin)
        options = secrets.resolve(
            settings.options,
            self.project.root,
            f"source '{settings.name}'",
            lambda keys: places.get(keys, (None, settings.place))[1],
        )
        return SourceRequest(
            settings=evolve(settings, options=with_defaults(options, source.schema if source else {})),
            table=_wanted(self.ruleset.tables[settings.table], settings),
            root=self.project.root,
            timezone=self.project.calendar.timezone,
            progress=lambda done, total: self.progress(settings.name, done, total),
        )

    def _give_up(
        self, settings: SourceSettings, quarantine: Quarantine, error: TrigpointError, began: float
    ) -> tuple[Load, TrigpointError | None]:
        """Note the failure beside the last good load, which stays."""
        layout = layout_of(self.ruleset, settings.table)
        with open_for_load(self.warehouse) as connection, transaction(connection):
            last = last_good_load(connection, settings)
            usable = noted(connection, f"table:{settings.table}") == layout.declaration
            ended, failure = _ended(settings, error, last if usable else None)
            if ended.status == "skipped" and not usable:
                replace_by_empty(connection, layout)
            ended = evolve(ended, quarantined=quarantine.count, seconds=time.perf_counter() - began)
            write_failed_load(connection, ended, self.moment, quarantine)
        return ended, failure


def _wanted(table: Table, settings: SourceSettings) -> Table:
    """The table with the columns that the source has."""
    there = {name: kind for name, kind in table.columns.items() if name not in settings.absent}
    return evolve(table, columns=there)


def _ended(
    settings: SourceSettings, error: TrigpointError, last: LastLoad | None
) -> tuple[Load, TrigpointError | None]:
    """How a failed source ends by its `on_error`; without a load to fall back on, "stale" is a failure too."""
    text = " / ".join(str(error).splitlines())
    ended = Load(settings.name, settings.table, "failed", error=text)
    if last is not None:
        ended = evolve(ended, rows=last.rows, newest=last.newest, loaded_at=last.loaded_at)
    if settings.on_error == "skip":
        return evolve(ended, status="skipped"), None
    if settings.on_error == "fail":
        return ended, error
    if last is not None:
        return evolve(ended, status="stale"), None
    way = Problem(
        "TP425",
        f"source '{settings.name}' may be stale, but there is no earlier load of it to fall back on",
        settings.place,
        "mend the first load",
    )
    return ended, same_kind(error, *error.problems, way)
