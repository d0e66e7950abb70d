"""One cell into the value the warehouse keeps, or the reason why not: the slow, exact path behind `columns`."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from attrs import frozen

from trigpoint.intake.moments import Format, day_text, kept, moment_text
from trigpoint.intake.numbers import NotANumber, point_number
from trigpoint.model.expression import ValueType

Kept = str | float | int | None  # what a cell becomes: no data is None
LARGEST_INTEGER = 2**53  # beyond it doubles have gaps
BOOLEANS = {"true": 1, "yes": 1, "1": 1, "false": 0, "no": 0, "0": 0}
EXCERPT = 80  # characters of a cell that are shown


class CellError(ValueError):
    """A cell is not of its column's type; the text says why, without the cell."""


@frozen
class Reading:
    """How the cells of one column are written, and what they are to become."""

    type: ValueType
    form: Format = Format()
    decimal: Literal[".", ","] = "."
    zone: ZoneInfo = ZoneInfo("UTC")
    thousands: str | None = None
    blanks: frozenset[str] = frozenset()  # texts that mean no data, besides the empty one


def read_cell(cell: object, reading: Reading) -> Kept:
    """The value of a cell as the warehouse keeps it. Raises CellError."""
    if isinstance(cell, str):
        cell = cell.strip()
    if cell is None or cell == "" or (reading.blanks and isinstance(cell, str) and cell in reading.blanks):
        return None
    match reading.type:
        case "text":
            return _text(cell)
        case "number" | "integer":
            return _number(cell, reading)
        case "boolean":
            return _boolean(cell)
        case "date":
            return _date(cell, reading)
        case "timestamp":
            return _timestamp(cell, reading)


def _text(cell: object) -> str:
    if isinstance(cell, str):
        if "\0" in cell or not _is_unicode(cell):
            raise CellError("holds a NUL character or half a Unicode pair")
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | Decimal) and math.isfinite(cell):
        return str(int(cell)) if cell == int(cell) else str(cell)
    if isinstance(cell, int | dt.date):
        return str(cell)  # a date as YYYY-MM-DD
    raise CellError(f"is no text but a {_kind(cell)}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(cell: object, reading: Reading) -> float:
    exact = _plain_number(cell, reading)
    try:
        value = float(exact)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise CellError("is no finite number")
    if reading.type == "integer":
        if not value.is_integer():
            raise CellError("is no whole number")
        if abs(exact) > LARGEST_INTEGER:
            raise CellError("is beyond 2^53, where whole numbers are no longer exact")
    return value


def _plain_number(cell: object, reading: Reading) -> float | int:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise CellError(f"is no number but a {_kind(cell)}")
    if isinstance(cell, Decimal):
        if not cell.is_finite():
            raise CellError("is no finite number")
        return int(cell) if cell == int(cell) else float(cell)
    if not isinstance(cell, str):
        return cell
    try:
        plain = point_number(cell, reading.decimal, reading.thousands)
    except NotANumber as error:
        raise CellError(str(error)) from None
    return int(plain) if plain.isdigit() and len(plain) < 40 else float(plain)


def _boolean(cell: object) -> int:
    if isinstance(cell, str):
        value = BOOLEANS.get(cell.lower())
    else:
        value = int(cell) if isinstance(cell, int | float) and cell in (0, 1) else None
    if value is None:
        raise CellError("is none of true, false, yes, no, 1, 0")
    return value


def _date(cell: object, reading: Reading) -> str:
    if isinstance(cell, dt.datetime):
        if cell.time() != dt.time() and not reading.form.has_clock:
            raise CellError("has a time of day (declare the column as timestamp)")
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if not isinstance(cell, str):
        raise CellError(f"is no date but a {_kind(cell)}")
    try:
        return day_text(cell, reading.form)
    except ValueError:
        raise CellError(f"is no date {_expected(reading)}") from None


def _timestamp(cell: object, reading: Reading) -> str:
    try:
        if isinstance(cell, dt.datetime):
            return kept(cell, reading.zone)
        if isinstance(cell, dt.date):
            return kept(dt.datetime(cell.year, cell.month, cell.day), reading.zone)  # `kept` puts it into the zone
        if isinstance(cell, str):
            return moment_text(cell, reading.form, reading.zone)
    except (ValueError, OverflowError):
        raise CellError(f"is no timestamp {_expected(reading)}") from None
    raise CellError(f"is no timestamp but a {_kind(cell)}")


def _expected(reading: Reading) -> str:
    usual = "YYYY-MM-DD" if reading.type == "date" else "YYYY-MM-DD HH:MM:SS"
    return f"written as {reading.form.text or usual}"


def _kind(cell: object) -> str:
    names = {dict: "JSON object", list: "list", bool: "truth value", bytes: "blob", int: "number", float: "number"}
    return names.get(type(cell), type(cell).__name__)


def excerpt(cell: object, hide: Callable[[str], str] = str) -> str:
    """A cell as it is shown in the quarantine; `hide` takes out secrets before it is cut, for half of one nobody knows."""
    text = hide(cell if isinstance(cell, str) else repr(cell))
    return repr(text if len(text) <= EXCERPT else text[: EXCERPT - 3] + "...")
