"""Bands: named ranges that cover every score once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from trigpoint.model.expression import Expression
from trigpoint.model.scorecard import Band, Scorecard, Target
from trigpoint.rules.reader import Reader


def read_bands(card: Scorecard, reader: Reader) -> tuple[Band, ...]:
    """The bands of a scorecard, ascending by their lower edges."""
    entries = list(reader.entries("bands"))
    places = {name: each.place for name, each in entries}
    bands = sorted((Band(name, reader.finite(each, name)) for name, each in entries), key=lambda band: band.edge)
    if not bands:
        if reader.has("hold"):
            reader.refuse("TP148", "'hold' has no meaning without bands", reader.setting.table["hold"].key)
        return ()
    for low, high in pairwise(bands):
        if low.edge == high.edge:
            text = f"bands '{low.name}' and '{high.name}' both begin at {low.edge:g}"
            reader.refuse("TP148", text, places[high.name], "each band has an edge of its own")
    if bands[0].edge > 0:
        text = f"no band covers scores from 0 up to {bands[0].edge:g}"
        reader.refuse("TP148", text, places[bands[0].name], "the edge of the lowest band is 0")
    if len(bands) > 1 and bands[1].edge <= 0:
        text = f"band '{bands[0].name}' can never be reached: no score is below {bands[1].edge:g}"
        reader.refuse("TP148", text, places[bands[0].name], "the edge of the lowest band is 0")
    top = bands[-1]
    if top.edge > (best := _best_score(card)):
        text = f"band '{top.name}' can never be reached: no score is above {best:g}"
        reader.refuse("TP148", text, places[top.name], "points end at 100, or at the max_points of a target")
    return tuple(bands)


def _best_score(card: Scorecard) -> float:
    """A bound that no score exceeds."""
    limits: Iterable[Expression | None] = [limit for guard in card.guards for limit in (guard.set, guard.floor)]
    if card.combine != "sum":
        targets = [each.scale for each in card.measures if isinstance(each.scale, Target)]
        limits = [*limits, *(each.max_points for each in targets)]
    found = [_bound(each) for each in limits if each is not None]
    return max([100.0, *found])


def _bound(limit: Expression) -> float:
    return limit.constant if isinstance(limit.constant, float) else math.inf
