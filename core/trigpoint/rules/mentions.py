"""The names that stand in the expression of a setting, before anybody knows what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from trigpoint.errors import Place
from trigpoint.language import ExpressionError, parse
from trigpoint.model.expression import Call, Name, Node, walk
from trigpoint.rules.setting import Setting


def bare(setting: Setting | None) -> Iterator[tuple[str, Place]]:
    """The names without a dot in the expression of a setting, `as_of` and those of lookups left out."""
    if setting is not None and isinstance(setting.value, str):
        for node in _names(setting.value):
            if len(node.parts) == 1 and node.parts[0] != "as_of":
                yield node.parts[0], setting.at(node.span[0])


def dotted(setting: Setting | None) -> Iterator[tuple[str, str, Place]]:
    """The names with one dot in the expression of a setting."""
    if setting is not None and isinstance(setting.value, str):
        for node in _names(setting.value):
            if len(node.parts) == 2:
                yield node.parts[0], node.parts[1], setting.at(node.span[0])


def looked_up(setting: Setting | None) -> frozenset[str]:
    """The lookups in the expression of a setting."""
    if setting is None or not isinstance(setting.value, str):
        return frozenset()
    return frozenset(node.parts[0] for node in _lookups(_tree(setting.value)) if isinstance(node, Name))


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[Name, ...]:
    tree = _tree(text)
    lookups = {id(node) for node in _lookups(tree)}
    return tuple(node for node in walk(tree) if isinstance(node, Name) and id(node) not in lookups)


@lru_cache(maxsize=4096)
def _tree(text: str) -> Node:
    """The parsed text; an empty node where it cannot be read, which is told when it is bound."""
    try:
        return parse(text)
    except ExpressionError:
        return Node()


def _lookups(tree: Node) -> Iterator[Node]:
    """What stands in the place of a lookup's name."""
    calls = (node for node in walk(tree) if isinstance(node, Call) and node.function == "lookup")
    return (node.arguments[0] for node in calls if node.arguments)
