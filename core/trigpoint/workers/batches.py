"""The subjects of a feed, in batches with all their rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from attrs import frozen

from trigpoint.model.expression import ValueType
from trigpoint.workers.wire import Packed, pack

ROWS = 50_000  # of a batch, unless a single subject has more


@frozen
class Batch:
    """Some subjects, with the number of rows that each has and the newest fact among them, and what is sent of them."""

    keys: tuple[str, ...]
    counts: tuple[int, ...]
    newest: tuple[str | int | None, ...]
    packed: Packed


def batches(subjects: Iterator[tuple[Any, ...]], inputs: Mapping[str, ValueType], size: int = ROWS) -> Iterator[Batch]:
    """Batches of about `size` rows. The subjects are (key, n, newest, and for each of `inputs` n cells: a list, or as JSON).

    Rows that belong to nobody are left out.
    """
    held: list[tuple[Any, ...]] = []
    rows = 0
    for subject in subjects:
        if subject[0] and subject[1]:
            held.append(subject)
            rows += subject[1]
        if rows >= size:
            yield _batch(held, inputs)
            held, rows = [], 0
    if held:
        yield _batch(held, inputs)


def _batch(subjects: list[tuple[Any, ...]], inputs: Mapping[str, ValueType]) -> Batch:
    keys, counts, newest, *lists = zip(*subjects, strict=True)
    columns = ((name, kind, _joined(cells)) for (name, kind), cells in zip(inputs.items(), lists, strict=True))
    # A column that the table is ordered by holds '' where there is no data.
    return Batch(keys, counts, tuple(each or None for each in newest), pack(keys, counts, columns))


def _joined(cells: Sequence[Any]) -> Any:
    """The cells of all subjects, one after the other. JSON is joined as it is: nobody here looks into it."""
    if all(isinstance(each, str) for each in cells):
        return f"[{','.join(each[1:-1] for each in cells)}]"
    return list(chain.from_iterable(json.loads(each) if isinstance(each, str) else each for each in cells))
