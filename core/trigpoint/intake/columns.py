"""The cells of a column, a batch at a time: a fast way for what is plain, and the exact one of `cells` for the rest.

The fast ways touch no cell from Python: they are maps of built-in functions, and memories of texts seen before (a year
has 366 dates). Whatever they cannot vouch for raises, and the batch's column is read again cell by cell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import NoneType

from attrs import field, frozen

from trigpoint.intake.cells import LARGEST_INTEGER, CellError, Kept, Reading, read_cell
from trigpoint.model.expression import NUMERIC

REMEMBERED = 50_000  # distinct texts of one column; then the memory starts afresh, so that it stays small
_DIGITS = re.compile(
    r"[0-9+\-.eE \t]*"
).fullmatch  # float() itself would take nan, inf, 1_000 and digits of other scripts
_COMMA_DIGITS = re.compile(r"[0-9+\-,eE \t]*").fullmatch
_APART = "\x00"


@frozen
class Read:
    """The cells of a column as values to keep, and the reasons of those that are not of its type, by place."""

    values: Sequence[Kept]
    faults: Mapping[int, str] = field(factory=dict)


class Column:
    """Reads one column. `blank` is what no data becomes: None, or '' in one that the table lies by, which is no number."""

    def __init__(self, reading: Reading, blank: Kept = None) -> None:
        self.reading = reading
        self.blank = blank
        self._memory = _Memory(reading, blank)
        self._sparse = False  # whether blanks were met, so that the way without them is not tried each time
        self._fast = self._fast_way()

    def _fast_way(self) -> Callable[[Sequence[object]], list[Kept]]:
        if self.reading.type == "text":
            return self._texts_or_blanks if self.reading.blanks else self._texts
        if self.reading.type in NUMERIC and (self.reading.blanks or self.reading.thousands):
            return self._remembered_texts
        return {"number": self._numbers, "integer": self._integers}.get(self.reading.type, self._remembered)

    def read(self, cells: Sequence[object]) -> Read:
        """All cells of a batch."""
        try:
            return Read(self._fast(cells))
        except (ValueError, TypeError, OverflowError):
            return self._exactly(cells)

    def _exactly(self, cells: Sequence[object]) -> Read:
        values: list[Kept] = []
        faults: dict[int, str] = {}
        for place, cell in enumerate(cells):
            try:
                value = read_cell(cell, self.reading)
            except CellError as error:
                faults[place] = str(error)
                value = None
            values.append(self.blank if value is None else value)
        return Read(values, faults)

    def _remembered(self, cells: Sequence[object]) -> list[Kept]:
        """Booleans, dates, timestamps: each distinct cell is read once."""
        return list(map(self._memory.__getitem__, cells))

    def _remembered_texts(self, cells: Sequence[object]) -> list[Kept]:
        """The same for numbers, of which only texts are remembered: 1 and True are one key of a memory."""
        if not set(map(type, cells)) <= {str, NoneType}:
            raise TypeError
        return self._remembered(cells)

    def _texts_or_blanks(self, cells: Sequence[object]) -> list[Kept]:
        blanks = self.reading.blanks
        return [self.blank if value in blanks else value for value in self._texts(cells)]

    def _texts(self, cells: Sequence[object]) -> list[Kept]:
        try:
            values = list(map(str.strip, cells))  # type: ignore[arg-type]  # TypeError for what is no text
        except TypeError:
            if not set(map(type, cells)) <= {str, NoneType}:
                raise
            values = [cell.strip() if cell else "" for cell in cells]  # type: ignore[attr-defined]  # they are texts
        joined = "".join(values)
        if "\0" in joined:
            raise ValueError
        if not joined.isascii():
            joined.encode()  # half a pair of surrogates raises here
        if self.blank is None and "" in values:
            return [value or None for value in values]
        return values  # type: ignore[return-value]  # list is invariant

    def _numbers(self, cells: Sequence[object]) -> list[Kept]:
        values = self._floats(cells)
        if not math.isfinite(sum(filter(None, values))):  # one inf or nan shows in the sum
            raise ValueError
        return values  # type: ignore[return-value]  # list is invariant

    def _integers(self, cells: Sequence[object]) -> list[Kept]:
        values = self._floats(cells)
        if not all(map(float.is_integer, filter(None, values))):
            raise ValueError
        if max(map(abs, filter(None, values)), default=0) >= LARGEST_INTEGER:
            raise ValueError
        return values  # type: ignore[return-value]  # list is invariant

    def _floats(self, cells: Sequence[object]) -> list[float | None]:
        kinds = set(map(type, cells))
        if str not in kinds and kinds <= {int, float, Decimal, NoneType}:
            return [None if cell is None else float(cell) for cell in cells]  # type: ignore[arg-type]  # they are numbers
        texts = self._with_point(cells)
        if not self._sparse:
            try:
                return list(map(float, texts))
            except ValueError:
                values = [float(text) if text else None for text in map(str.strip, texts)]
                self._sparse = True
                return values
        return [float(text) if text else None for text in map(str.strip, texts)]

    def _with_point(self, cells: Sequence[object]) -> Sequence[str]:
        """The texts with a decimal point, after a look at their characters. TypeError for what is no text."""
        if self.reading.decimal == ".":
            if not _DIGITS("".join(cells)):  # type: ignore[arg-type]  # see above
                raise ValueError
            return cells  # type: ignore[return-value]  # join has looked at them
        joined = _APART.join(cells)  # type: ignore[arg-type]  # see above
        if not _COMMA_DIGITS(joined.replace(_APART, "")):
            raise ValueError
        return joined.replace(",", ".").split(_APART)


class _Memory(dict[object, Kept]):
    """What cells were read as; a new one is read, an unreadable one raises CellError."""

    def __init__(self, reading: Reading, blank: Kept) -> None:
        self.reading = reading
        self.blank = blank

    def __missing__(self, cell: object) -> Kept:
        value = read_cell(cell, self.reading)
        if len(self) >= REMEMBERED:
            self.clear()
        self[cell] = value = self.blank if value is None else value
        return value
