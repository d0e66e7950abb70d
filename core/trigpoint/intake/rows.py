"""Batches of a source into typed columns of a table; rows that do not fit are told apart, with the reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from trigpoint.errors import GateError, InputError
from trigpoint.intake.cells import Kept, Reading, excerpt
from trigpoint.intake.columns import Column
from trigpoint.intake.missing import missing_columns, needed_columns
from trigpoint.intake.moments import Format, kept
from trigpoint.intake.quarantine import MORE
from trigpoint.model.expression import ValueType
from trigpoint.model.project import SourceSettings
from trigpoint.model.source import BadRow, Batch
from trigpoint.model.table import Table

Cells = Sequence[Sequence[object]]  # column by column
FUTURE = "lies in the future"


@frozen
class TypedRows:
    """Rows that fit, column by column in order of declaration, with their numbers; and those that do not."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[Kept]]
    bad: Sequence[BadRow]
    bad_keys: Sequence[tuple[Kept, ...]] = ()  # of those that do not fit, where only what is new is read


@frozen
class Clock:
    """The moment of the load in the project's zone: no fact may be later than the day it lies in."""

    now: dt.datetime
    zone: ZoneInfo

    @property
    def today(self) -> dt.date:
        """The day it is in the project's zone."""
        return self.now.astimezone(self.zone).date()

    def tomorrow_as(self, kind: ValueType) -> str:
        """The first moment that is not today any more, as dates or timestamps are kept."""
        tomorrow = self.today + dt.timedelta(days=1)
        if kind == "date":
            return tomorrow.isoformat()
        return kept(dt.datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=self.zone), self.zone)


