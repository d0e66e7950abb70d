"""How a metric is computed, through all that it is made of: so that figures of two runs can be told to be of one kind."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from trigpoint.model.expression import Call, Column, Expression, MetricValue, Node, walk
from trigpoint.model.metric import Text, expressions
from trigpoint.model.ruleset import Ruleset


def definition_of(ruleset: Ruleset, name: str) -> dict[str, object]:
    """A metric and all that it is computed from: metrics, functions of plugins, derived columns; without words for people."""
    metric = ruleset.metrics.get(name)
    if metric is None:
        return {}
    found: dict[str, object] = {name: evolve(metric, text=Text(), subjects=(), better=None)}
    waiting = list(expressions(metric))
    while waiting:
        for node in walk(waiting.pop().tree):
            for part, meaning, below in _parts(ruleset, node):
                if part not in found:
                    found[part] = meaning
                    waiting += below
    return found


def _parts(ruleset: Ruleset, node: Node) -> Iterator[tuple[str, object, tuple[Expression, ...]]]:
    """What a node stands for that is defined elsewhere in the rules: its name, its meaning, and what that is made of."""
    if isinstance(node, MetricValue) and (metric := ruleset.metrics.get(node.metric)):
        yield node.metric, evolve(metric, text=Text(), subjects=(), better=None), expressions(metric)
    elif isinstance(node, Call) and node.function in ruleset.functions:
        yield f"{node.function}()", ruleset.functions[node.function], ()
    elif isinstance(
        node, Column
    ):  # of whichever table: a figure too many left out is better than one of something else
        for table in ruleset.tables.values():
            if node.name in table.derived:
                yield f"{table.name}.{node.name}", table.derived[node.name], (table.derived[node.name],)
