"""What travels between trigpoint and the process of a plugin.

To the plugin: records of ours, pickled. From it: JSON alone; what a plugin's process sends is never unpickled. Columns
travel as bytes that depend on their cells alone, so that their hash can tell whether they were seen before.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from trigpoint.model.expression import NUMERIC, ValueType
from trigpoint.model.offer import MetricRequest, MetricRows
from trigpoint.model.plugin import Plugin

FaultKind = Literal["raised", "unfit", "late", "ended", "unloadable", "forbidden", "memory"]
LONGEST_ANSWER = 256 * 1024 * 1024  # bytes


@frozen
class Fault:
    """What went wrong in a plugin: `text` goes on after the metric's name; `file` and `line` say where, if it is known.

    `quoted` are the plugin's own words, whole, to be cut when nothing secret is in them any more; a QUOTED in `text` stands
    for them.
    """

    kind: FaultKind
    text: str
    file: str | None = None
    line: int | None = None
    quoted: str = ""


@frozen
class Asked:
    """The metric that the batches after it are for. `name` is the plugin's own."""

    plugin: Plugin
    name: str
    type: ValueType
    request: MetricRequest
    seconds: float


@frozen
class Column:
    """The cells of one input.

    Numbers are doubles in `cells`, infinite where there is no data. Of the other types `values` are all cells as JSON; or
    the different ones, and `cells` the place of each among them.
    """

    name: str
    type: ValueType
    cells: bytes
    values: bytes = b""


@frozen
class Packed:
    """A batch as it travels: `keys` as JSON, `counts` of their rows as unsigned integers."""

    keys: bytes
    counts: bytes
    columns: tuple[Column, ...]

    def parts(self) -> Iterable[bytes]:
        """Everything that it says, for a hash."""
        yield self.keys
        yield self.counts
        for column in self.columns:
            yield f"{column.name} {column.type}".encode()
            yield column.cells
            yield column.values


def pack(keys: Sequence[str], counts: Sequence[int], cells: Iterable[tuple[str, ValueType, Sequence[Any]]]) -> Packed:
    """A batch for the way; `cells` are name, type and cells of each input, as the warehouse keeps them, or as JSON."""
    columns = tuple(_packed(*each) for each in cells)
    return Packed(json.dumps(keys).encode(), array("L", counts).tobytes(), columns)


def _packed(name: str, kind: ValueType, cells: Sequence[Any]) -> Column:
    if isinstance(cells, str):
        return Column(name, kind, b"", values=cells.encode())
    if kind not in NUMERIC:
        places: dict[Any, int] = dict.fromkeys(cells, 0)
        values = list(places)
        places.update(zip(values, range(len(values)), strict=True))
        listed = array("L", map(places.__getitem__, cells))
        return Column(name, kind, listed.tobytes(), values=json.dumps(values).encode())
    try:
        return Column(name, kind, array("d", cells).tobytes())
    except TypeError:  # there are blanks among them
        return Column(name, kind, array("d", [math.inf if cell is None else cell for cell in cells]).tobytes())


def unpack(packed: Packed) -> MetricRows:
    """The batch as a plugin's function is given it."""
    columns = {column.name: _unpacked(column) for column in packed.columns}
    return MetricRows(json.loads(packed.keys), _places(packed.counts), columns)


def _unpacked(column: Column) -> Sequence[Any]:
    if column.type not in NUMERIC:
        known, values = _Known(_READ[column.type]), json.loads(column.values)
        return list(map(known.__getitem__, map(values.__getitem__, _places(column.cells)) if column.cells else values))
    numbers = array("d")
    numbers.frombytes(column.cells)
    cells: list[Any] = numbers.tolist()
    whole = column.type == "integer"
    if not math.isfinite(sum(cells)):  # one that is not finite is no data, as everywhere
        return [(int(cell) if whole else cell) if -math.inf < cell < math.inf else None for cell in cells]
    return list(map(int, cells)) if whole else cells


class _Known(dict[Any, Any]):
    """What each text stands for; each is read once."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__({None: None, "": None})
        self._read = read

    def __missing__(self, text: Any) -> Any:
        value = self[text] = self._read(text)
        return value


def _places(content: bytes) -> list[int]:
    numbers = array("L")
    numbers.frombytes(content)
    return numbers.tolist()


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


_READ: Mapping[ValueType, Callable[[Any], Any]] = {
    "text": str,
    "boolean": bool,
    "date": dt.date.fromisoformat,
    "timestamp": _moment,
}
