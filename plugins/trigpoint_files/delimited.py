"""CSV and TSV: rows in batches, each exactly as wide as the header; what is not becomes a bad row.

The csv module cuts the cells, and nothing here looks at a single one as long as all is well: batches are checked by
their widths, NUL bytes are seen while the file is read. Batches are small so that a batch of rows dies young: with more
than 700 rows alive the garbage collector would look at them over and over (measured: a third of the reading time).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path

from attrs import frozen

from trigpoint import BadRow, Batch, InputError, Problem, SourceRequest, TrigpointError
from trigpoint_files.header import LOOKED_THROUGH, no_header, wanted_names
from trigpoint_files.paths import shown
from trigpoint_files.streams import Stream, open_stream, wrong_encoding

BATCH_ROWS = 500
LONGEST_FIELD = 64 * 1024
_FIRST = itemgetter(0)
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def read_delimited(path: Path, request: SourceRequest, delimiter: str) -> Iterator[Batch]:
    """The rows of one file. Raises TrigpointError for what cannot be read as a table at all."""
    encoding = str(request.settings.options.get("encoding", "utf-8-sig"))
    name = shown(path, request)
    limit_before = csv.field_size_limit(LONGEST_FIELD)
    try:
        with open_stream(path, name, request, encoding) as stream:
            yield from _File(name, request, stream, delimiter).batches()
    finally:
        csv.field_size_limit(limit_before)  # the limit belongs to the whole process


@frozen
class _Fault:
    """Why the reader stopped after some good rows, and over how many lines it had read by then."""

    reason: str
    lines: int


class _File:
    def __init__(self, name: str, request: SourceRequest, stream: Stream, delimiter: str) -> None:
        self.name = name
        self.request = request
        self.stream = stream
        self.delimiter = delimiter
        self.reader = csv.reader(stream.lines, delimiter=delimiter, strict=True)
        self.row = 0  # rows read so far, the header not counted

    def batches(self) -> Iterator[Batch]:
        header = self._header()
        width = {len(header)}
        while True:
            rows: list[list[str]] = []
            fault = self._fill(rows)
            first, self.row = self.row + 1, self.row + len(rows) + (fault is not None)
            if not rows and fault is None:
                if first == 1:
                    yield Batch(self.name, 1, header, ())  # the header is checked even where no row follows
                return
            self.request.progress(self.stream.done, self.stream.size)
            if fault is None and not self.stream.has_nul and set(map(len, rows)) == width and not _has_blank(rows):
                yield Batch(self.name, first, header, rows)
            else:
                yield self._sorted_out(header, rows, first, fault)

    def _fill(self, rows: list[list[str]]) -> _Fault | None:
        """Read the next rows; those before a fault stay (`extend` keeps what it has taken)."""
        line = self.reader.line_num
        try:
            rows.extend(islice(self.reader, BATCH_ROWS))
        except csv.Error as error:
            taken = sum(1 + sum(len(_LINE_ENDS.findall(cell)) for cell in row) for row in rows)
            return _Fault(_worded(error), self.reader.line_num - line - taken)
        except UnicodeDecodeError as error:
            raise wrong_encoding(self.name, self.request, error, 1 + self.row + len(rows), header_lines=1) from error
        return None

    def _header(self) -> Sequence[str]:
        lines: list[str] = []
        try:
            lines += islice(self.stream.lines, 1)
            header = next(csv.reader(chain(lines, self.stream.lines), delimiter=self.delimiter, strict=True), [])
        except csv.Error as error:
            self._check_is_header((), lines)
            raise self._error("TP405", f"{self.name}: the header cannot be read: {_worded(error)}") from error
        except UnicodeDecodeError as error:
            raise wrong_encoding(self.name, self.request, error, 0, header_lines=1) from error
        names = [cell.removeprefix("\ufeff").strip() for cell in header]
        if any("\0" in name for name in names):
            hint = 'it looks like UTF-16: write encoding = "utf-16"'
            raise self._error("TP404", f"{self.name}: the header holds NUL bytes", hint)
        self._check_is_header(names, lines)
        if not any(names):
            text = f"source '{self.request.settings.name}': {self.name} is empty: its first line holds no header"
            raise InputError(
                Problem("TP405", text, self.request.settings.place, "a table has a header, even if it has no rows")
            )
        if doubled := sorted({name for name in names if names.count(name) > 1 and name}):
            listed = ", ".join(f"'{name}'" for name in doubled)
            raise self._error(
                "TP405", f"{self.name}: the header names {listed} more than once", "rename one of them in the file"
            )
        return names

    def _check_is_header(self, names: Sequence[str], lines: list[str]) -> None:
        """InputError if it names nothing that the table wants, and another line or delimiter does."""
        if not lines or not wanted_names(self.request).isdisjoint(names):
            return
        try:
            lines += islice(self.stream.lines, LOOKED_THROUGH)  # the load fails anyhow: no row is needed any more
        except UnicodeDecodeError:
            return  # the line of the wrong byte is told where the columns are not missed
        if problem := no_header(self.name, lines, self.delimiter, self.request):
            raise InputError(problem)

    def _sorted_out(self, header: Sequence[str], rows: list[list[str]], first: int, fault: _Fault | None) -> Batch:
        """The batch in which something is wrong: blank rows are passed over, bad rows told apart."""
        good: list[list[str]] = []
        numbers: list[int] = []
        bad: list[BadRow] = []
        for number, row in enumerate(rows, first):
            if not any(map(str.strip, row)):
                continue
            if reason := self._reason(header, row):
                bad.append(BadRow(self.name, number, reason, self._excerpt(header, row)))
            else:
                good.append(row)
                numbers.append(number)
        if fault is not None:
            bad.append(self._bad_row(fault, first + len(rows)))
        return Batch(self.name, first, header, good, bad, numbers)

    def _reason(self, header: Sequence[str], row: list[str]) -> str | None:
        if any("\0" in cell for cell in row):
            return "holds a NUL byte"
        if len(row) == len(header):
            return None
        return f"has {len(row)} cell{'' if len(row) == 1 else 's'} where the header has {len(header)}"

    def _bad_row(self, fault: _Fault, row: int) -> BadRow:
        if fault.lines > 1:
            text = f"{self.name}: row {row} {fault.reason}, {fault.lines} lines on"
            raise self._error(
                "TP403", text, f"a quote is opened in row {row} and closed nowhere near: look at line {row + 1}"
            )
        return BadRow(self.name, row, fault.reason, "")

    def _excerpt(self, header: Sequence[str], row: list[str]) -> str:
        """The key of a row, as far as it is there; no other column, for they may be personal."""
        settings, table = self.request.settings, self.request.table
        theirs = [settings.columns.get(column, column) for column in table.key]
        cells = [(name, row[header.index(name)]) for name in theirs if name in header and header.index(name) < len(row)]
        return ", ".join(f"{name}={cell[:40]!r}" for name, cell in cells)

    def _error(self, code: str, text: str, hint: str | None = None) -> TrigpointError:
        place = self.request.settings.place
        return TrigpointError(Problem(code, f"source '{self.request.settings.name}': {text}", place, hint))


def _has_blank(rows: Sequence[list[str]]) -> bool:
    """Whether a row has only blank cells, as spreadsheets export the empty rows below a table."""
    firsts = map(str.strip, map(_FIRST, rows))
    return not all(firsts) and any(not "".join(row).strip() for row in rows)


def _worded(error: csv.Error) -> str:
    """The csv module's words in ours."""
    text = str(error)
    if "field limit" in text:
        return f"has a cell of more than {LONGEST_FIELD // 1024} kB"
    if "unexpected end" in text:
        return "ends inside a quoted cell"
    if "expected after" in text:
        return "has text after a closing quote"
    return f"cannot be cut into cells ({text})"
