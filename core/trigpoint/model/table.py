"""Tables: declared, typed facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.model.expression import Expression, ValueType
from trigpoint.model.window import Length


@frozen
class InForce:
    """From when to when a row holds; a blank edge is open."""

    start: str
    end: str
    end_is: Literal["last day", "first day without"]


@frozen
class Fresh:
    """How old the newest fact may be before the load warns, and before it fails."""

    warn: Length | None = None
    error: Length | None = None


@frozen
class Table:
    """A table of facts. `belongs_to` maps a subject to the column with its key; `known` a column to when it was known."""

    name: str
    columns: Mapping[str, ValueType]
    key: tuple[str, ...] = ()
    duplicates: Literal["first", "last"] = "first"
    belongs_to: Mapping[str, str] = field(factory=dict)
    time: str | None = None
    known_row: str | None = None
    known: Mapping[str, str] = field(factory=dict)
    since: dt.date | None = None
    in_force: InForce | None = None
    derived: Mapping[str, Expression] = field(factory=dict)
    fresh: Fresh = Fresh()

    @property
    def visible_by(self) -> str | None:
        """The column that says from when on a row exists."""
        return self.known_row or self.time

    def type_of(self, column: str) -> ValueType | None:
        """The type of a declared or derived column; None if there is no such column."""
        if column in self.derived:
            return self.derived[column].type
        return self.columns.get(column)
