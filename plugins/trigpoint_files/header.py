"""Whether the first line of a file is its header, read with the right delimiter; if not, where and how it stands."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from attrs import frozen

from trigpoint import Problem, SourceRequest

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
LOOKED_THROUGH = 10  # lines at the beginning of a file
SHOWN = 60  # characters of a line


@frozen
class _Reading:
    """A line, read with a delimiter: the names in it that the table wants, and how many cells it has."""

    line: int
    delimiter: str
    names: tuple[str, ...]
    wanted: int

    @property
    def filled(self) -> int:
        return sum(1 for name in self.names if name)


def wanted_names(request: SourceRequest) -> frozenset[str]:
    """The names that a header should hold."""
    return frozenset(request.settings.columns.get(column, column) for column in request.table.columns)


def no_header(file: str, lines: Sequence[str], delimiter: str, request: SourceRequest) -> Problem | None:
    """What is wrong (TP405) if the first of some lines, which names no wanted column, is no header; None if it is one."""
    found = _likeliest(lines, delimiter, wanted_names(request))
    if found is None:
        return None
    source, place = f"source '{request.settings.name}': {file}", request.settings.place
    other = found.delimiter != delimiter
    setting = f'write delimiter = "{_shown(found.delimiter)}"'
    if found.line == 0:
        text = f"{source}: the header is a single cell with {DELIMITERS[found.delimiter]}"
        if len(_cells(lines[0], delimiter)) > 1:
            text = f"{source}: the header is parted by {DELIMITERS[found.delimiter]}"
        return Problem("TP405", text, place, setting)
    first = lines[0].strip()
    what = f"is no header ('{first[:SHOWN]}')" if first.strip(delimiter + '" ') else "is blank"
    names = ", ".join(name for name in found.names if name)
    text = f"{source}: its first line {what}; line {found.line + 1} looks like the header: {names[: 2 * SHOWN]}"
    lines_above = "the line" if found.line == 1 else f"the {found.line} lines"
    hint = f"take {lines_above} above the header out of the file" + (f", and {setting}" if other else "")
    return Problem("TP405", text, place, hint)


def _likeliest(lines: Sequence[str], delimiter: str, wanted: frozenset[str]) -> _Reading | None:
    """The reading with most wanted names; where no line has any, the first line that several cells make a table with."""
    delimiters = [delimiter, *(each for each in DELIMITERS if each != delimiter)]
    readings = [reading for each in delimiters for reading in _readings(lines, each, wanted)]
    best = max(readings, key=lambda reading: reading.wanted, default=None)
    if best is None or (best.line, best.delimiter) == (0, delimiter):
        best = None
    if best is not None and best.wanted:
        return best
    if len([name for name in _cells(lines[0], delimiter) if name]) > 1:
        return None  # a header with other names
    tables = [reading for reading in readings if reading.filled > 1 and _goes_on(reading, readings)]
    return min(tables, key=lambda reading: reading.line, default=None)


def _goes_on(reading: _Reading, readings: Sequence[_Reading]) -> bool:
    """Whether the next line has as many cells: a title with a comma in it is no table."""
    below = [each for each in readings if each.delimiter == reading.delimiter and each.line == reading.line + 1]
    return all(len(each.names) == len(reading.names) for each in below)


def _readings(lines: Sequence[str], delimiter: str, wanted: frozenset[str]) -> Iterator[_Reading]:
    for number, line in enumerate(lines):
        names = _cells(line, delimiter)
        yield _Reading(number, delimiter, names, len(wanted.intersection(names)))


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(cell.removeprefix("\ufeff").strip() for cell in cells)


def _shown(delimiter: str) -> str:
    return "\\t" if delimiter == "\t" else delimiter
