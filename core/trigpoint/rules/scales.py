"""Scales of measures: from a value to points."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import cast

from trigpoint.errors import Place
from trigpoint.model.expression import NUMERIC, Expression, ValueType, number
from trigpoint.model.scorecard import Choices, Curve, Linear, Rank, Scale, Steps, Target
from trigpoint.model.subject import COMPANY
from trigpoint.rules.layers import COMPANIONS, SCALES
from trigpoint.rules.reader import Reader
from trigpoint.rules.scopes import AtSubject
from trigpoint.rules.setting import Setting
from trigpoint.rules.wording import listed

OTHERWISE = "else"  # among choices: the points of all that is not listed
_WRITE = "write one of " + ", ".join(SCALES)


def read_scale(reader: Reader, at: AtSubject, kind: ValueType, better: str | None, parents: Mapping[str, str]) -> Scale:
    """The one scale of a measure whose value is of type `kind`."""
    used = [key for key in SCALES if reader.has(key)]
    for scale, keys in COMPANIONS.items():
        for key in keys:
            if reader.has(key) and scale not in used:
                text = f"'{key}' has no meaning without '{scale}'"
                reader.problems.add("TP130", text, reader.setting.table[key].key)
    if not used:
        reader.refuse("TP140", f"{reader.what} has no scale", reader.setting.key, _WRITE)
    if len(used) > 1:
        text = f"{reader.what} has {len(used)} scales, {listed(used)}"
        reader.refuse("TP141", text, reader.setting.table[used[-1]].key, "keep one")
    reader.get(used[0])
    _check_type(reader, used[0], kind)
    if used[0] == "choices":
        return _choices(reader, at, kind)
    if used[0] == "rank":
        return _rank(reader, better, parents)
    return _READ[used[0]](reader, at)


def _check_type(reader: Reader, scale: str, kind: ValueType) -> None:
    place = reader.setting.table[scale].key
    if kind in NUMERIC and scale == "choices":
        reader.refuse("TP142", f"'choices' takes texts and conditions, the value of {reader.what} is a number", place)
    if kind in ("text", "boolean") and scale != "choices":
        text = f"'{scale}' takes numbers, the value of {reader.what} is {kind}"
        reader.refuse("TP142", text, place, "write choices = { ... }")
    if kind in ("date", "timestamp"):
        hint = "make a number of it, such as days_since(...)"
        reader.refuse("TP142", f"the value of {reader.what} is a {kind}, which no scale takes", place, hint)


def _linear(reader: Reader, at: AtSubject) -> Linear:
    items = reader.setting.table["linear"].items
    worst, best = (at.bound(reader, each, "linear", "number") for each in items)
    if worst == best:
        text = f"worst and best are both {best.text}"
        reader.refuse("TP144", text, items[1].place, "write linear = [worst, best]")
    return Linear(worst, best)


def _target(reader: Reader, at: AtSubject) -> Target:
    target = cast(Expression, at.read(reader, "target", "number"))
    zero_at = at.read(reader, "zero_at", "number") or number(0)
    max_points = at.read(reader, "max_points", "number") or number(100)
    if target == zero_at:
        where = "zero_at" if reader.has("zero_at") else "target"
        text = f"target and zero_at are both {target.text}"
        reader.refuse("TP144", text, reader.place(where), "zero_at is 0 where it is not written")
    if isinstance(max_points.constant, float) and max_points.constant <= 0:
        reader.refuse("TP153", "'max_points' must be above 0", reader.place("max_points"))
    return Target(target, zero_at, max_points)


def _pairs(reader: Reader, at: AtSubject, key: str) -> tuple[list[Expression], list[Expression], list[Place]]:
    """The edges and points of a list of pairs; edges may be infinite, which is checked by who knows where."""
    edges, points, places = [], [], []
    for pair in reader.setting.table[key].items:
        edge, worth = pair.items
        infinite = isinstance(edge.value, float) and math.isinf(edge.value)
        edges.append(number(cast(float, edge.value)) if infinite else at.bound(reader, edge, key, "number"))
        points.append(points_of(reader, worth, at, key))
        places.append(edge.place)
    return edges, points, places


def points_of(reader: Reader, setting: Setting, at: AtSubject, key: str) -> Expression:
    """A number of points from 0 to 100, or an expression that gives one."""
    found = at.bound(reader, setting, key, "number")
    if isinstance(found.constant, float) and not 0 <= found.constant <= 100:
        reader.refuse("TP153", f"points go from 0 to 100, not {found.constant:g}", setting.place)
    return found


def _ascending(reader: Reader, edges: list[Expression], places: list[Place], key: str) -> None:
    for (before, edge), place in zip(pairwise(edges), places[1:], strict=True):
        low, high = before.constant, edge.constant
        if isinstance(low, float) and isinstance(high, float) and high <= low:
            why = "is there twice" if high == low else f"comes after {low:g}, and can never be reached"
            text = f"the edges of '{key}' must rise: {high:g} {why}"
            reader.refuse("TP143", text, place, "write them from low to high")


def _steps(reader: Reader, at: AtSubject) -> Steps:
    edges, points, places = _pairs(reader, at, "steps")
    if edges[0].constant != -math.inf:
        hint = "write [[-inf, points], ...]: values below the first edge need points too"
        reader.refuse("TP143", "the first edge of 'steps' must be -inf", places[0], hint)
    _finite(reader, edges[1:], places[1:], "steps")
    _ascending(reader, edges, places, "steps")
    return Steps(tuple(edges[1:]), tuple(points), "above")


def _upto(reader: Reader, at: AtSubject) -> Steps:
    edges, points, places = _pairs(reader, at, "upto")
    if edges[-1].constant != math.inf:
        hint = "write [..., [inf, points]]: values above the last edge need points too"
        reader.refuse("TP143", "the last edge of 'upto' must be inf", places[-1], hint)
    _finite(reader, edges[:-1], places[:-1], "upto")
    _ascending(reader, edges, places, "upto")
    return Steps(tuple(edges[:-1]), tuple(points), "below")


def _curve(reader: Reader, at: AtSubject) -> Curve:
    edges, points, places = _pairs(reader, at, "curve")
    if len(edges) < 2:
        reader.refuse("TP143", "a curve needs at least two points", places[0], "write [[x, points], [x, points]]")
    _finite(reader, edges, places, "curve")
    _ascending(reader, edges, places, "curve")
    return Curve(tuple(zip(edges, points, strict=True)))


def _finite(reader: Reader, edges: list[Expression], places: list[Place], key: str) -> None:
    for edge, place in zip(edges, places, strict=True):
        if isinstance(edge.constant, float) and math.isinf(edge.constant):
            where = {"steps": "first", "upto": "last"}.get(key)
            text = f"inf stands only at the {where} edge of '{key}'" if where else f"'{key}' has no place for inf"
            reader.refuse("TP143", text, place, "outside its ends a curve is flat" if key == "curve" else None)


def _choices(reader: Reader, at: AtSubject, kind: ValueType) -> Choices:
    listed_points = {
        name: points_of(reader, each, at, name) for name, each in reader.setting.table["choices"].table.items()
    }
    otherwise = listed_points.pop(OTHERWISE, None)
    if not listed_points:
        reader.refuse("TP143", "'choices' lists no choice", reader.place("choices"), "write { green = 100, red = 0 }")
    if kind == "boolean":
        for name in listed_points:
            if name not in ("true", "false"):
                text = f"the value of {reader.what} is true or false, never '{name}'"
                reader.refuse("TP142", text, reader.setting.table["choices"].table[name].key)
        return Choices(tuple((name == "true", each) for name, each in listed_points.items()), otherwise)
    return Choices(tuple(listed_points.items()), otherwise)


def _rank(reader: Reader, better: str | None, parents: Mapping[str, str]) -> Rank:
    found = cast(Setting, reader.get("rank"))
    parent = reader.known(found, (*parents, COMPANY), "parent")
    if better == "none":
        text = f'{reader.what} is ranked, and its metric has better = "none"'
        reader.refuse("TP150", text, found.place, "say which way is better: higher or lower")
    return Rank(parent, "lower" if better == "lower" else "higher", reader.word("peers", 10))


_READ: Mapping[str, Callable[[Reader, AtSubject], Scale]] = {
    "linear": _linear,
    "steps": _steps,
    "upto": _upto,
    "curve": _curve,
    "target": _target,
}
