"""What type a column has, judged from its cells; where two readings fit, neither is taken and it is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from trigpoint.draft.numbers import POINT, Writing, unsure
from trigpoint.intake.numbers import WAYS, fits
from trigpoint.model.expression import ValueType

BOOLEANS = frozenset({"true", "false", "yes", "no"})
BIGGEST_INTEGER = 2**53
_INTEGER = re.compile(r"[+-]?(0|[1-9]\d*)")
_HUGE = re.compile(r"[eE][+-]?\d{4}")  # no double is that large
NAMES_AN_ID = re.compile(r"(^|_)(id|key|code|zip|postcode|phone|uuid|number)$|(nr|nummer)$")
_DATE = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:([ T])(\d{2}:\d{2})(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?"
)
_ORDERS = {"ymd": "%Y{s}%m{s}%d", "dmy": "%d{s}%m{s}%Y", "mdy": "%m{s}%d{s}%Y"}


@frozen
class Guess:
    """The type of a column. `format` is the strptime format of dates that are not ISO; `note` says what to look at."""

    type: ValueType
    format: str | None = None
    note: str | None = None
    orders: tuple[str, ...] = ()  # of a date that can be read in several ways: the readings
    separator: str = ""


def guess_type(name: str, cells: Sequence[str], writing: Writing = POINT) -> Guess:
    """The narrowest type that all cells fit, where numbers are written as in the rest of the file."""
    filled = {cell for cell in cells if cell}
    if not filled:
        return Guess("text", note="all blank")
    if all(cell.lower() in BOOLEANS for cell in filled):
        return Guess("boolean")
    if dated := _guess_date(filled):
        return dated
    if all(writing.reads(cell) and not _HUGE.search(cell) for cell in filled):
        return _guess_number(name, filled, writing)
    return Guess("text", note=_not_numbers(filled))


def _not_numbers(filled: set[str]) -> str | None:
    """What is said of numbers that are kept as text."""
    if "," in unsure(filled):
        return "1,500 may be a decimal or a thousand: kept as text until the file says it plainly"
    if any(all(fits(cell, *way) for cell in filled) for way in WAYS):
        return "numbers written otherwise than in other columns: kept as text"
    return None


def settle(guess: Guess, others: Iterable[Guess]) -> Guess:
    """Read an ambiguous date as the other date columns of the same file are read, if they agree."""
    if not guess.orders:
        return guess
    sure = {other.format for other in others if other.format and other.separator == guess.separator}
    readings = {_format(order, guess.separator): order for order in guess.orders}
    fitting = [read for read in readings if any(known.startswith(read) for known in sure)]
    if len(fitting) == 1:
        return evolve(guess, type="date", format=fitting[0], orders=(), note="read like the other dates of this file")
    return guess


def _guess_number(name: str, filled: set[str], writing: Writing) -> Guess:
    whole = all(re.fullmatch(r"[+-]?\d+", cell) for cell in filled)
    if whole and any(not _INTEGER.fullmatch(cell) for cell in filled):
        return Guess("text", note="digits with leading zeros: kept as text")
    if whole and (NAMES_AN_ID.search(name) or any(abs(int(cell)) > BIGGEST_INTEGER for cell in filled)):
        return Guess("text")
    if not any(writing.decimal in cell or "e" in cell.lower() for cell in filled):
        return Guess("integer")
    note = "1.500 is read as one and a half: if it is a thousand, write thousands" if "." in unsure(filled) else None
    return Guess("number", note=note if writing == POINT else None)


def _guess_date(filled: set[str]) -> Guess | None:
    found = [_DATE.fullmatch(cell) for cell in filled]
    if not all(found):
        other = min(cell for cell in filled if not _DATE.fullmatch(cell))
        note = f"looks like dates, but not every cell is one ('{other[:30]}'): kept as text"
        return Guess("text", note=note) if sum(map(bool, found)) > len(found) / 2 else None
    parts = [(match[1], match[3], match[4]) for match in found if match]
    separators = {match[2] for match in found if match}
    clocks = {(match[5], bool(match[7]), bool(match[8]), bool(match[9])) for match in found if match}
    if len(separators) > 1:
        return Guess("text", note="dates written in several ways: kept as text")
    separator = separators.pop()
    orders = tuple(order for order in _ORDERS if all(_fits(order, part) for part in parts))
    if separator == "." and "dmy" in orders:
        orders = ("dmy",)  # nobody writes month.day.year with dots
    if len(clocks) > 1 and {clock[0] for clock in clocks} & {None}:
        return Guess("text", note="some cells are dates and some have a time: kept as text")
    clock = next(iter(clocks))
    if not orders:
        return Guess("text", note="looks like dates, but not every cell is one: kept as text")
    if len(orders) > 1:
        ways = " or ".join(_format(order, separator) for order in orders)
        note = f"dates that can be read as {ways}: kept as text until you say which (type = date, date_format)"
        return Guess("text", note=note, orders=orders if clock[0] is None else (), separator=separator)
    return _dated(orders[0], separator, clock)


def _dated(order: str, separator: str, clock: tuple[str | None, bool, bool, bool]) -> Guess:
    between, seconds, fraction, zone = clock
    iso = order == "ymd" and separator == "-"
    if between is None:
        return Guess("date", None if iso else _format(order, separator), separator=separator)
    if iso:
        return Guess("timestamp", separator=separator)
    if fraction or zone:
        return Guess("text", note="timestamps in a form that cannot be told in a format: kept as text")
    written = f"{_format(order, separator)}{between}%H:%M{':%S' if seconds else ''}"
    return Guess("timestamp", written, separator=separator)


def _format(order: str, separator: str) -> str:
    return _ORDERS[order].format(s=separator)


def _fits(order: str, part: tuple[str, str, str]) -> bool:
    named = dict(zip(order, part, strict=True))
    if len(named["y"]) != 4 or len(named["m"]) > 2 or len(named["d"]) > 2:
        return False
    return 1 <= int(named["m"]) <= 12 and 1 <= int(named["d"]) <= 31
