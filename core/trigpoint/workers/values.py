"""Values that a plugin's function answers with: what fits a type, and how it is kept."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from trigpoint.model.expression import ValueType
from trigpoint.model.function import TIMES

LONGEST = 65_536  # characters of a text
LARGEST = 2**53  # of whole numbers; beyond it doubles have gaps
SHOWN = 60  # characters of a value in a message
QUOTED = "\0"
Cell = float | int | str | None
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class UnfitError(Exception):
    """A value is not of the type that the metric declares; the text tells what it is.

    What of the plugin's is quoted, if anything, is kept whole: only who has hidden the secrets in it may cut it. In
    `text` a QUOTED stands for it.
    """

    def __init__(self, text: str, quoted: str = "") -> None:
        super().__init__(text.replace(QUOTED, shortened(quoted, SHOWN), 1))
        self.text = text
        self.quoted = quoted


class NoNumberError(Exception):
    """A value is nan, infinite, or of no size that can be kept: it counts as no data."""


def kept(value: Any, kind: ValueType) -> Cell:
    """A value as the warehouse keeps it. Raises UnfitError or NoNumberError."""
    if value is None:
        return None
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        value = _of_numpy(value, kind)
    return _KEEP[kind](value)


def shortened(text: str, most: int) -> str:
    """The beginning of a text."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _of_numpy(value: Any, kind: ValueType) -> Any:
    """As Python has it. Of times and durations numpy makes numbers, and counts of nanoseconds are none that anybody meant."""
    if value.dtype.kind not in "mM":
        return value.item()
    if value.dtype.kind == "m" or kind not in TIMES:
        return value
    if value != value:  # noqa: PLR0124  # NaT is not itself
        raise NoNumberError
    days = value.dtype.name in ("datetime64[D]", "datetime64[W]", "datetime64[M]", "datetime64[Y]")
    return value.astype("datetime64[D]" if days else "datetime64[us]").item()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _misfit(value, "number")
    try:
        number = float(value)
    except OverflowError as error:
        raise NoNumberError from error
    if not math.isfinite(number):
        raise NoNumberError
    return number


def _integer(value: Any) -> float:
    if isinstance(value, int | float) and LARGEST < abs(value) < math.inf:
        raise UnfitError("a number beyond 2^53, where whole numbers are no longer exact")
    number = _number(value)
    if not number.is_integer():
        raise UnfitError(f"{value!r}, and the metric is of type integer")
    return number


def _boolean(value: Any) -> int:
    if not isinstance(value, bool):
        raise _misfit(value, "boolean")
    return int(value)


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        raise _misfit(value, "text")
    if len(value) > LONGEST:
        raise UnfitError(f"a text of {len(value):,} characters, and the longest is {LONGEST:,}")
    if "\0" in value:
        raise UnfitError("a text with a NUL character in it")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UnfitError("a text with half a character in it, which no file can hold") from error
    return str(value) or None


def _date(value: Any) -> str:
    if isinstance(value, dt.datetime) and value != value:  # noqa: PLR0124  # as below
        raise NoNumberError
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise _misfit(value, "date")
    return value.isoformat()


def _timestamp(value: Any) -> str:
    if not isinstance(value, dt.datetime):
        raise _misfit(value, "timestamp")
    if value != value:  # noqa: PLR0124  # the NaT of pandas is a datetime that is not itself
        raise NoNumberError
    try:
        moment = value.replace(tzinfo=None) if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise UnfitError(f"{QUOTED}, which is no time in UTC", _shown(value)) from error
    return moment.isoformat(" ", "milliseconds" if moment.microsecond >= 1000 else "seconds")


def _misfit(value: object, kind: str) -> UnfitError:
    return UnfitError(f"{QUOTED} of type {type(value).__name__}, and the metric is of type {kind}", _shown(value))


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001  # a stranger's object may raise anything
        return "something"


_KEEP: Mapping[ValueType, Callable[[Any], Cell]] = {
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "text": _text,
    "date": _date,
    "timestamp": _timestamp,
}


def sound(cell: object, kind: ValueType) -> bool:
    """Whether a cell that a plugin's process sent is one that `kept` gives."""
    match kind:
        case "number" | "integer":
            fits = isinstance(cell, float) and (kind == "number" or (cell.is_integer() and abs(cell) <= LARGEST))
        case "boolean":
            fits = type(cell) is int and cell in (0, 1)
        case "date":
            fits = isinstance(cell, str) and _DAY.fullmatch(cell) is not None
        case "timestamp":
            fits = isinstance(cell, str) and _MOMENT.fullmatch(cell) is not None
        case _:
            fits = isinstance(cell, str) and 0 < len(cell) <= LONGEST and "\0" not in cell
    return fits or cell is None
