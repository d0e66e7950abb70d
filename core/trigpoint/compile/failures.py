"""Metrics that are an error tonight: which scorecards need them, and how their judgements ask.

What a plugin gives is known only when it has been asked, after everything is compiled. The names of the metrics that
failed lie in a scratch table, and each scorecard that stands on a plugin's metric looks there; the others do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trigpoint.compile.sql import text
from trigpoint.compile.statement import SCRATCH
from trigpoint.compile.strata import members
from trigpoint.model.expression import Call, Column, Expression, LookupValue, MetricValue, ScoreValue, walk
from trigpoint.model.metric import Metric, PluginMetric, TableMetric, expressions
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Scorecard

FAILURES = f"{SCRATCH}.failures"
CREATE = f"CREATE TABLE {FAILURES} (metric TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID"


def plugged(ruleset: Ruleset, read: Iterable[Expression]) -> tuple[str, ...]:
    """What may fail behind some expressions, through other metrics and scorecards: metrics of plugins, functions "f()".

    In order of declaration.
    """
    asked = [name for name, each in ruleset.metrics.items() if isinstance(each, PluginMetric)]
    asked += [_call(name) for name, each in ruleset.functions.items() if each.failed]
    if not asked:
        return ()
    waiting, seen = list(read), set[str]()
    while waiting:
        for name, below in _behind(ruleset, waiting.pop()):
            if name not in seen:
                seen.add(name)
                waiting += below
    return tuple(name for name in asked if name in seen)


def behind(ruleset: Ruleset, metric: Metric) -> tuple[str, ...]:
    """What may fail behind a metric: what it is made of, and, of a plugin's, itself."""
    found = plugged(ruleset, _made_of(ruleset, metric))
    return (metric.name, *found) if isinstance(metric, PluginMetric) else found


def decisive(ruleset: Ruleset, card: Scorecard) -> tuple[str, ...]:
    """The metrics of plugins that say whether a scorecard applies to a subject at all."""
    return plugged(ruleset, _deciding(ruleset, card))


def needed_plugins(ruleset: Ruleset, card: Scorecard) -> tuple[str, ...]:
    """The metrics of plugins without which a scorecard is an error."""
    return tuple(dict.fromkeys((*decisive(ruleset, card), *plugged(ruleset, card.expressions))))


def failed(metrics: Iterable[str]) -> str:
    """The condition that one of some metrics failed."""
    return f"EXISTS (SELECT 1 FROM {FAILURES} WHERE metric IN ({', '.join(map(text, metrics))}))"


def lost(ruleset: Ruleset) -> dict[str, str]:
    """What is an error before anything was asked: metrics and functions whose plugins are not there, with the reason."""
    metrics = {name: each.failed for name, each in ruleset.metrics.items() if isinstance(each, PluginMetric)}
    functions = {_call(name): each.failed for name, each in ruleset.functions.items()}
    return {name: failed for name, failed in {**metrics, **functions}.items() if failed is not None}


def _call(function: str) -> str:
    """A function beside metrics, which may have its name."""
    return f"{function}()"


def _behind(ruleset: Ruleset, expression: Expression) -> Iterator[tuple[str, list[Expression]]]:
    """What an expression reads, each with the expressions it is computed from; the name of a scorecard ends with a dot."""
    for node in walk(expression.tree):
        if isinstance(node, Call):
            yield _call(node.function), []
        elif isinstance(node, Column):  # of whichever table: an error too many is better than a wrong number
            derived = [each.derived[node.name] for each in ruleset.tables.values() if node.name in each.derived]
            yield f"{node.name} derived", derived
        elif isinstance(node, LookupValue) and node.lookup in ruleset.lookups:
            found = ruleset.lookups[node.lookup]
            columns = ruleset.tables[found.table].derived
            yield f"{node.lookup} looked up", [columns[found.value]] if found.value in columns else []
        if isinstance(node, MetricValue):
            yield node.metric, _made_of(ruleset, ruleset.metrics[node.metric])
        elif isinstance(node, ScoreValue):
            for card in members(ruleset, node.scorecard):
                yield f"{card.name}.", [*card.expressions, *_deciding(ruleset, card)]


def _made_of(ruleset: Ruleset, metric: Metric) -> list[Expression]:
    """All expressions of a metric, and the derived column that its window looks at."""
    at = metric.at if isinstance(metric, TableMetric | PluginMetric) else None
    derived = (
        ruleset.tables[metric.table or ""].derived if isinstance(metric, TableMetric | PluginMetric) and at else {}
    )
    return [*expressions(metric), *(each for name, each in derived.items() if name == at)]


def _deciding(ruleset: Ruleset, card: Scorecard) -> list[Expression]:
    """What says whether a scorecard applies to a subject: its own condition, and those of all of its family."""
    family = ruleset.families.get(card.family or "", ())
    found = [ruleset.subjects[card.subject].eligible, *(each.when for each in (card, *family))]
    return [each for each in found if each is not None]
