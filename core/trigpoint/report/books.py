"""What an explanation of a book says beyond its tree: who holds it back, what one more would do, which gates are closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trigpoint.model.explanation import (
    MOST_CHILDREN,
    ChildExplained,
    Explanation,
    GroupExplained,
    MeasureExplained,
    OneMore,
)
from trigpoint.report.values import plain_number, points, show, show_value, words

MOST = 3  # children that are named
SEEN = 0.05  # what is less is no change to the eye


def behind_lines(measure: MeasureExplained) -> Iterator[str]:
    """'held back by Acme (A-17): 0 of 40,000; 91 % without it'."""
    if measure.children and all((child.upper, child.lower) == (0, 1) for child in measure.children):
        names = ", ".join(map(_name, measure.children))
        yield f"without it: {names}{', ...' if len(measure.children) == MOST_CHILDREN else ''}"
    else:
        yield from (f"held back by {_child(child, measure)}" for child in measure.children[:MOST])


def _child(child: ChildExplained, measure: MeasureExplained) -> str:
    part = f"{'no data' if child.upper is None else plain_number(child.upper)} of {plain_number(child.lower)}"
    return f"{_name(child)}: {part}; {_value(child.without, measure)} without it"


def _name(child: ChildExplained) -> str:
    return child.label if child.label == child.key else f"{child.label} ({child.key})"


def _value(value: float | None, measure: MeasureExplained) -> str:
    return show_value(value, "number", measure.quantity.unit)


def one_more_lines(explanation: Explanation) -> Iterator[str]:
    """What one more of average size would do to each share with a target, what helps the score most first."""
    measures = [each for each in explanation.measures if each.one_more]
    for each in sorted(measures, key=lambda each: -(each.one_more.score or 0.0) if each.one_more else 0.0):
        if each.one_more and _is_seen(each.one_more, explanation):
            yield _one_more(each.one_more, each, explanation)
    for each in explanation.measures:
        if each.state == "too few" and each.n is not None and each.min_n is not None and each.scale.kind == "target":
            yield f"{title_of(each)}: {each.n:,} now, counted from {plain_number(each.min_n)} on"


def _one_more(more: OneMore, measure: MeasureExplained, explanation: Explanation) -> str:
    value = f"{show_value(measure.quantity.value, 'number', measure.quantity.unit)} → {_value(more.value, measure)}"
    text = f"{title_of(measure)}: {value}, {points(measure.points)} → {points(more.points)} points"
    if more.score is not None:
        band = f" ({words(more.band)})" if more.band else ""
        text += f", score {points(explanation.score)} → {points(more.score)}{band}"
    opened = " and ".join(words(name) for name in more.opens)
    return f"{text}; opens the gate of {opened}" if opened else text


def _is_seen(more: OneMore, explanation: Explanation) -> bool:
    return more.score is None or abs(more.score - (explanation.score or 0.0)) >= SEEN


def title_of(measure: MeasureExplained) -> str:
    """What people read instead of a measure's name."""
    return measure.text.title or words(measure.name)


def gated(members: Sequence[GroupExplained | MeasureExplained]) -> Iterator[GroupExplained]:
    """The groups with a gate."""
    for member in members:
        if isinstance(member, GroupExplained):
            if member.gate:
                yield member
            yield from gated(member.members)


def unjudged_gate_in_words(group: GroupExplained) -> str:
    """'the gate of expansion is open: points.retention >= 80 cannot be judged (points.retention is no data)'."""
    if group.gate is None:
        raise ValueError(f"{group.name} has no gate")
    seen = ", ".join(f"{name} is {show(value)}" for name, value in group.gate.values.items())
    return f"the gate of {words(group.name)} is open: {group.gate.when} cannot be judged ({seen})"


def gate_in_words(group: GroupExplained) -> str:
    """'The gate of expansion is closed (it opens when points.retention >= 80; ... is 56.4): it costs 12.0 points.'"""
    gate = group.gate
    if gate is None:
        raise ValueError(f"{group.name} has no gate")
    cost = f": it costs {points(gate.lost)} points" if gate.lost else ", which costs nothing now"
    seen = ", ".join(f"{name} is {show(value)}" for name, value in gate.values.items())
    return f"The gate of {words(group.name)} is closed (it opens when {gate.when}; {seen}){cost}."
