"""Takes the rows of one source: reads them batch by batch, stages what fits, keeps apart what does not."""

from __future__ import annotations

import datetime as dt
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from types import NoneType

from trigpoint.errors import TrigpointError
from trigpoint.intake.asking import Asker
from trigpoint.intake.cells import excerpt
from trigpoint.intake.gates import check_bad_rows
from trigpoint.intake.quarantine import Quarantine
from trigpoint.intake.rows import RowReader, TypedRows
from trigpoint.model.source import BadRow, Batch
from trigpoint.model.table import Table
from trigpoint.signals import asked_to_end
from trigpoint.warehouse.load import StagedTable

# Kinds of cells whose methods are Python's own.
KNOWN = frozenset({str, int, float, bool, NoneType, bytes, Decimal, dt.date, dt.datetime, dt.time, dt.timedelta})


class Numbering:
    """Numbers the rows of all files of a source in one ascending row, and finds a row's file again."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self._before: list[int] = []  # of each file: the numbers given before it
        self._last = 0

    def place(self, file: str, rows: TypedRows) -> range | list[int]:
        """The numbers of some rows of a file."""
        if not self.files or self.files[-1] != file:
            self.files.append(file)
            self._before.append(self._last)
        before, numbers = self._before[-1], rows.numbers
        placed = (
            range(before + numbers.start, before + numbers.stop)
            if isinstance(numbers, range)
            else [before + number for number in numbers]
        )
        highest = max(placed[-1] if placed else 0, *(before + row.row for row in rows.bad), 0)
        self._last = max(self._last, highest)
        return placed

    def find(self, number: int) -> tuple[str, int]:
        """The file and the row in it."""
        at = bisect_right(self._before, number - 1) - 1
        return self.files[at], number - self._before[at]


def stage_rows(
    batches: Iterator[Batch],
    asker: Asker,
    reader: RowReader,
    staged: StagedTable,
    quarantine: Quarantine,
    numbering: Numbering,
) -> int:
    """Stage all rows that fit; answers how many rows there were. Raises GateError as soon as it is plain that most are bad."""
    rows = 0
    for batch in batches:
        typed = _typed(batch, asker, reader)
        placed = numbering.place(batch.file, typed)
        if placed:
            try:
                staged.add(placed, typed.columns)
            except sqlite3.IntegrityError as error:
                raise asker.fault("gave a row number twice") from error
        rows += len(placed) + len(typed.bad)
        if typed.bad_keys:
            staged.leave_out(typed.bad_keys)
        if typed.bad:
            quarantine.add(typed.bad)
            check_bad_rows(reader.settings, quarantine, rows, at_end=False)
    return rows


def _typed(batch: Batch, asker: Asker, reader: RowReader) -> TypedRows:
    """The rows of a batch, read. Cells may be of any class, and what its methods raise is the plugin's fault."""
    try:
        return reader.read(batch)
    except TrigpointError:
        raise
    except BaseException as error:
        strange = set(map(type, chain.from_iterable(batch.rows))) - KNOWN
        if asked_to_end(error) or not strange:
            raise
        names = ", ".join(sorted(each.__name__ for each in strange))
        raise asker.fault(f"gave cells that cannot be read: {names}") from None


def take_out_doubled(
    table: Table, keys: tuple[tuple[str, ...], ...], staged: StagedTable, quarantine: Quarantine, numbering: Numbering
) -> None:
    """Quarantine the rows whose key another row has: the later ones, or with `duplicates = "last"` the earlier."""
    which = "an earlier" if table.duplicates == "first" else "a later"
    for key in keys:
        for doubled in staged.take_out_doubled(key, table.duplicates):
            file, row = numbering.find(doubled.number)
            shown = ", ".join(
                f"{name}={excerpt(cell, quarantine.hide)}" for name, cell in zip(key, doubled.key, strict=True)
            )
            quarantine.add([BadRow(file, row, f"has the same {' + '.join(key)} as {which} row", shown)])
