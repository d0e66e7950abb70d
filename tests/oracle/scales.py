"""Scales: from a value to points (semantics 13 and 14)."""

from __future__ import annotations

import itertools
from collections.abc import Callable


def points(scale, value, number: Callable) -> float | None:
    """The points of a value; `number` gives the numbers of a scale, rounded. `rank` needs the others: see `scores`."""
    return SCALES[type(scale).__name__](scale, value, number)


def clamped(points: float, most: float = 100.0) -> float:
    return min(most, max(0.0, points))


def ascending(edges: list[float]) -> bool:
    """Semantics 14: edges that are not strictly ascending are no scale."""
    return all(a < b for a, b in itertools.pairwise(edges))


def linear(scale, value, number):
    """0 at the worst, 100 at the best, straight between, flat outside."""
    worst, best = number(scale.worst), number(scale.best)
    if worst is None or best is None or worst == best:
        return None
    return clamped(100 * (value - worst) / (best - worst))


def steps(scale, value, number):
    """`points[i]` from `edges[i - 1]` to `edges[i]`; an edge belongs to the step above it, or below it."""
    edges, gives = [number(each) for each in scale.edges], [number(each) for each in scale.points]
    if None in edges or None in gives or not ascending(edges):
        return None
    if scale.edge_belongs == "above":
        passed = [edge for edge in edges if edge <= value]
    else:
        passed = [edge for edge in edges if edge < value]
    return clamped(gives[len(passed)])


def curve(scale, value, number):
    """Straight lines between the knots, flat outside."""
    knots = [(number(x), number(y)) for x, y in scale.knots]
    if any(None in knot for knot in knots) or not ascending([x for x, _ in knots]):
        return None
    if value <= knots[0][0]:
        return clamped(knots[0][1])
    for (x0, y0), (x1, y1) in itertools.pairwise(knots):
        if value == x1:
            return clamped(y1)  # also where no double between y0 and y1 is
        if value < x1:
            return clamped(y0 + (y1 - y0) * (value - x0) / (x1 - x0))
    return clamped(knots[-1][1])


def target(scale, value, number):
    """100 at the target, 0 at `zero_at`, never more than `max_points`."""
    aim, zero, most = number(scale.target), number(scale.zero_at), number(scale.max_points)
    if aim is None or zero is None or most is None or aim == zero:
        return None
    return clamped(100 * (value - zero) / (aim - zero), most)


def choices(scale, value, number):
    """Points for texts or truth values; an unlisted one has `else`, or is no data."""
    gives = {choice: number(each) for choice, each in scale.choices}
    otherwise = number(scale.otherwise) if scale.otherwise else None
    if None in gives.values() or (scale.otherwise and otherwise is None):
        return None
    found = gives.get(value, otherwise)
    return None if found is None else clamped(found)


SCALES = {"Linear": linear, "Steps": steps, "Curve": curve, "Target": target, "Choices": choices}
