"""Subjects: the kinds of things that are scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.model.expression import Expression

COMPANY = "company"  # exists without being declared: one subject, key 'company', the parent of everything


@frozen
class Subject:
    """A kind of thing that is scored: account, csm, ... `parents` maps a parent subject to the column with its key."""

    name: str
    table: str | None  # None: `company`
    key: str
    label: str | None = None
    eligible: Expression | None = None
    since: str | None = None  # a date column: a window that reaches before it is no data
    young: Literal["no data", "count"] = "no data"
    parents: Mapping[str, str] = field(factory=dict)
