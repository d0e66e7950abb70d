"""The functions of the language that SQLite lacks or means differently, registered on a connection as `tp_...`."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import define, field

from trigpoint.model.window import Period, first_day, last_day, period_name

Cell = float | str | None
Place = tuple[tuple[bool, Cell], ...]


def register(connection: sqlite3.Connection, timezone: str) -> None:
    """Make all of them known to a connection; days are those of `timezone`."""
    for name, count, function in (
        ("tp_lower", 1, str.lower),
        ("tp_upper", 1, str.upper),
        ("tp_ln", 1, math.log),
        ("tp_sqrt", 1, math.sqrt),
        ("tp_power", 2, math.pow),
        ("tp_round", -1, rounded),
        ("tp_floor", 1, lambda x: float(math.floor(x))),
        ("tp_ceil", 1, lambda x: float(math.ceil(x))),
        ("tp_exp", 1, math.exp),
        ("tp_mod", 2, lambda a, b: float(a) % b),
        ("tp_months_between", 2, months_between),
        ("tp_period", 3, period),
        ("tp_period_start", 3, period_start),
        ("tp_period_end", 3, period_end),
        ("tp_as_day", 1, day_in(timezone)),
        ("tp_as_moment", 1, midnight_in(timezone)),
    ):
        connection.create_function(name, count, _or_no_data(function), deterministic=True)
    for name, count, aggregate in (
        ("tp_percentile", 2, Percentile),
        ("tp_stddev", 1, Deviation),
        ("tp_latest", -1, Latest),
        ("tp_earliest", -1, Earliest),
    ):
        connection.create_aggregate(name, count, aggregate)  # type: ignore[arg-type]  # typeshed fixes the number of arguments


def _or_no_data(function: Callable[..., Cell]) -> Callable[..., Cell]:
    """No data spreads; so does a domain error, an overflow, and an infinite result."""

    def guarded(*arguments: Cell) -> Cell:
        if None in arguments:
            return None
        try:
            result = function(*arguments)
        except (ValueError, OverflowError, ZeroDivisionError):
            return None
        return None if isinstance(result, float) and not math.isfinite(result) else result

    return guarded


def rounded(x: float, decimals: float = 0) -> float:
    """Half away from zero, on the double as it is; beyond 2^53 there is nothing left to round."""
    scale = 10.0 ** int(decimals)
    if abs(x) * scale >= 2**53:
        return float(x)
    return math.trunc(x * scale + (0.5 if x >= 0 else -0.5)) / scale


@lru_cache(maxsize=4096)
def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def months_between(a: str, b: str) -> float:
    """The largest n with a + n months <= b; -months_between(b, a) if b is earlier."""
    if b < a:
        return -months_between(b, a)
    first, last = _day(a), _day(b)
    months = (last.year - first.year) * 12 + last.month - first.month
    lands_on = min(first.day, calendar.monthrange(last.year, last.month)[1])
    return months - (1 if lands_on > last.day else 0)


def period(day: str, unit: Period, year_start: int) -> str:
    """'2026-03', '2026-Q1' or '2026'; a fiscal year is named after the calendar year in which it ends."""
    return period_name(_day(day), unit, year_start)


@lru_cache(maxsize=4096)
def period_start(day: str, unit: Period, year_start: int) -> str:
    """The first day of the calendar month, or fiscal quarter or year, that a day lies in."""
    return first_day(_day(day), unit, year_start).isoformat()


@lru_cache(maxsize=4096)
def period_end(day: str, unit: Period, year_start: int) -> str:
    """The last day of the calendar month, or fiscal quarter or year, that a day lies in."""
    return last_day(_day(day), unit, year_start).isoformat()


def day_in(timezone: str) -> Callable[[str], str]:
    """The calendar day, in a zone, of a moment written in UTC."""
    zone = ZoneInfo(timezone)

    @lru_cache(maxsize=4096)
    def day(moment: str) -> str:
        return dt.datetime.fromisoformat(moment + "+00:00").astimezone(zone).date().isoformat()

    return day


def midnight_in(timezone: str) -> Callable[[str], str]:
    """The moment, in UTC, at which a day begins in a zone."""
    zone = ZoneInfo(timezone)

    @lru_cache(maxsize=4096)
    def midnight(day: str) -> str:
        begun = dt.datetime.combine(_day(day), dt.time(), zone)
        return begun.astimezone(dt.UTC).isoformat(" ")[:19]

    return midnight


@define
class Percentile:
    """Straight between neighbours: at position share * (count - 1) of the sorted values."""

    values: list[float] = field(factory=list)
    share: float = 0.5

    def step(self, value: float | None, share: float) -> None:
        """One row; no data is passed over."""
        if value is not None:
            self.values.append(value)
        self.share = share

    def finalize(self) -> float | None:
        """The percentile, or no data of no values."""
        if not self.values:
            return None
        self.values.sort()
        position = self.share * (len(self.values) - 1)
        below = math.floor(position)
        above = min(below + 1, len(self.values) - 1)
        found = self.values[below] + (self.values[above] - self.values[below]) * (position - below)
        return found if math.isfinite(found) else None


@define
class Deviation:
    """Standard deviation of a sample."""

    values: list[float] = field(factory=list)

    def step(self, value: float | None) -> None:
        """One row; no data is passed over."""
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        """Two passes, exact sums; no data for fewer than two values, or where it overflows."""
        many = len(self.values)
        if many < 2:
            return None
        if min(self.values) == max(self.values):
            return 0.0  # whose sum may overflow all the same
        try:
            mean = math.fsum(self.values) / many
            return math.sqrt(math.fsum((value - mean) ** 2 for value in self.values) / (many - 1))
        except (OverflowError, ValueError):
            return None


@define
class Latest:
    """The value of the row with the greatest (time, key)."""

    best: Place | None = None
    value: Cell = None

    def step(self, value: Cell, *order: Cell) -> None:
        """One row: its value, its time, its key; texts and numbers do not mix within a column."""
        place = tuple(_sortable(cell) for cell in order)
        if self.best is None or self.wins(place, self.best):
            self.best, self.value = place, value

    def wins(self, place: Place, best: Place) -> bool:
        """Whether a row at `place` takes over."""
        return place > best

    def finalize(self) -> Cell:
        """The value, or no data of no rows."""
        return self.value


class Earliest(Latest):
    """The value of the row with the least (time, key)."""

    def wins(self, place: Place, best: Place) -> bool:
        """Whether a row at `place` takes over."""
        return place < best


def _sortable(cell: Cell) -> tuple[bool, Cell]:
    """No data sorts before all data."""
    return cell is not None, cell
