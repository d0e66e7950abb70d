"""The highest score that a scorecard can give: bounds that no score exceeds, for bands and guards to be held against."""

from __future__ import annotations

import math

from trigpoint.model.expression import Expression
from trigpoint.model.scorecard import Choices, Curve, Group, Measure, Scorecard, Steps, Target

MIDDLE = 50.0  # points of a measure without data where missing = "middle"
_ROUNDING = 1e-9  # sums of worths such as 33.3 come out a little below the edge they were made for


def highest_scale(card: Scorecard) -> float:
    """Where the scale of scores ends: at 100, or at the greatest max_points; inf where only the facts can tell."""
    if card.combine == "sum":
        return 100.0
    targets = [each.scale.max_points for each in card.measures if isinstance(each.scale, Target)]
    return max([100.0, *map(_most, targets)])


def highest_score(card: Scorecard) -> float:
    """What the measures and guards of a scorecard give at best."""
    if card.combine == "sum":
        best = min(card.base + _sum(card, None), 100.0)
    else:
        best = max(_highest(each, middle=card.missing_of(each) == "middle") for each in card.measures)
    limits = [limit for guard in card.guards for limit in (guard.set, guard.floor) if limit is not None]
    return max([best, *map(_most, limits)])


def within_reach(edge: float, best: float) -> bool:
    """Whether a score can be that high."""
    return edge <= best + _ROUNDING


def _highest(measure: Measure, *, middle: bool) -> float:
    """The most points a measure gives, with data or without."""
    points = _best_points(measure)
    return max(points, MIDDLE) if middle else points


def _best_points(measure: Measure) -> float:
    match measure.scale:
        case Steps(points=points):
            return max(map(_most_points, points))
        case Curve(knots=knots):
            return max(_most_points(points) for _, points in knots)
        case Choices(choices=choices, otherwise=otherwise):
            others = () if otherwise is None else (otherwise,)
            return max(_most_points(points) for points in (*(points for _, points in choices), *others))
        case Target(max_points=most):
            return _most(most)
    return 100.0


def _most(limit: Expression) -> float:
    """The number itself; inf where it is worked out from the facts."""
    return limit.constant if isinstance(limit.constant, float) else math.inf


def _most_points(points: Expression) -> float:
    return min(_most(points), 100.0)


def _sum(card: Scorecard, group: str | None) -> float:
    """The most that the worths below a group of a sum scorecard add up to, its `max` taken into account."""
    total = 0.0
    for member in card.members(group):
        if isinstance(member, Group):
            below = _sum(card, member.name)
            total += below if member.maximum is None else min(below, member.maximum)
        else:
            total += max(0.0, *(member.worth or (0.0, 0.0)))
    return total
