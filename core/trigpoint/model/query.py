"""Queries of plugins: steps over the rows of each subject, written in the language of rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from attrs import evolve, field, frozen
from attrs.validators import deep_iterable, deep_mapping, instance_of, optional

_TEXT = instance_of(str)
_TEXTS = deep_mapping(_TEXT, _TEXT)


@frozen
class Where:
    """Keeps the rows for which a condition is true."""

    condition: str = field(validator=_TEXT)


@frozen
class WithColumns:
    """Adds columns, each an expression over the columns of the row."""

    columns: Mapping[str, str] = field(validator=_TEXTS)


@frozen
class GroupBy:
    """Makes one row of all rows of a subject that have the same `by`; `columns` are aggregates over them."""

    by: tuple[str, ...] = field(validator=deep_iterable(_TEXT, instance_of(tuple)))
    columns: Mapping[str, str] = field(validator=_TEXTS)


@frozen
class Rank:
    """Adds a column: the place, from 1, of a row among those of its subject, by an expression; ties have one place."""

    column: str = field(validator=_TEXT)
    by: str = field(validator=_TEXT)
    descending: bool = field(default=False, validator=instance_of(bool))


Step = Where | WithColumns | GroupBy | Rank


@frozen
class Query:
    """The steps, in order, and `value`: an aggregate over what they leave of a subject's rows.

    rows().group_by("user_id", events="sum(events)").value("max(events) / sum(events)")
    """

    steps: tuple[Step, ...] = field(default=(), validator=deep_iterable(instance_of(Step)))
    result: str | None = field(default=None, validator=optional(_TEXT))

    def where(self, condition: str) -> Self:
        """Only the rows for which the condition is true."""
        return self._then(Where(condition))

    def with_columns(self, **columns: str) -> Self:
        """With further columns."""
        return self._then(WithColumns(columns))

    def group_by(self, *by: str, **columns: str) -> Self:
        """One row for each subject and each combination of the columns `by`."""
        return self._then(GroupBy(by, columns))

    def ranked(self, column: str, by: str, *, descending: bool = False) -> Self:
        """With the place of each row among those of its subject."""
        return self._then(Rank(column, by, descending))

    def value(self, aggregate: str) -> Self:
        """The value of a subject: an aggregate over its rows."""
        return evolve(self, result=aggregate)

    def _then(self, step: Step) -> Self:
        return evolve(self, steps=(*self.steps, step))


def rows() -> Query:
    """The rows that a rule gives to a metric, before any step."""
    return Query()
