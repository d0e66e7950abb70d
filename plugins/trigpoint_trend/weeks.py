"""Rows into weekly sums: the whole weeks of a window, counted back from its last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from math import fsum

from attrs import frozen

from trigpoint import MetricRequest, MetricRows

NO_WINDOW = 'a trend is one of some weeks: the rule says which, as in `window = "12 weeks"`'


@frozen
class Weeks:
    """`number` whole weeks, the newest of which ends on `last`, a day since the year 1."""

    last: int
    number: int

    def place(self, day: dt.date) -> int | None:
        """The place of a day's week, 0 for the oldest; None outside of them."""
        ago = (self.last - day.toordinal()) // 7
        return self.number - 1 - ago if 0 <= ago < self.number else None


def whole_weeks(request: MetricRequest) -> Weeks:
    """The weeks that lie whole within the window. ValueError where the rule has no window."""
    if request.window is None:
        raise ValueError(NO_WINDOW)
    first, last = request.window
    return Weeks(last.toordinal(), ((last - first).days + 1) // 7)


def weekly_sums(rows: MetricRows, weeks: Weeks) -> dict[str, list[float]]:
    """The sum of each week, the oldest first, of each subject that has a row in them; 0 where a week has none.

    A subject with a week that no double holds is left out.
    """
    found = {}
    for key, columns in rows.subjects():
        sums = _sums(columns["day"], columns["value"], weeks)
        if sums is not None:
            found[key] = sums
    return found


def _sums(days: Sequence[dt.date | None], values: Sequence[float | None], weeks: Weeks) -> list[float] | None:
    """The sums of one subject; the order of its rows makes no difference, not even in the last bit."""
    parts: list[list[float]] = [[] for _ in range(weeks.number)]
    for day, value in zip(days, values, strict=True):
        if day is not None and value is not None and (place := weeks.place(day)) is not None:
            parts[place].append(value)
    try:
        return [fsum(each) for each in parts] if any(parts) else None
    except OverflowError:
        return None
