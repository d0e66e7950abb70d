"""The tree of a score as an aligned table: value, points, weight, what each gives and costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from trigpoint.model.explanation import Explanation, GroupExplained, MeasureExplained
from trigpoint.report.lines import Line
from trigpoint.report.values import percent, plain_number, points, show, words

HEADINGS = ("", "value", "n", "points", "weight", "of all", "gives", "costs")
RIGHT = frozenset({2, 3, 4, 5, 6, 7})
BOLD, DIM = "bold", "dim"


@frozen
class _Row:
    cells: tuple[str, ...]
    style: str = ""


def tree_lines(explanation: Explanation) -> Iterator[Line]:
    """Groups with their members below, the sum, what guards made of it, and the score."""
    rows = [_Row(HEADINGS, DIM), *_members(explanation.members, 0), *_totals(explanation)]
    widths = [max(len(row.cells[place]) for row in rows) for place in range(len(HEADINGS))]
    for row in rows:
        text = "  ".join(
            cell.rjust(width) if place in RIGHT else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row.cells, widths, strict=True))
        )
        yield ((f"  {text}", row.style),)


def _members(members: Sequence[GroupExplained | MeasureExplained], depth: int) -> Iterator[_Row]:
    for member in members:
        if isinstance(member, MeasureExplained):
            yield _measure(member, depth)
            continue
        yield _group(member, depth)
        yield from _members(member.members, depth + 1)


def _group(group: GroupExplained, depth: int) -> _Row:
    how = "" if group.combine in ("mean", "sum") else f" ({group.combine} counts)"
    gate = ", gate closed" if group.gate and group.gate.closed else ""
    name = f"{'  ' * depth}{group.text.title or words(group.name)}{how}{gate}"
    weight = "" if group.combine == "sum" else plain_number(group.weight)
    return _Row(
        (name, "", "", points(group.points), weight, _share(group), points(group.contribution), points(group.lost)),
        BOLD,
    )


def _measure(measure: MeasureExplained, depth: int) -> _Row:
    value = show(measure.quantity) if measure.state in ("data", "unscalable", "too few") else measure.state
    if measure.stale and measure.state == "data":
        value = f"{value}, stale"
    shown = (
        points(measure.points)
        if measure.points is not None or measure.counted is None
        else f"({points(measure.counted)})"
    )
    n = "" if measure.n is None else f"{measure.n:,}"
    weight = _worth(measure.worth) if measure.worth else plain_number(measure.weight)
    name = f"{'  ' * depth}{measure.text.title or words(measure.name)}"
    style = "" if measure.state == "data" else DIM
    return _Row(
        (name, value, n, shown, weight, _share(measure), points(measure.contribution), points(measure.lost)), style
    )


def _worth(worth: tuple[float, float]) -> str:
    return f"{plain_number(worth[0])} to {plain_number(worth[1])}"


def _share(member: GroupExplained | MeasureExplained) -> str:
    """Its part of the whole; an arrow where missing data changed it."""
    before, after = percent(member.share), percent(member.share_used)
    return before if before == after else f"{before} → {after}"


def _totals(explanation: Explanation) -> Iterator[_Row]:
    before, blank = explanation.score_before_guards, ("",) * (len(HEADINGS) - 3)
    if explanation.combine == "sum" and explanation.base:
        yield _Row(("starts from", *blank, points(explanation.base), ""))
    lost = sum(reason.lost for reason in explanation.reasons) if before is not None else None
    if before != explanation.score:
        yield _Row(("before guards", *blank, points(before), points(lost)), BOLD)
        for guard in explanation.guards:
            if guard.state == "acted":
                yield _Row((f"guard {guard.name}", *blank, points(guard.amount), ""))
        lost = None
    band = f"score: {words(explanation.band)}" if explanation.band else "score"
    yield _Row((band, *blank, points(explanation.score), "" if lost is None else points(lost)), BOLD)
