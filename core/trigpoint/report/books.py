"""What an explanation of a book says beyond its tree: who holds it back, what one more would do, which gates are closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trigpoint.model.explanation import (
    MOST_CHILDREN,
    ChildExplained,
    GroupExplained,
    MeasureExplained,
    OneMore,
)
from trigpoint.report.values import plain_number, points, show, show_value, words

MOST = 3  # children that are named


def behind_lines(measure: MeasureExplained, score: float | None) -> Iterator[str]:
    """'held back by Acme (A-17): 0 of 40,000, 91 % without it', and what one more of average size would do."""
    if measure.children and all((child.upper, child.lower) == (0, 1) for child in measure.children):
        names = ", ".join(map(_name, measure.children))
        yield f"without it: {names}{', ...' if len(measure.children) == MOST_CHILDREN else ''}"
    else:
        yield from (f"held back by {_child(child, measure)}" for child in measure.children[:MOST])
    if measure.one_more:
        yield _one_more(measure.one_more, measure, score)


def _child(child: ChildExplained, measure: MeasureExplained) -> str:
    part = f"{plain_number(child.upper)} of {plain_number(child.lower)}"
    return f"{_name(child)}: {part}; {_value(child.without, measure)} without it"


def _name(child: ChildExplained) -> str:
    return child.label if child.label == child.key else f"{child.label} ({child.key})"


def _value(value: float | None, measure: MeasureExplained) -> str:
    return show_value(value, "number", measure.quantity.unit)


def _one_more(more: OneMore, measure: MeasureExplained, score: float | None) -> str:
    text = f"one more of the {more.n:,}, of average size: {_value(more.value, measure)}, {points(more.points)} points"
    if more.score is not None and abs(more.score - (score or 0.0)) >= 0.05:  # else nothing of it would be seen
        band = f" ({words(more.band)})" if more.band else ""
        text += f", a score of {points(more.score)}{band}"
    opened = " and ".join(words(name) for name in more.opens)
    return f"{text}; it would open the gate of {opened}" if opened else text


def closed_gates(members: Sequence[GroupExplained | MeasureExplained]) -> Iterator[GroupExplained]:
    """The groups whose gate is closed."""
    for member in members:
        if isinstance(member, GroupExplained):
            if member.gate and member.gate.closed:
                yield member
            yield from closed_gates(member.members)


def gate_in_words(group: GroupExplained) -> str:
    """'The gate of expansion is closed (it opens when points.retention >= 80; ... is 56.4): it costs 12.0 points.'"""
    gate = group.gate
    if gate is None:
        raise ValueError(f"{group.name} has no gate")
    cost = f": it costs {points(gate.lost)} points" if gate.lost else ", which costs nothing now"
    seen = ", ".join(f"{name} is {show(value)}" for name, value in gate.values.items())
    return f"The gate of {words(group.name)} is closed (it opens when {gate.when}; {seen}){cost}."
