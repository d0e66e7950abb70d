"""Measures programs in alternating pairs, so that a busy machine is busy for both."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import frozen

Command = Sequence[str | Path]


@frozen
class Spent:
    """What one process took: seconds from start to end, megabytes at its peak, and what it printed."""

    seconds: float
    peak_mb: float
    printed: str


def spend(command: Command, folder: Path) -> Spent:
    """Runs a program to its end. Its own memory is counted, not that of its children."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout:
        printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{printed}")
    return Spent(seconds, used.ru_maxrss / 1024, printed)


@frozen
class Ratio:
    """Ours over theirs: by the least of each, which a busy machine disturbs least, and the median of the pairs."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def least(self) -> float:
        """The least of ours over the least of theirs: what the bar is held against."""
        return min(self.ours) / min(self.theirs)

    @property
    def median(self) -> float:
        """The median of the ratios of the pairs."""
        return statistics.median(one / other for one, other in zip(self.ours, self.theirs, strict=True))


@frozen
class More:
    """By how many milliseconds ours take longer than theirs: by the least of each, and the median of the pairs."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def least(self) -> float:
        """The least of ours less the least of theirs: what the bar is held against."""
        return (min(self.ours) - min(self.theirs)) * 1000

    @property
    def median(self) -> float:
        """The median of the differences of the pairs."""
        return statistics.median(one - other for one, other in zip(self.ours, self.theirs, strict=True)) * 1000


def pairs(count: int, ours: Callable[[], float], theirs: Callable[[], float]) -> Ratio:
    """Measures both in turn, `count` times, and each time the other one first."""
    found: list[tuple[float, float]] = []
    for turn in range(count):
        if turn % 2:
            second = theirs()
            found.append((ours(), second))
        else:
            first = ours()
            found.append((first, theirs()))
    return Ratio(tuple(one for one, _ in found), tuple(other for _, other in found))
