"""Which rows of a query are asked for when only what is new is wanted: all but those that surely are older than the mark.

A row is left out only where its value can be read and lies before the mark. What is no value, or none that can be read, comes
each time: as what it is today it takes the place of what it was.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trigpoint import Cell

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Dialect

ADAY = dt.timedelta(days=1)
SLACK = 1e-6  # of a number: a database may keep half as many digits as it shows, or read the last one otherwise
EXACT = 2**53  # whole numbers beyond are refused
GREATEST = 1.797e308
# What Python takes from the ends of a text.
BLANK = string.whitespace + "\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)  # fmt: skip
_DAY = "[0-9]" * 4 + "-" + "[0-9]" * 2 + "-" + "[0-9]" * 2 + "*"


def newer(name: str, after: Cell, blanks: Sequence[str], dialect: Dialect) -> ColumnElement[bool]:
    """The condition on the column `name`; `blanks` are the texts of the source that mean no data."""
    from sqlalchemy import bindparam, column, not_, or_

    there: ColumnElement[Any] = column(name)
    if dialect.name == "sqlite":
        return or_(there.is_(None), not_(_older_in_sqlite(there, after, blanks)))
    return or_(there >= bindparam("after", *_as_parameter(after, dialect.name)), there.is_(None))


def _as_parameter(after: Cell, dialect: str) -> tuple[Any, Any]:
    """A mark as the database compares it, never later than meant: rows that come twice are the same rows.

    PostgreSQL knows moments. Other databases may keep them without a zone: there a day more is read.
    """
    from sqlalchemy import Date, DateTime

    if isinstance(after, dt.datetime):
        if dialect == "postgresql":
            return after, DateTime(timezone=True)
        return after.replace(tzinfo=None) - ADAY, DateTime()
    if isinstance(after, dt.date):
        return after, Date()
    return _lowered(after), None


def _lowered(after: Cell) -> Cell:
    return after - abs(after) * SLACK if isinstance(after, float) else after


def _older_in_sqlite(there: Any, after: Cell, blanks: Sequence[str]) -> ColumnElement[bool]:
    """SQLite keeps in any column whatever it is given, such as numbers as texts, and sorts texts by their signs."""
    from sqlalchemy import and_, func, not_, or_

    plain = func.trim(there, BLANK)
    written = and_(func.typeof(there) == "text", not_(plain.in_(blanks))) if blanks else func.typeof(there) == "text"
    if isinstance(after, dt.date):  # a moment, of any zone and kept as a text: the day before
        day = (after.replace(tzinfo=None) - ADAY).date() if isinstance(after, dt.datetime) else after
        return and_(written, _like(plain, _DAY), plain < day.isoformat())
    whole = isinstance(after, int)
    digits = and_(
        _like(plain, "*[0-9]*"),
        not_(_like(plain, "*[^0-9]*" if whole else "*[^0-9.]*")),
        not_(_like(plain, "*.*.*")),
    )
    return or_(and_(written, digits, _numeric(plain) < _lowered(after)), _older_number(there, after, whole=whole))


def _older_number(there: Any, after: Cell, *, whole: bool) -> ColumnElement[bool]:
    """One that is kept as a number, and can be read."""
    from sqlalchemy import Integer, and_, cast, func

    known = func.typeof(there).in_(("integer", "real"))
    number = _numeric(there)
    if whole:
        return and_(known, number < after, number >= -EXACT, there == cast(there, Integer))
    return and_(known, number < _lowered(after), number >= -GREATEST)


def _like(text: Any, pattern: str) -> Any:
    return text.op("GLOB", is_comparison=True)(pattern)


def _numeric(value: Any) -> Any:
    """What it is as a number, whatever affinity its column has."""
    from sqlalchemy import NUMERIC, Float, cast, type_coerce

    return type_coerce(cast(value, NUMERIC), Float)
