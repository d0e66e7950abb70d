"""Counts what a computation costs, in steps that are the same each time: those of Python, and those of SQLite."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from trigpoint.model.offer import MetricRows

ENOUGH = 64  # rows of a subject, or subjects: with fewer, what is done once would hide what is done for each pair
MOST = 2.5  # times the steps for twice the rows: sorting takes about 2.2, comparing each with each about 4


def steps_of_python(work: Callable[[], object]) -> int:
    """How many instructions of the interpreter `work` takes, in whatever it calls; what C code does is not seen."""
    count = 0

    def step(frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        nonlocal count
        if event == "opcode":
            count += 1
        elif event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return step

    before = sys.gettrace()  # a debugger, or what measures coverage
    sys.settrace(step)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def more_rows(rows: MetricRows, times: int) -> MetricRows:
    """Each subject with so many times its rows: numbers and texts are others, dates the same."""
    columns: dict[str, list[Any]] = {name: [] for name in rows.columns}
    for _, own in rows.subjects():
        for name, cells in own.items():
            columns[name] += [_varied(cell, copy) for cell in cells for copy in range(times)]
    return MetricRows(rows.keys, [count * times for count in rows.counts], columns)


def more_subjects(rows: MetricRows, times: int) -> MetricRows:
    """So many times the subjects, each with rows as they are."""
    keys = [f"{key}~{copy:04d}" for copy in range(times) for key in rows.keys]
    return MetricRows(
        keys, list(rows.counts) * times, {name: list(cells) * times for name, cells in rows.columns.items()}
    )


def enough_rows(counts: Sequence[int]) -> int:
    """How many times the rows are needed so that the largest subject has enough of them."""
    return max(1, -(-ENOUGH // max(counts, default=1)))


def _varied(cell: Any, copy: int) -> Any:
    if copy == 0 or isinstance(cell, bool):
        return cell
    if isinstance(cell, str):
        return f"{cell}~{copy}"
    if isinstance(cell, int):
        return cell + copy
    return cell + copy / 1024 if isinstance(cell, float) else cell
