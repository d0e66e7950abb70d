"""JSON Lines: one object per line. A key that a row lacks is no data; one that no row has is a missing column."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NoReturn

from trigpoint import BadRow, Batch, Cell, InputError, Problem, SourceRequest
from trigpoint_files.paths import shown
from trigpoint_files.streams import Stream, open_stream, wrong_encoding

BATCH_ROWS = 500
ALIKE = 0.7  # how alike two names must be to be told: below, a hint misleads
LONGEST_LINE = 1 << 20
KEYS_REMEMBERED = 1000  # of those that a file has: enough to name them, and constant


def read_json_lines(path: Path, request: SourceRequest) -> Iterator[Batch]:
    """The rows of one file. Raises InputError (TP402) if no row has a column that the table needs."""
    name = shown(path, request)
    encoding = str(request.settings.options.get("encoding", "utf-8-sig"))
    wanted = [request.settings.columns.get(column, column) for column in request.table.columns]
    seen: set[str] = set()
    row = 0
    with open_stream(path, name, request, encoding) as stream:
        while lines := _lines(stream, name, request, row):
            request.progress(stream.done, stream.size)
            yield _batch(name, row + 1, wanted, lines, seen)
            row += len(lines)
    if row == 0:
        return
    if missing := [ours for ours, column in zip(request.table.columns, wanted, strict=True) if column not in seen]:
        _raise_missing(name, request, missing, seen)
    if more := sorted(seen.difference(wanted)):
        yield Batch(name, row + 1, [*wanted, *more], ())  # no rows: the keys that were not read


def _lines(stream: Stream, name: str, request: SourceRequest, row: int) -> list[str]:
    lines: list[str] = []
    try:
        lines.extend(islice(stream.lines, BATCH_ROWS))
    except UnicodeDecodeError as error:
        raise wrong_encoding(name, request, error, row + len(lines), header_lines=0) from error
    return lines


def _batch(name: str, first: int, wanted: Sequence[str], lines: Sequence[str], seen: set[str]) -> Batch:
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        entry = _entry(line)
        if isinstance(entry, str):
            bad.append(BadRow(name, number, entry, ""))
            continue
        if len(seen) < KEYS_REMEMBERED:
            seen.update(entry)
        rows.append([entry.get(column) for column in wanted])
        numbers.append(number)
    return Batch(name, first, wanted, rows, bad, numbers)


def _entry(line: str) -> dict[str, Cell] | str:
    """The object of a line, or why it is none."""
    if len(line) > LONGEST_LINE:
        return f"is longer than {LONGEST_LINE >> 20} MB"
    try:
        entry = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        return f"is no JSON ({str(error).splitlines()[0]})"
    if not isinstance(entry, dict):
        return "is no JSON object"
    if "\\u0000" in line:
        return "holds a NUL character"
    return entry


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _raise_missing(name: str, request: SourceRequest, missing: Sequence[str], seen: set[str]) -> NoReturn:
    named = request.settings.columns
    listed = ", ".join(f"'{named.get(column, column)}'" for column in missing)
    text = f"source '{request.settings.name}': no row of {name} has {listed}; there is: {', '.join(sorted(seen)[:30])}"
    used = {named.get(column, column) for column in request.table.columns}
    free = sorted(seen - used)
    columns = {name: json.dumps(each, ensure_ascii=False) for name, each in named.items()}
    for column in missing:
        close = difflib.get_close_matches(named.get(column, column), free, 1, ALIKE)
        columns[column] = json.dumps(close[0], ensure_ascii=False) if close else '"..."'
        free = [each for each in free if each not in close]
    columns |= dict.fromkeys(sorted(request.settings.absent), "false")
    written = ", ".join(f"{column} = {value}" for column, value in columns.items())
    hint = (
        f"write columns = {{ {written} }} in the source, and false instead of the name of what no row has: it is blank"
    )
    raise InputError(Problem("TP402", text, request.settings.place, hint))
