"""The rows of a feed, cut into batches of whole subjects."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import dropwhile, groupby, islice, pairwise
from operator import itemgetter
from typing import Any

from attrs import frozen

from trigpoint.model.expression import ValueType
from trigpoint.workers.wire import Packed, pack

ROWS = 50_000  # of a batch, unless a single subject has more
_KEY = itemgetter(0)


@frozen
class Batch:
    """Some subjects, with the rows that each has and the newest fact among them, and what is sent of them."""

    keys: tuple[str, ...]
    counts: tuple[int, ...]
    newest: tuple[str | None, ...]
    packed: Packed


def batches(rows: Iterator[tuple[Any, ...]], inputs: Mapping[str, ValueType], size: int = ROWS) -> Iterator[Batch]:
    """Batches of about `size` rows. The rows are (key, newest, cells of `inputs`...), ordered by key.

    Rows of nobody come first in that order, and are left out. Raises ValueError if the keys are not in order: a subject
    would be cut in two.
    """
    owned = dropwhile(lambda row: not row[0], rows)
    held: list[tuple[Any, ...]] = []
    last = ""
    while chunk := list(islice(owned, size)):
        held += chunk
        cut = bisect_left(held, held[-1][0], key=_KEY)  # the last subject may go on
        if cut:
            batch = _batch(held[:cut], inputs)
            _check_order(last, batch)
            last = batch.keys[-1]
            held = held[cut:]
            yield batch
    if held:
        batch = _batch(held, inputs)
        _check_order(last, batch)
        yield batch


def _batch(rows: list[tuple[Any, ...]], inputs: Mapping[str, ValueType]) -> Batch:
    keys, times, *columns = zip(*rows, strict=True)
    runs = [(key, sum(1 for _ in run)) for key, run in groupby(keys)]
    subjects, counts = zip(*runs, strict=True)
    cells = ((name, kind, column) for (name, kind), column in zip(inputs.items(), columns, strict=True))
    return Batch(subjects, counts, tuple(_newest(times, counts)), pack(subjects, counts, cells))


def _newest(times: tuple[str | None, ...], counts: tuple[int, ...]) -> Iterator[str | None]:
    """The greatest cell of each subject: blanks, '' in columns that the table is ordered by, are none."""
    start = 0
    for count in counts:
        yield max(filter(None, times[start : start + count]), default=None)
        start += count


def _check_order(last: str, batch: Batch) -> None:
    if any(one >= other for one, other in pairwise((last, *batch.keys))):
        raise ValueError("the rows of a feed come subject by subject, in the order of their keys")
