"""Whether what a source gives is a batch of rows at all: nothing else of the intake has to expect anything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from attrs import evolve

from trigpoint.model.source import BadRow, Batch
from trigpoint.plugins.texts import encodable

HIGHEST = 2**53  # a row's number; those of all files of a source follow each other


class ShapeError(ValueError):
    """No batch; the text says what it is instead, without a word of what it holds."""


def checked(given: object) -> Batch:
    """The batch, with texts that can be written anywhere. Raises ShapeError."""
    if not isinstance(given, Batch):
        raise ShapeError(f"gave no Batch but a {_kind(given)}")
    _all_are(str, [given.file], "a Batch whose file is no text")
    _all_are(str, _listed(given.header, "header"), "a header whose names are no texts")
    _check_rows(_listed(given.rows, "rows"))
    _check_numbers(given)
    bad = [_checked_bad(row) for row in _listed(given.bad, "bad rows")]
    if "".join((given.file, *given.header)).isascii():
        return evolve(given, bad=bad) if bad else given
    header = [encodable(name) for name in given.header]
    same = header == list(given.header)  # then the very same header: it is looked at once for all batches that have it
    return evolve(given, file=encodable(given.file), header=given.header if same else header, bad=bad)


def _check_rows(rows: Sequence[object]) -> None:
    for kind in set(map(type, rows)):
        if not issubclass(kind, Iterable) or issubclass(kind, str | bytes | Mapping | Set):
            raise ShapeError(f"gave a row that is no sequence of cells but a {kind.__name__}")


def _check_numbers(batch: Batch) -> None:
    _all_are(int, [batch.first_row], "a Batch whose first_row is no whole number")
    _all_are(int, _listed(batch.numbers, "numbers"), "numbers of rows that are no whole numbers")
    if batch.numbers and len(batch.numbers) != len(batch.rows):
        raise ShapeError(f"gave {len(batch.numbers)} numbers for {len(batch.rows)} rows")
    numbers = batch.numbers or (batch.first_row, batch.first_row + len(batch.rows))
    if min(numbers) < 1 or max(numbers) > HIGHEST:
        raise ShapeError("gave numbers of rows that are below 1 or beyond 2^53")
    if list(numbers) != sorted(numbers):
        raise ShapeError("gave numbers of rows that do not ascend")


def _checked_bad(row: object) -> BadRow:
    if not isinstance(row, BadRow):
        raise ShapeError(f"gave a bad row that is no BadRow but a {_kind(row)}")
    _all_are(str, (row.file, row.reason, row.excerpt), "a BadRow whose file, reason or excerpt is no text")
    _all_are(int, [row.row], "a BadRow whose number is no whole number")
    if not 0 <= row.row <= HIGHEST:
        raise ShapeError("gave a BadRow whose number is below 0 or beyond 2^53")
    return BadRow(encodable(row.file), row.row, encodable(row.reason), encodable(row.excerpt))


def _listed(given: object, what: str) -> Sequence[object]:
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        raise ShapeError(f"gave {what} that are no list but a {_kind(given)}")
    return given


def _all_are(kind: type, values: Iterable[object], what: str) -> None:
    for each in set(map(type, values)):
        if not issubclass(each, kind) or each is bool:
            raise ShapeError(f"gave {what}: {each.__name__}")


def _kind(value: object) -> str:
    return type(value).__name__
