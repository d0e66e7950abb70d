"""Scales: from the value of a measure to points, 0 (worst) to 100 (best)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from attrs import frozen

from trigpoint.compile import sql
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.statement import parent_column
from trigpoint.model.expression import Expression
from trigpoint.model.scorecard import Choices, Curve, Linear, Measure, Rank, Steps, Target
from trigpoint.model.scorecard import scale_numbers as _numbers


@frozen
class Scales:
    """Prints scales. `number` gives the SQL of the k-th number of a measure's scale: a literal, or a computed column."""

    engine: Engine
    number: Callable[[Measure, int, Expression], str]

    def points(self, measure: Measure) -> str:
        """The measure's points from its rounded value in `x__<measure>`; null without data or with an unusable scale."""
        x = f"x__{measure.name}"
        numbers = [self.number(measure, k, each) for k, each in enumerate(_numbers(measure.scale))]
        match measure.scale:
            case Linear():
                return self._clamp(self._straight(x, numbers[0], numbers[1]))
            case Target():
                return self._clamp(self._straight(x, numbers[1], numbers[0]), numbers[2])
            case Steps() as steps:
                return self._usable(measure, self._steps(x, steps, numbers))
            case Curve() as curve:
                return self._usable(measure, self._curve(x, len(curve.knots), numbers))
            case Choices() as choices:
                return self._usable(measure, self._choices(x, choices, numbers))
            case Rank() as rank:
                return self._rank(x, rank)

    def _straight(self, x: str, zero: str, full: str) -> str:
        return f"100.0 * ({x} - {zero}) / nullif({full} - {zero}, 0.0)"

    def _clamp(self, points: str, most: str = "100.0") -> str:
        return self.engine.greatest("0.0", self.engine.least(most, points))

    def _given(self, points: str, expression: Expression) -> str:
        """Points that are an expression are held between 0 and 100."""
        return points if expression.constant is not None else self._clamp(points)

    def _steps(self, x: str, scale: Steps, numbers: Sequence[str]) -> str:
        edges, below = numbers[: len(scale.edges)], "<" if scale.edge_belongs == "above" else "<="
        points = [self._given(each, given) for each, given in zip(numbers[len(edges) :], scale.points, strict=True)]
        branches = [f"WHEN {x} {below} {edge} THEN {gain}" for edge, gain in zip(edges, points, strict=False)]
        return f"CASE WHEN {x} IS NULL THEN NULL {' '.join(branches)} ELSE {points[-1]} END"

    def _curve(self, x: str, knots: int, numbers: Sequence[str]) -> str:
        at, gain = numbers[0::2], numbers[1::2]
        branches = [f"WHEN {x} <= {at[0]} THEN {gain[0]}"]
        for k in range(1, knots):
            slope = f"({gain[k]} - {gain[k - 1]}) * ({x} - {at[k - 1]}) / ({at[k]} - {at[k - 1]})"
            branches.append(f"WHEN {x} < {at[k]} THEN {gain[k - 1]} + {slope}")
        points = f"CASE WHEN {x} IS NULL THEN NULL {' '.join(branches)} ELSE {gain[-1]} END"
        return self._clamp(points)

    def _choices(self, x: str, scale: Choices, numbers: Sequence[str]) -> str:
        branches = []
        for (choice, given), gain in zip(scale.choices, numbers, strict=False):
            literal = self.engine.truth(choice) if isinstance(choice, bool) else sql.text(choice)
            branches.append(f"WHEN {x} = {literal} THEN {self._given(gain, given)}")
        otherwise = self._given(numbers[-1], scale.otherwise) if scale.otherwise else "NULL"
        return f"CASE WHEN {x} IS NULL THEN NULL {' '.join(branches)} ELSE {otherwise} END"

    def _rank(self, x: str, scale: Rank) -> str:
        """100 x those with a worse value / (all - 1) among the subjects that this scorecard scores."""
        peer = f"{x} IS NOT NULL AND row__state = 'ok' AND {parent_column(scale.parent)} IS NOT NULL"
        group = f"PARTITION BY {parent_column(scale.parent)}, {peer}"
        order = f"{x} DESC" if scale.better == "lower" else x
        many = f"count(*) OVER ({group})"
        worse = f"(rank() OVER ({group} ORDER BY {order}) - 1)"
        return f"CASE WHEN {peer} AND {many} >= {scale.peers} THEN 100.0 * {worse} / nullif({many} - 1, 0) END"

    def _usable(self, measure: Measure, points: str) -> str:
        """No data unless the edges ascend and every number has data; constants were checked with the rules."""
        numbers = _numbers(measure.scale)
        if all(each.constant is not None for each in numbers):
            return points
        return f"CASE WHEN {' AND '.join(self.conditions(measure))} THEN {points} END"

    def conditions(self, measure: Measure) -> list[str]:
        """What must hold for a scale with computed numbers to be usable."""
        numbers = [self.number(measure, k, each) for k, each in enumerate(_numbers(measure.scale))]
        computed = [k for k, each in enumerate(_numbers(measure.scale)) if each.constant is None]
        known = [f"{numbers[k]} IS NOT NULL" for k in computed]
        match measure.scale:
            case Linear() | Target():
                return [*known, f"{numbers[0]} <> {numbers[1]}"]
            case Steps() as steps:
                edges = numbers[: len(steps.edges)]
            case Curve():
                edges = numbers[0::2]
            case _:
                return known
        return known + [f"{low} < {high}" for low, high in pairwise(edges)]
