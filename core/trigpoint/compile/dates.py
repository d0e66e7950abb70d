"""Days as bounds on a date or timestamp column: which literal stands for "after this day" in the project's zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from attrs import frozen

from trigpoint.compile import sql
from trigpoint.model.expression import ValueType

DAY = dt.timedelta(days=1)


@frozen
class Dates:
    """The literals of one run. A timestamp column holds UTC text; a day of the project's zone is an interval there."""

    as_of: dt.date
    timezone: str
    year_start: int

    def _opening(self, day: dt.date) -> str:
        midnight = dt.datetime.combine(day, dt.time(), ZoneInfo(self.timezone))
        return sql.text(midnight.astimezone(dt.UTC).isoformat(" ")[:19])

    def until(self, column: str, kind: ValueType | None, day: dt.date) -> str:
        """The condition that a date or moment lies on `day` or before."""
        if kind == "timestamp":
            return f"{column} < {self._opening(day + DAY)}"
        return f"{column} <= {sql.text(day.isoformat())}"

    def after(self, column: str, kind: ValueType | None, day: dt.date) -> str:
        """The condition that a date or moment lies on a later day than `day`."""
        if kind == "timestamp":
            return f"{column} >= {self._opening(day + DAY)}"
        return f"{column} > {sql.text(day.isoformat())}"
