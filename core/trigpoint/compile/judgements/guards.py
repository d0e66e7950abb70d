"""Guards: lowest set, then highest floor, then lowest cap; and which of them acted, or could not be judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from attrs import frozen

from trigpoint.compile.engines.base import Engine
from trigpoint.model.expression import Expression, Points, walk
from trigpoint.model.scorecard import Guard, Scorecard

Printer = Callable[[Expression], str]
_VERBS = ("set", "floor", "cap")
_NOTHING_HIGH, _NOTHING_LOW = math.inf, -math.inf


@frozen
class Guards:
    """The guards of a scorecard in SQL: `guard__<name>` is the condition, `set__`, `floor__`, `cap__<name>` the numbers."""

    card: Scorecard
    engine: Engine

    def measured(self, now: Printer) -> dict[str, str]:
        """The columns that need the value row only."""
        return self._columns(now, later=False)

    def judged(self, later: Printer) -> dict[str, str]:
        """The columns that look at points."""
        return self._columns(later, later=True)

    def _columns(self, printer: Printer, later: bool) -> dict[str, str]:
        found = {}
        for guard in self.card.guards:
            if _looks_at_points(guard.when) == later:
                found[f"guard__{guard.name}"] = printer(guard.when)
            for verb, number in _numbers(guard):
                if number.constant is None and _looks_at_points(number) == later:
                    rounded = self.engine.round9(f"({printer(number)})")
                    found[f"{verb}__{guard.name}"] = self.engine.finite(rounded)
        return found

    def settle(self) -> dict[str, str]:
        """`total__guarded`: the score after all guards, null without a score."""
        score = "total__before"
        if sets := self._terms("set", _NOTHING_HIGH):
            lowest = f"nullif({self.engine.least(*sets)}, {self.engine.number(_NOTHING_HIGH)})"
            score = f"CASE WHEN row__state = 'ok' THEN coalesce({lowest}, total__before) END"
        if floors := self._terms("floor", _NOTHING_LOW):
            score = self.engine.greatest(score, *floors)
        if caps := self._terms("cap", _NOTHING_HIGH):
            score = self.engine.least(score, *caps)
        return {"total__guarded": score}

    def _terms(self, verb: str, none: float) -> list[str]:
        found, nothing = [], self.engine.number(none)
        for guard in self.card.guards:
            for each, number in _numbers(guard):
                if each == verb:
                    sql = self._number(verb, guard, number)
                    found.append(f"CASE WHEN guard__{guard.name} THEN coalesce({sql}, {nothing}) ELSE {nothing} END")
        return found

    def _number(self, verb: str, guard: Guard, number: Expression) -> str:
        if isinstance(number.constant, float):
            return self.engine.number(number.constant)
        return f"{verb}__{guard.name}"

    def acted(self) -> str:
        """The JSON list of guards that are true and may act: caps and floors on what is scored, the others on all that is ok."""
        found = []
        for guard in self.card.guards:
            numbers = _numbers(guard)
            may = [f"guard__{guard.name}", *self._known(guard)]
            if numbers and all(verb != "set" for verb, _ in numbers):
                may.append("total__score IS NOT NULL")
            found.append((guard.name, " AND ".join(may)))
        return _listed(found)

    def unjudged(self) -> str:
        """The JSON list of guards whose condition, or number, has no data."""
        found = []
        for guard in self.card.guards:
            unknown = [
                f"guard__{guard.name} IS NULL",
                *(f"(guard__{guard.name} AND NOT {known})" for known in self._known(guard)),
            ]
            found.append((guard.name, f"({' OR '.join(unknown)})"))
        return _listed(found)

    def _known(self, guard: Guard) -> list[str]:
        return [f"{verb}__{guard.name} IS NOT NULL" for verb, number in _numbers(guard) if number.constant is None]


def _numbers(guard: Guard) -> list[tuple[str, Expression]]:
    numbers = zip(_VERBS, (guard.set, guard.floor, guard.cap), strict=True)
    return [(verb, number) for verb, number in numbers if number is not None]


def _looks_at_points(expression: Expression) -> bool:
    return any(isinstance(node, Points) for node in walk(expression.tree))


def _listed(named: Sequence[tuple[str, str]]) -> str:
    """A JSON list of the names whose condition holds."""
    if not named:
        return "'[]'"
    items = " || ".join(
        f"CASE WHEN row__state = 'ok' AND {condition} THEN ',\"{name}\"' ELSE '' END" for name, condition in named
    )
    return f"'[' || substr({items}, 2) || ']'"
