"""Rows into stretches of time: how long each has lasted by the date, and whether it is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from attrs import frozen

from trigpoint import MetricRequest

Moment = dt.date | dt.datetime
DAY = 86400.0


@frozen
class Clock:
    """The last day that is known, and the moment at which it ends where the firm is."""

    as_of: dt.date
    closes: dt.datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, request: MetricRequest) -> Clock:
        """The clock of a request."""
        zone = ZoneInfo(request.timezone)
        return cls(request.as_of, _end_of_day(request.as_of, zone), zone)

    def stretch(self, start: Moment | None, end: Moment | None) -> tuple[float, bool] | None:
        """The seconds that a row has lasted and whether it was over by then; None where the row does not count.

        Two timestamps are as far apart as a watch says; from a date on, whole days are counted. What has not ended has
        lasted until the date, or for timestamps until its midnight.
        """
        if start is None or self._is_later(start):
            return None
        ended = end is not None and not self._is_later(end)
        timed = isinstance(start, dt.datetime)
        until = end if end is not None and ended else self.as_of
        seconds = self._second(until) - self._second(start) if timed else (self._day(until) - self._day(start)) * DAY
        return None if seconds < 0 else (seconds, ended)

    def _is_later(self, cell: Moment) -> bool:
        return cell >= self.closes if isinstance(cell, dt.datetime) else cell > self.as_of

    def _second(self, cell: Moment) -> float:
        """A day without a time may have been over at any moment of it: its end is taken."""
        return (cell if isinstance(cell, dt.datetime) else _end_of_day(cell, self.zone)).timestamp()

    def _day(self, cell: Moment) -> int:
        return (cell.astimezone(self.zone) if isinstance(cell, dt.datetime) else cell).toordinal()


def stretches(
    starts: Sequence[Moment | None], ends: Sequence[Moment | None], clock: Clock
) -> tuple[list[float], list[bool]]:
    """The seconds, and whether it was over, of each row that counts."""
    found = [each for each in map(clock.stretch, starts, ends) if each is not None]
    return [seconds for seconds, _ in found], [ended for _, ended in found]


def _end_of_day(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
