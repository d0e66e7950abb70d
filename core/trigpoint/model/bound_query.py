"""A plugin's query whose expressions are bound: names, types and functions are checked."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from trigpoint.model.expression import Expression


@frozen
class BoundWhere:
    """Keeps the rows for which a condition is true."""

    condition: Expression


@frozen
class BoundColumns:
    """Adds columns."""

    columns: Mapping[str, Expression]


@frozen
class BoundGroup:
    """One row for each subject and each combination of the columns `by`."""

    by: tuple[str, ...]
    columns: Mapping[str, Expression]


@frozen
class BoundRank:
    """Adds the place of each row among those of its subject."""

    column: str
    by: Expression
    descending: bool = False


BoundStep = BoundWhere | BoundColumns | BoundGroup | BoundRank


@frozen
class BoundQuery:
    """The steps, and the aggregate that is the value of a subject."""

    steps: tuple[BoundStep, ...]
    value: Expression

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of every step, and the value's."""
        found: list[Expression] = []
        for step in self.steps:
            match step:
                case BoundWhere(condition):
                    found.append(condition)
                case BoundColumns(columns) | BoundGroup(_, columns):
                    found += columns.values()
                case BoundRank(_, by):
                    found.append(by)
        return (*found, self.value)
