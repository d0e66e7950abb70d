"""How deep an expression may be: what walks it stays far from Python's limit, and its SQL within the database's."""

from __future__ import annotations

from trigpoint.model.expression import Binary, Call, Case, Node

DEPTH_LIMIT = 64  # of the tree: a chain of 60 operators is fine
# What SQLite's parser, which holds 100 symbols, needs for the SQL of each level, measured by nesting each until it fails
# in the longest statement there is: a formula as of another date, over a metric that may fail, of a subject with `since`.
STACK_LIMIT = 72.0
_LEVELS = {"lookup": 12.0, "round": 3.8, "coalesce": 3.5, "native:sign": 5.6, "native:instr": 5.6}
_CALL, _CASE, _OTHER, _LATER, _RIGHT = 3.3, 7.6, 2.8, 5.6, 2.8


def is_too_deep(node: Node) -> bool:
    """Whether a tree has too many levels for us, or for the database's parser."""
    return _operators(node) > DEPTH_LIMIT or _room(node) > STACK_LIMIT


def _operators(node: Node) -> int:
    deepest, stack = 0, [(node, 1)]
    while stack:
        each, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in each.children)
    return deepest


def _room(node: Node) -> float:
    most, waiting = 0.0, [(node, 0.0)]
    while waiting:
        each, above = waiting.pop()
        most = max(most, above)
        waiting += [(child, above + _need(each, place)) for place, child in enumerate(each.children)]
    return most


def _need(node: Node, place: int) -> float:
    """What a node needs for the child at a place."""
    match node:
        case Binary(operator):
            return 0.0 if place == 0 else _LATER if operator == "/" else _RIGHT
        case Call(function):
            return _LEVELS.get(function, _CALL) if place == 0 or function == "lookup" else _LATER
        case Case():
            return _CASE
    return _OTHER
