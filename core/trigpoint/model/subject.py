"""Subjects: the kinds of things that are scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.model.expression import Expression

COMPANY = "company"  # exists without being declared: one subject, key 'company', the parent of everything


@frozen
class Holding:
    """Where a dated parent is written: `column` of `table` holds its key, `child` the child's, `in_force` from when to when."""

    table: str
    child: str
    column: str


@frozen
class Subject:
    """A kind of thing that is scored: account, csm, ...

    `parents` maps a parent subject to the column with its key: of the own table, or, for a parent in `dated`, of the
    table that says who held the child when. With `history` the own table has one row per stretch of its `in_force`.
    """

    name: str
    table: str | None  # None: `company`, and subjects whose keys are the values found in their children
    key: str
    label: str | None = None
    eligible: Expression | None = None
    since: str | None = None  # a date column: a window that reaches before it is no data
    young: Literal["no data", "count"] = "no data"
    parents: Mapping[str, str] = field(factory=dict)
    dated: Mapping[str, Holding] = field(factory=dict)
    history: bool = False