class RowReader:
    """Reads the batches of one source into the types of its table.

    `laid_out_by` are the columns that hold '' for no data; `never_blank` the key of a subject's own table. `hide`
    takes secrets out of what is shown of a cell.
    """

    def __init__(
        self,
        settings: SourceSettings,
        table: Table,
        clock: Clock,
        laid_out_by: Sequence[str] = (),
        never_blank: Sequence[str] = (),
        hide: Callable[[str], str] = str,
    ) -> None:
        self.settings = settings
        self.hide = hide
        self.table = table
        self.clock = clock
        self.names = tuple(table.columns)
        self.never_blank = never_blank
        self._columns = [
            Column(_reading(settings, table, name, clock.zone), "" if name in laid_out_by else None)
            for name in self.names
        ]
        self._header: Sequence[str] | None = None
        self._places: list[int | None] = []  # None: of a column that the file does not have
        self.unused: dict[str, None] = {}  # names of the source that fill no column
        self.held_back: Kept = None  # the least value of the cursor in rows that lie in the future
        self._excerpt_names = tuple(dict.fromkeys((*table.key, *never_blank)))

    def read(self, batch: Batch) -> TypedRows:
        """The rows of a batch. Raises InputError (TP402) if a column is missing."""
        if batch.header is not self._header:
            self._places = self._find(batch)
            self._header = batch.header
        if not batch.rows:
            return TypedRows((), [()] * len(self.names), batch.bad)
        cells = self._cut(batch)
        numbers = batch.numbers or range(batch.first_row, batch.first_row + len(batch.rows))
        faults: dict[int, dict[str, str]] = {}
        columns: list[Sequence[Kept]] = []
        for name, column, raw in zip(self.names, self._columns, cells, strict=True):
            read = column.read(raw)
            columns.append(read.values)
            for place, reason in read.faults.items():
                faults.setdefault(place, {})[name] = reason
        self._check_blank(columns, faults)
        self._check_future(columns, faults)
        if not faults:
            return TypedRows(numbers, columns, batch.bad)
        return self._apart(batch, numbers, columns, cells, faults)

    def _find(self, batch: Batch) -> list[int | None]:
        """Where in the source's rows our columns stand."""
        present = [name for name in self.names if name not in self.settings.absent]
        theirs = {name: self.settings.columns.get(name, name) for name in present}
        places = {name: place for place, name in reversed(list(enumerate(batch.header)))}
        missing = [name for name in present if theirs[name] not in places]
        used = {theirs[name] for name in present if name not in missing}
        if missing:
            needed = needed_columns(self.table, self.never_blank)
            raise InputError(missing_columns(self.settings, batch, missing, used, needed))
        self.unused |= dict.fromkeys(name for name in batch.header if name.strip() and name not in used)
        return [places[theirs[name]] if name in theirs else None for name in self.names]

    def _cut(self, batch: Batch) -> Cells:
        try:
            columns = list(zip(*batch.rows, strict=True))
            nothing = (None,) * len(batch.rows)
            return [nothing if place is None else columns[place] for place in self._places]
        except (ValueError, IndexError):
            text = f"source '{self.settings.name}': plugin '{self.settings.plugin}' gave rows that are not as wide as their header"
            raise GateError.of("TP705", text, self.settings.place, "report it to the plugin's owner") from None

    def _check_blank(self, columns: Sequence[Sequence[Kept]], faults: dict[int, dict[str, str]]) -> None:
        for name in self.never_blank:
            values = columns[self.names.index(name)]
            if None in values or "" in values:
                for place, value in enumerate(values):
                    if value is None or value == "":
                        faults.setdefault(place, {}).setdefault(name, "is blank, and it is the key")

    def _check_future(self, columns: Sequence[Sequence[Kept]], faults: dict[int, dict[str, str]]) -> None:
        """Rows that exist only from a later day on than the clock's. Texts of dates compare like dates."""
        name = self.table.visible_by
        if name is None or name not in self.names:
            return
        values = columns[self.names.index(name)]
        edge = self.clock.tomorrow_as(self.table.columns[name])
        if max(map(str, filter(None, values)), default="") >= edge:
            for place, value in enumerate(values):
                if value and str(value) >= edge:
                    faults.setdefault(place, {})[name] = FUTURE
                    self._hold_back(columns, place)

    def _hold_back(self, columns: Sequence[Sequence[Kept]], place: int) -> None:
        if self.settings.cursor is not None:
            values: tuple[Any, ...] = (columns[self.names.index(self.settings.cursor)][place], self.held_back)
            self.held_back = min((each for each in values if each not in (None, "")), default=None)

    def _apart(
        self,
        batch: Batch,
        numbers: Sequence[int],
        columns: Sequence[Sequence[Kept]],
        cells: Cells,
        faults: dict[int, dict[str, str]],
    ) -> TypedRows:
        keep = [place not in faults for place in range(len(batch.rows))]
        bad = [*batch.bad]
        for place in sorted(faults):
            reason = MORE.join(f"{name} {why}" for name, why in faults[place].items())
            shown = {name: cells[self.names.index(name)][place] for name in (*faults[place], *self._excerpt_names)}
            text = ", ".join(f"{name}={excerpt(cell, self.hide)}" for name, cell in shown.items())
            bad.append(BadRow(batch.file, numbers[place], reason, text))
        good = [list(compress(column, keep)) for column in columns]
        return TypedRows(list(compress(numbers, keep)), good, bad, self._keys_of(columns, faults))

    def _keys_of(
        self, columns: Sequence[Sequence[Kept]], faults: Mapping[int, dict[str, str]]
    ) -> list[tuple[Kept, ...]]:
        """The keys of bad rows, as far as they can be read."""
        if self.settings.cursor is None:
            return []
        key = [columns[self.names.index(name)] for name in self.table.key]
        whole = (place for place, reasons in faults.items() if not self._unreadable(reasons))
        return [tuple(column[place] for column in key) for place in whole]

    def _unreadable(self, reasons: Mapping[str, str]) -> bool:
        return any(name in self.table.key and reason != FUTURE for name, reason in reasons.items())


def _reading(settings: SourceSettings, table: Table, name: str, zone: ZoneInfo) -> Reading:
    form = Format(settings.formats.get(name, settings.date_format))
    blanks = frozenset(settings.blank)
    return Reading(table.columns[name], form, settings.decimal, zone, settings.thousands, blanks)
