"""What a name may mean in an expression, and what to say when it means nothing or two things."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping

from attrs import field, frozen

from trigpoint.language.faults import Fault
from trigpoint.language.functions import FUNCTIONS
from trigpoint.language.spellings import CLOCK
from trigpoint.language.types import literal_type
from trigpoint.model.expression import (
    AsOf,
    Column,
    Literal,
    MetricValue,
    Name,
    Node,
    Points,
    Scalar,
    ScoreValue,
    ValueType,
)
from trigpoint.model.function import Function

# What stands after the dot of a scorecard, beside the names of its groups and measures.
SCORE_PARTS: Mapping[str, ValueType] = {"score": "number", "band": "text", "coverage": "number", "outcome": "text"}


@frozen
class KnownLookup:
    """What an expression has to know of a lookup.

    With `row` it looks at the day of the row at hand; `refused` is the reason why it cannot be used here (None: it can).
    """

    key: tuple[str, ...]
    type: ValueType
    row: bool = False
    refused: str | None = None


@frozen
class Scope:
    """What may be said in one place of the rules.

    `columns` are those of the row or subject at hand; `owners` the subjects whose columns stand after a dot;
    `points` the groups and measures for `points.NAME` (None: not in this place); `scorecards` those, and families, that
    score the subject at hand, with the groups and measures that stand after their dot. With `aggregates`, the row's own
    names stand inside aggregates only, and one aggregate is needed. `previous` are the metrics that previous(m) takes.
    `latest` is the reason why latest(x) and earliest(x) cannot be used; None: they can. `constants` are names that
    stand for a literal. `elsewhere` says of names that mean something in other places what they are ("a metric", "a column
    of table usage"), for the message.
    `functions` are those of the language and of plugins, which `engine` has to be able to compute.
    """

    columns: Mapping[str, ValueType] = field(factory=dict)
    metrics: Mapping[str, ValueType] = field(factory=dict)
    previous: Collection[str] = ()
    owners: Mapping[str, Mapping[str, ValueType]] = field(factory=dict)
    points: Collection[str] | None = None
    scorecards: Mapping[str, Collection[str]] = field(factory=dict)
    lookups: Mapping[str, KnownLookup] = field(factory=dict)
    elsewhere: Mapping[str, str] = field(factory=dict)
    constants: Mapping[str, Scalar] = field(factory=dict)
    aggregates: bool = False
    in_force: bool = False
    shifts: bool = False
    latest: str | None = None
    functions: Mapping[str, Function] = FUNCTIONS
    engine: str = "sqlite"


def closest(name: str, known: Iterable[str]) -> str | None:
    """The hint "did you mean ...?" with the known name nearest to this one."""
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean '{found[0]}'?" if found else None


def resolve(name: Name, scope: Scope) -> Node | Fault:
    """The reference a name stands for, with its type, or what is wrong with it."""
    if len(name.parts) == 1:
        return _bare(name, name.parts[0], scope)
    if len(name.parts) == 2:
        return _dotted(name, *name.parts, scope)
    return Fault("TP213", f"'{'.'.join(name.parts)}' has more than one dot", *name.span, "write subject.column")


def _bare(node: Name, name: str, scope: Scope) -> Node | Fault:
    if name == "as_of":
        return AsOf(span=node.span, type="date")
    if name in scope.columns and name in scope.metrics:
        told = f"'{name}' is a metric and a column"
        return Fault("TP211", told, *node.span, "rename one of them")
    if name in scope.columns:
        return Column(name, span=node.span, type=scope.columns[name])
    if name in scope.metrics:
        return MetricValue(name, span=node.span, type=scope.metrics[name])
    if name in scope.constants:
        return Literal(scope.constants[name], span=node.span, type=literal_type(scope.constants[name]))
    return _unknown(node, name, scope)


def _unknown(node: Name, name: str, scope: Scope) -> Fault:
    holder = next((owner for owner, columns in scope.owners.items() if name in columns), None)
    if name in scope.owners or name in scope.scorecards or name == "points":
        told, hint = f"'{name}' stands only before a dot", f"write {name}.NAME"
    elif holder:
        told, hint = f"'{name}' is a column of {holder}", f"write {holder}.{name}"
    elif name in CLOCK:
        told, hint = "rules cannot see the clock", "write as_of"
    elif name in scope.elsewhere:
        told, hint = f"'{name}' is {scope.elsewhere[name]}, which cannot be used here", None
    elif name in scope.functions:
        told, hint = f"'{name}' is a function", f"write {scope.functions[name].signature}"
    else:
        known = (*scope.columns, *scope.metrics, *scope.constants, "as_of")
        return Fault("TP210", f"unknown name '{name}'", *node.span, closest(name, known))
    return Fault("TP213", told, *node.span, hint)


def _dotted(node: Name, owner: str, name: str, scope: Scope) -> Node | Fault:
    if owner == "points":
        return _points(node, name, scope)
    if owner in scope.scorecards and owner in scope.owners:
        return Fault("TP211", f"'{owner}' is a scorecard and a subject", *node.span, "rename one of them")
    if owner in scope.scorecards:
        return _score(node, owner, name, scope)
    columns = scope.owners.get(owner)
    if columns is None:
        return _no_owner(node, owner, scope)
    if name not in columns:
        return Fault("TP210", f"{owner} has no column '{name}'", *node.span, closest(name, columns))
    return Column(name, owner, span=node.span, type=columns[name])


def _no_owner(node: Name, owner: str, scope: Scope) -> Fault:
    hint = closest(owner, (*scope.owners, *(() if scope.points is None else ("points",))))
    what = scope.elsewhere.get(owner)
    if what or owner in scope.columns or owner in scope.metrics:
        told = f"'{owner}' is {what or 'no subject'}: it has no columns that can be used here"
        return Fault("TP213", told, *node.span, hint)
    return Fault("TP210", f"unknown name '{owner}'", *node.span, hint)


def _score(node: Name, scorecard: str, part: str, scope: Scope) -> Node | Fault:
    kind = SCORE_PARTS.get(part, "number")
    if part not in SCORE_PARTS and part not in scope.scorecards[scorecard]:
        told = f"scorecard '{scorecard}' has no group or measure '{part}'"
        return Fault("TP210", told, *node.span, closest(part, (*SCORE_PARTS, *scope.scorecards[scorecard])))
    return ScoreValue(scorecard, part, span=node.span, type=kind)


def _points(node: Name, name: str, scope: Scope) -> Node | Fault:
    if scope.points is None:
        return Fault("TP213", "points cannot be used here", *node.span, "they stand in gates and guards of a scorecard")
    if name not in scope.points:
        told = f"the scorecard has no group or measure '{name}'"
        return Fault("TP210", told, *node.span, closest(name, scope.points))
    return Points(name, span=node.span, type="number")
