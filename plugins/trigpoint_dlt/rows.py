"""Items of a resource into batches: nested objects become columns, what is no object becomes a bad row.

Names are the source's own. Only nesting changes them, in the way dlt does it: `{"account": {"id": 7}}` has the column
`account__id`. Lists become JSON text. All batches have the same header, the names that the table needs, for an API may
leave a key out where it has no value; a name that no item had is told at the end.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, cast

from trigpoint import BadRow, Batch, Cell, SourceRequest
from trigpoint_dlt.limits import Limits

BATCH_ROWS = 500
DEEPEST = 10  # levels of objects within objects; what lies deeper becomes JSON text
KEYS_REMEMBERED = 1000  # of those that a resource has: enough to name them, and constant
_PLAIN = (str, float, int, bool, dt.date, Decimal, type(None))
_COMMON = frozenset((str, float, int, bool, type(None)))  # what JSON has: looked up faster than it is tested


def batches_of(name: str, pages: Iterable[object], request: SourceRequest, limits: Limits) -> Iterator[Batch]:
    """The rows of the resource `name`. Raises TrigpointError (TP439) if they are too many or take too long."""
    columns = request.settings.columns
    wanted = [columns.get(column, column) for column in request.table.columns]
    seen: dict[str, None] = {}
    items = _items(pages, limits)
    done = 0
    while taken := list(islice(items, BATCH_ROWS)):
        limits.check_items(done + len(taken))
        yield _batch(name, done + 1, wanted, taken, seen)
        done += len(taken)
        request.progress(done, None)
    if not done:
        return
    if not seen.keys() >= set(wanted):
        yield Batch(name, done + 1, sorted(seen), ())  # no rows: the intake says which column is missing
    elif more := sorted(seen.keys() - set(wanted)):
        yield Batch(name, done + 1, [*wanted, *more], ())  # no rows: the names that were not read


def _items(pages: Iterable[object], limits: Limits) -> Iterator[object]:
    for page in pages:
        limits.check_time()
        yield from _of_page(page)


def _of_page(page: object) -> Iterable[object]:
    """The items of what a resource gave: one, a list of them, an Arrow table, or a frame of pandas."""
    if isinstance(page, Mapping):
        return (page,)
    if isinstance(page, list | tuple):
        return page
    home = type(page).__module__.partition(".")[0]
    if home == "pyarrow" and hasattr(page, "to_pylist"):
        return _of_arrow(page)
    if home == "pandas" and hasattr(page, "notna"):
        return _of_frame(page)
    return (page,)


def _of_arrow(table: Any) -> Iterator[object]:
    for start in range(0, table.num_rows, BATCH_ROWS):
        yield from table.slice(start, BATCH_ROWS).to_pylist()


def _of_frame(frame: Any) -> Iterator[object]:
    for start in range(0, len(frame), BATCH_ROWS):
        part = frame.iloc[start : start + BATCH_ROWS].astype(object)
        yield from part.where(part.notna(), None).to_dict("records")


def _batch(name: str, first: int, wanted: Sequence[str], items: Sequence[object], seen: dict[str, None]) -> Batch:
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    for number, item in enumerate(items, first):
        if not isinstance(item, Mapping):
            bad.append(BadRow(name, number, f"is no object but {_kind(item)}", ""))
            continue
        flat = flattened(item)
        if len(seen) < KEYS_REMEMBERED and not flat.keys() <= seen.keys():
            seen.update(dict.fromkeys(flat))
        cells = map(flat.get, wanted)
        rows.append([cell if type(cell) in _COMMON else _cell(cell) for cell in cells])
        numbers.append(number)
    return Batch(name, first, wanted, rows, bad, numbers)


def flattened(item: Mapping[Any, Any]) -> Mapping[str, Any]:
    """An object without objects in it: `{"a": {"b": 1}}` is `{"a__b": 1}`. A name that is there already keeps its value."""
    flat: dict[str, Any] = {}
    inner: list[tuple[str, dict[Any, Any]]] = []
    for name, value in item.items():
        if isinstance(value, dict):
            inner.append((f"{name}__", value))
        else:
            flat[str(name)] = value
    if not inner:
        return flat
    below: dict[str, Any] = {}
    for prefix, value in inner:
        _flatten(prefix, value, below, 1)
    return below | flat


def _flatten(prefix: str, item: dict[Any, Any], flat: dict[str, Any], depth: int) -> None:
    for name, value in item.items():
        if isinstance(value, dict) and depth < DEEPEST:
            _flatten(f"{prefix}{name}__", value, flat, depth + 1)
        else:
            flat[f"{prefix}{name}"] = value


def _cell(value: object) -> Cell:
    if isinstance(value, _PLAIN):
        return cast(Cell, value)
    if isinstance(value, list | tuple | Mapping | set):
        return json.dumps(sorted(value, key=str) if isinstance(value, set) else value, ensure_ascii=False, default=str)
    if hasattr(value, "item"):  # a number of numpy
        return cast(Cell, value.item())
    return cast(Cell, value) if isinstance(value, bytes) else str(value)


def _kind(item: object) -> str:
    kinds = {str: "a text", bool: "a truth value", int: "a number", float: "a number", type(None): "null"}
    return kinds.get(type(item), f"a {type(item).__name__}")
