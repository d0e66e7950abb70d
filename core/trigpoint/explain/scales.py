"""Scales with their numbers as they are for one subject."""

from __future__ import annotations

from collections.abc import Sequence

from trigpoint.explain.levels import Levels
from trigpoint.model.explanation import Knot, ScaleExplained
from trigpoint.model.expression import Expression
from trigpoint.model.scorecard import Choices, Curve, Linear, Measure, Rank, Steps, Target, scale_numbers

Number = tuple[float | None, str | None]  # the number, and its formula where it is computed


def scale_of(measure: Measure, levels: Levels) -> ScaleExplained:
    """The scale of a measure."""
    scale = measure.scale
    numbers = [_number(measure, place, each, levels) for place, each in enumerate(scale_numbers(scale))]
    match scale:
        case Linear():
            return ScaleExplained("linear", (_knot(numbers[0], 0.0), _knot(numbers[1], 100.0)))
        case Target():
            return ScaleExplained("target", (_knot(numbers[1], 0.0), _knot(numbers[0], 100.0)), most=numbers[2][0])
        case Steps():
            return _steps(scale, numbers)
        case Curve():
            pairs = zip(numbers[0::2], numbers[1::2], strict=True)
            return ScaleExplained("curve", tuple(_knot(at, points[0]) for at, points in pairs))
        case Choices(choices, otherwise):
            knots = tuple(Knot(choice, number[0]) for (choice, _), number in zip(choices, numbers, strict=False))
            return ScaleExplained("choices", knots, otherwise=numbers[-1][0] if otherwise else None)
        case Rank(parent, better, peers):
            return ScaleExplained("rank", parent=parent, better=better, peers=peers)


def _steps(scale: Steps, numbers: Sequence[Number]) -> ScaleExplained:
    edges, points = numbers[: len(scale.edges)], numbers[len(scale.edges) :]
    open_end: Number = (None, None)
    if scale.edge_belongs == "above":
        pairs = zip([open_end, *edges], points, strict=True)
        return ScaleExplained("steps", tuple(_knot(at, gain[0]) for at, gain in pairs))
    pairs = zip([*edges, open_end], points, strict=True)
    return ScaleExplained("upto", tuple(_knot(at, gain[0]) for at, gain in pairs))


def _number(measure: Measure, place: int, expression: Expression, levels: Levels) -> Number:
    constant = expression.constant
    if isinstance(constant, int | float):
        return float(constant), None
    return levels.number(f"number__{measure.name}__{place}"), expression.text


def _knot(number: Number, points: float | None) -> Knot:
    return Knot(number[0], points, number[1])
