"""Takes the rows of one source: reads them batch by batch, stages what fits, keeps apart what does not."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Generator, Iterator

from attrs import evolve

from trigpoint.errors import GateError, Problem, TrigpointError
from trigpoint.intake.cells import excerpt
from trigpoint.intake.gates import check_bad_rows
from trigpoint.intake.quarantine import Quarantine
from trigpoint.intake.rows import RowReader, TypedRows
from trigpoint.model.plugin import Registry
from trigpoint.model.project import SourceSettings
from trigpoint.model.source import BadRow, Batch, SourceRequest
from trigpoint.model.table import Table
from trigpoint.warehouse.load import StagedTable


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


def read_batches(registry: Registry, request: SourceRequest) -> Generator[Batch]:
    """The batches of a source; whatever the plugin raises that is no error of ours is told as its fault (TP705).

    Raises GateError (TP707) where the plugin could not be loaded.
    """
    source = registry.sources.get(request.settings.plugin)
    if source is None:
        raise GateError(*_not_loaded(registry, request.settings))
    try:
        yield from source.read(request)
    except TrigpointError:
        raise
    except (Exception, SystemExit) as error:
        owner = registry.owners.get(("source", request.settings.plugin), f"plugin '{request.settings.plugin}'")
        text = f"source '{request.settings.name}': {owner} failed: {type(error).__name__}: {error}"
        raise GateError(Problem("TP705", text, request.settings.place, "report it to the plugin's owner")) from error


def _not_loaded(registry: Registry, settings: SourceSettings) -> Iterator[Problem]:
    """Why there is nobody to read a source: its plugin failed, or, where none has its name, one that did may offer it."""
    failed = registry.failed
    for plugin in [failed[settings.plugin]] if settings.plugin in failed else failed.values():
        assert plugin.failure is not None  # noqa: S101  # that makes it a failed one
        yield evolve(plugin.failure, text=f"source '{settings.name}': {plugin.failure.text}")


def stage_rows(
    batches: Iterator[Batch], reader: RowReader, staged: StagedTable, quarantine: Quarantine, numbering: Numbering
) -> int:
    """Stage all rows that fit; answers how many rows there were. Raises GateError as soon as it is plain that most are bad."""
    rows = 0
    for batch in batches:
        typed = reader.read(batch)
        placed = numbering.place(batch.file, typed)
        if placed:
            try:
                staged.add(placed, typed.columns)
            except sqlite3.IntegrityError as error:
                text = f"source '{reader.settings.name}': plugin '{reader.settings.plugin}' gave a row number twice"
                raise GateError(Problem("TP705", text, hint="report it to the plugin's owner")) from error
        rows += len(placed) + len(typed.bad)
        if typed.bad_keys:
            staged.leave_out(typed.bad_keys)
        if typed.bad:
            quarantine.add(typed.bad)
            check_bad_rows(reader.settings, quarantine, rows, at_end=False)
    return rows


def take_out_doubled(
    table: Table, keys: tuple[tuple[str, ...], ...], staged: StagedTable, quarantine: Quarantine, numbering: Numbering
) -> None:
    """Quarantine the rows whose key another row has: the later ones, or with `duplicates = "last"` the earlier."""
    which = "an earlier" if table.duplicates == "first" else "a later"
    for key in keys:
        for doubled in staged.take_out_doubled(key, table.duplicates):
            file, row = numbering.find(doubled.number)
            shown = ", ".join(f"{name}={excerpt(cell)}" for name, cell in zip(key, doubled.key, strict=True))
            quarantine.add([BadRow(file, row, f"has the same {' + '.join(key)} as {which} row", shown)])
