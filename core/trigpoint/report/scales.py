"""Scales in words: '0 points at 20 % or less, 100 at 90 % or more'."""

from __future__ import annotations

from trigpoint.model.explanation import Knot, Quantity, ScaleExplained
from trigpoint.report.values import plain_number, show_value, words


def scale_in_words(scale: ScaleExplained, quantity: Quantity) -> str:
    """What the scale gives for which values, in the unit of the measure."""
    return _WORDS[scale.kind](scale, quantity)


def _linear(scale: ScaleExplained, quantity: Quantity) -> str:
    worst, best = scale.knots
    falling = _is_falling(worst, best)
    low, high = ("more", "less") if falling else ("less", "more")
    return f"0 points at {_at(worst, quantity)} or {low}, 100 at {_at(best, quantity)} or {high}"


def _is_falling(worst: Knot, best: Knot) -> bool:
    numbers = (worst.at, best.at)
    return all(isinstance(each, int | float) for each in numbers) and numbers[0] > numbers[1]  # type: ignore[operator]  # numbers both


def _steps(scale: ScaleExplained, quantity: Quantity) -> str:
    first, *others = scale.knots
    parts = [f"{_points(first)} points below {_at(others[0], quantity)}"] if others else [f"{_points(first)} points"]
    return ", ".join([*parts, *(f"{_points(knot)} from {_at(knot, quantity)}" for knot in others)])


def _upto(scale: ScaleExplained, quantity: Quantity) -> str:
    *others, last = scale.knots
    parts = [f"{_points(knot)} points up to {_at(knot, quantity)}" for knot in others]
    return ", ".join([*parts, f"{_points(last)} above"])


def _curve(scale: ScaleExplained, quantity: Quantity) -> str:
    first, *others = scale.knots
    parts = [f"{_points(first)} points at {_at(first, quantity)}"]
    parts += [f"{_points(knot)} at {_at(knot, quantity)}" for knot in others]
    return f"{', '.join(parts)}, straight lines between"


def _target(scale: ScaleExplained, quantity: Quantity) -> str:
    zero, target = scale.knots
    text = f"100 points at {_at(target, quantity)}, 0 at {_at(zero, quantity)}"
    return text if scale.most is None or scale.most == 100 else f"{text}, at most {plain_number(scale.most)}"


def _choices(scale: ScaleExplained, quantity: Quantity) -> str:
    parts = [f"{show_value(knot.at, quantity.type)} {_points(knot)}" for knot in scale.knots]
    if scale.otherwise is not None:
        parts.append(f"anything else {plain_number(scale.otherwise)}")
    return f"points: {', '.join(parts)}"


def _rank(scale: ScaleExplained, _quantity: Quantity) -> str:
    best = "highest" if scale.better == "higher" else "lowest"
    return f"rank within the same {words(scale.parent or '')}: 100 points for the {best}, from {scale.peers} on"


_WORDS = {
    "linear": _linear,
    "steps": _steps,
    "upto": _upto,
    "curve": _curve,
    "target": _target,
    "choices": _choices,
    "rank": _rank,
}


def _at(knot: Knot, quantity: Quantity) -> str:
    """The value of a knot; where it is computed, also from what."""
    shown = show_value(knot.at, quantity.type if knot.at is not None else "number", quantity.unit)
    return f"{shown} ({knot.formula})" if knot.formula else shown


def _points(knot: Knot) -> str:
    return "no" if knot.points is None else plain_number(knot.points)
