"""Asserts as questions to value rows and judgements: for how many subjects one fails, for how many no one can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter, Reference
from trigpoint.compile.failures import failed, plugged
from trigpoint.compile.lookups import lookup_column
from trigpoint.compile.occurrences import value_column
from trigpoint.compile.scores import judged, score
from trigpoint.compile.sql import identifier
from trigpoint.compile.statement import SCRATCH, Query, own_column, values_table
from trigpoint.errors import Severity
from trigpoint.language import unparse
from trigpoint.model.assertion import Assert
from trigpoint.model.expression import Column, LookupValue, MetricValue, ScoreValue, walk
from trigpoint.model.ruleset import Ruleset

MOST_SHOWN = 5  # values of the example
_STATES: tuple[tuple[Literal["assert", "assert not judged"], str, str], ...] = (
    ("assert", "FALSE", "is false"),
    ("assert not judged", "NULL", "has no data"),
)


def asserted(ruleset: Ruleset, engine: Engine, dates: Dates, each: Assert) -> Iterator[Query]:
    """Two questions, each answered by no row, or by one: (count, example, values of the example)."""

    def refer(node: Reference) -> str:
        match node:
            case Column():
                return f"v.{identifier(own_column(node.name))}"
            case MetricValue():
                return f"v.{identifier(value_column(node.metric, node.shift))}"
            case ScoreValue():
                return score(ruleset, engine, node)
            case LookupValue():
                return f"v.{lookup_column(node)}"
        raise TypeError(f"no {type(node).__name__} in an assert")

    emitter = Emitter(engine, dates.as_of, dates.year_start, refer)
    read = [node for node in walk(each.that.tree) if isinstance(node, Column | MetricValue | ScoreValue | LookupValue)]
    shown = list(dict.fromkeys(read))[:MOST_SHOWN]
    columns = ", ".join(["count(*) OVER ()", "v.key", *(emitter.print(node) for node in shown)])
    joins = judged(ruleset, (node for node in read if isinstance(node, ScoreValue)), "v.key")
    source = f"{SCRATCH}.{values_table(each.subject)} AS v{joins}"
    names = tuple((unparse(node), node.type) for node in shown)
    that = emitter.print(each.that.tree)
    if behind := plugged(ruleset, [each.that]):
        that = f"CASE WHEN NOT {failed(behind)} THEN {that} END"
    for kind, state, text in _STATES:
        where = f"({that}) IS {state}"
        severity: Severity = each.severity if kind == "assert" else "warning"
        select = f"SELECT {columns}\nFROM {source}\nWHERE {where}\nORDER BY v.key\nLIMIT 1"
        yield Query(kind, each.name, f"{each.that.text} {text}", select, severity, each.subject, names)
