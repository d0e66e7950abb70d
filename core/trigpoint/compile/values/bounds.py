"""Which rows a scan reads at all, and which of them each occurrence looks at: bounds on time columns, by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile.dates import Dates
from trigpoint.model.expression import ValueType


@frozen
class Bound:
    """A day that a time column must lie after, or until. `column` is SQL."""

    column: str
    kind: ValueType | None
    after: bool
    day: dt.date

    def sql(self, dates: Dates) -> str:
        """The condition."""
        return (dates.after if self.after else dates.until)(self.column, self.kind, self.day)


def tightest(bounds: Sequence[Bound]) -> list[Bound]:
    """At most one bound for each column and side."""
    best: dict[tuple[str, bool], Bound] = {}
    for bound in bounds:
        side = (bound.column, bound.after)
        held = best.get(side)
        if held is None or (bound.day > held.day) == bound.after:
            best[side] = bound
    return list(best.values())


def widest(each: Sequence[Sequence[Bound]]) -> tuple[Bound, ...]:
    """For each column and side that all occurrences bound, the bound that lets all of their rows through."""
    found = []
    for column, after in sorted({(bound.column, bound.after) for bound in each[0]}):
        bounds = [bound for bounds in each for bound in bounds if (bound.column, bound.after) == (column, after)]
        if len(bounds) == len(each):
            found.append((min if after else max)(bounds, key=lambda bound: bound.day))
    return tuple(found)
