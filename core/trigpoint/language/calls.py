"""Binding of function calls: which functions there are, what they take, and the simpler ones they are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import evolve

from trigpoint.language.lookups import bind_lookup
from trigpoint.language.names import closest
from trigpoint.language.spellings import FUNCTION_WORDS
from trigpoint.language.types import AS_NUMBER, WORDS, into
from trigpoint.model.expression import NUMERIC, Aggregate, AsOf, Call, Literal, MetricValue, Name, Node
from trigpoint.model.function import CONDITIONS, Function, Parameter
from trigpoint.model.window import Length, Shift, Window, parse_length, parse_window

if TYPE_CHECKING:
    from trigpoint.language.bind import Binder

PERIODS = frozenset({"month", "quarter", "year"})
_FARTHEST = 100  # years that `ago` may reach back: dates end in year 1


def bind_call(binder: Binder, node: Call) -> Node:
    """The call of a known function with arguments it takes; aggregates, shifts and some others become other nodes."""
    function = binder.scope.functions.get(node.function)
    if function is None:
        _unknown(binder, node)
        return node
    if function.failed is not None:  # nobody knows what it takes; what it is given has faults of its own
        for argument in node.arguments:
            binder.bind(argument)
        return _typed(binder, evolve(node, arguments=()), function, [])
    if not _count_fits(binder, node, function):
        return node
    if special := _SPECIAL.get(function.name):
        return special(binder, node)
    if function.aggregate:
        return _bind_aggregate(binder, node, function)
    if function.templates and not {binder.scope.engine, "*"} & function.templates.keys():
        told = f"{binder.scope.engine} cannot compute {function.name}(...): its plugin has no template for it"
        binder.fault("TP239", node, told, "write the rule without it, or use another warehouse")
    arguments = _arguments(binder, node, function)
    return _lowered(_typed(binder, node, function, arguments))


def bind_count(binder: Binder, node: Aggregate) -> Node:
    """`count(*)` and `count(distinct x)`."""
    if not _aggregate_allowed(binder, node, "count"):
        return evolve(node, type="integer")
    if node.argument is None:
        return evolve(node, type="integer")
    binder.inside = "count"
    argument = binder.bind(node.argument)
    binder.inside = None
    return evolve(node, argument=argument, type="integer")


def _unknown(binder: Binder, node: Call) -> None:
    hint = FUNCTION_WORDS.get(node.function) or closest(node.function, binder.scope.functions)
    binder.fault("TP212", node, f"unknown function '{node.function}'", hint)
    for argument in node.arguments:
        binder.bind(argument)


def _count_fits(binder: Binder, node: Call, function: Function) -> bool:
    given = len(node.arguments)
    if function.least <= given and (function.most is None or given <= function.most):
        return True
    told = f"{function.name} takes {_wanted(function)}, {given} given"
    binder.fault("TP221", node, told, f"write {function.signature}")
    return False


def _wanted(function: Function) -> str:
    if function.most is None:
        return f"at least {function.least} arguments"
    numbers = str(function.least) if function.least == function.most else f"{function.least} or {function.most}"
    return f"{numbers} argument{'' if function.most == 1 else 's'}"


def _arguments(binder: Binder, node: Call, function: Function) -> list[Node]:
    bound = []
    for position, argument in enumerate(node.arguments):
        parameter = function.parameter(position)
        each = binder.bind(argument)
        if each.type is not None and each.type not in parameter.types:
            told = f"{function.name} takes {_kinds(parameter)} as {parameter.name}, this is {WORDS[each.type]}"
            binder.fault("TP220", each, told, _type_hint(function, parameter, each))
            each = evolve(each, type=None)
        elif parameter.literal and each.type is not None:
            _check_literal(binder, function, each)
        bound.append(into(each, parameter.into))
    return bound


def _kinds(parameter: Parameter) -> str:
    if parameter.types == CONDITIONS:
        return "a condition"
    words = dict.fromkeys(WORDS[kind] for kind in WORDS if kind in parameter.types)
    return " or ".join(words)


def _type_hint(function: Function, parameter: Parameter, node: Node) -> str | None:
    if node.type == "boolean" and parameter.types >= NUMERIC:
        if function.name in ("sum", "avg"):
            return f"write share(condition), or {function.name}(case when ... then 1 else 0 end)"
        return AS_NUMBER
    if node.type == "text" and parameter.into:
        return "write date '2026-03-31'"
    return f"write {parameter.name} as a comparison, as in x > 0" if parameter.types == CONDITIONS else None


def _places(value: object) -> str | None:
    return None if value in range(10) else "a whole number from 0 to 9"


def _share(value: object) -> str | None:
    return None if isinstance(value, float) and 0 <= value <= 1 else "a number from 0 to 1, as in 0.9"


def _written(value: object) -> str | None:
    return "a number, text or date" if value is None else None


def _period(value: object) -> str | None:
    return None if value in PERIODS else "'month', 'quarter' or 'year'"


_LITERALS: Mapping[str, Callable[[object], str | None]] = {
    "round": _places,
    "percentile": _share,
    "period": _period,
    "period_start": _period,
    "period_end": _period,
}


def _check_literal(binder: Binder, function: Function, node: Node) -> None:
    wanted = _LITERALS.get(function.name, _written)(node.value if isinstance(node, Literal) else None)
    if wanted:
        parameter = next(each for each in function.parameters if each.literal)
        binder.fault("TP221", node, f"{parameter.name} of {function.name} is written out: {wanted}")


def _typed(binder: Binder, node: Call, function: Function, arguments: list[Node]) -> Call:
    if function.result == "common":
        kind, arguments = binder.unified(arguments, f"the arguments of {function.name}")
    elif function.result == "first":
        kind = arguments[0].type
    else:
        kind = None if function.result == "column" else function.result
    return evolve(node, arguments=tuple(arguments), type=kind)


def _lowered(node: Call) -> Call:
    """The one form that compilers see of functions that say the same."""
    if node.function in ("days_since", "days_until"):
        as_of = AsOf(span=node.span, type="date")
        pair = (*node.arguments, as_of) if node.function == "days_since" else (as_of, *node.arguments)
        return evolve(node, function="days_between", arguments=pair)
    if node.function == "round" and len(node.arguments) == 1:
        return evolve(node, arguments=(*node.arguments, Literal(0.0, span=node.span, type="integer")))
    return node


def _aggregate_allowed(binder: Binder, node: Node, name: str) -> bool:
    if not binder.scope.aggregates:
        hint = "make a table metric of it and use its name"
        binder.fault("TP230", node, f"{name} adds up rows, which only the value of a table metric does", hint)
        return False
    if binder.inside:
        told = f"{name} cannot stand inside {binder.inside}"
        binder.fault("TP230", node, told, "make two metrics, or put the condition into case when ... then x end")
        return False
    return True


def _bind_aggregate(binder: Binder, node: Call, function: Function) -> Node:
    if not _aggregate_allowed(binder, node, function.name):
        return node
    if function.name in ("latest", "earliest") and binder.scope.latest is not None:
        binder.fault("TP232", node, f"{function.name} cannot be used here: {binder.scope.latest}")
    binder.inside = function.name
    arguments = _arguments(binder, node, function)
    binder.inside = None
    kind = _typed(binder, node, function, arguments).type
    name, parameter = function.name, None
    if name == "median":
        name, parameter = "percentile", 0.5
    elif name == "percentile" and isinstance(arguments[1], Literal) and isinstance(arguments[1].value, float):
        parameter = arguments[1].value
    return Aggregate(name, arguments[0], parameter=parameter, span=node.span, type=kind)


def _bind_in_force(binder: Binder, node: Call) -> Node:
    if not binder.scope.in_force:
        hint = "it belongs to conditions on the rows of a table that declares `in_force`"
        binder.fault("TP232", node, "in_force() cannot be used here", hint)
    else:
        binder.check_row(node, "in_force()")
    return evolve(node, type="boolean")


def _bind_shift(binder: Binder, node: Call) -> Node:
    """`previous(m)` and `ago(m, '12 months')`: a metric's value at another time."""
    target, name = node.arguments[0], node.function
    if not binder.scope.shifts:
        told = f"{name} cannot be used here"
        binder.fault("TP232", node, told, "it stands in formula metrics and scorecards")
        return node
    if isinstance(target, Call) and target.function in ("previous", "ago"):
        binder.fault(
            "TP232", target, f"{target.function} cannot stand inside {name}", "shift once, by the whole length"
        )
        return node
    if not isinstance(target, Name) or len(target.parts) > 1:
        binder.fault("TP221", target, f"{name} takes the name of a metric", "make a metric of the formula")
        return node
    bound = binder.bind(target)
    if bound.type is None:
        return node
    if not isinstance(bound, MetricValue):
        binder.fault("TP221", target, f"{name} takes the name of a metric, '{target.parts[0]}' is none")
        return node
    shift = _ago(binder, node.arguments[1]) if name == "ago" else Shift(previous=True)
    if name == "previous" and bound.metric not in binder.scope.previous:
        told = f"previous('{bound.metric}') has no stretch to look at".replace("'", "")
        binder.fault(
            "TP232", node, told, "it takes table metrics with a window that looks back; else write ago(m, '1 month')"
        )
    return evolve(bound, shift=shift, span=node.span)


def _ago(binder: Binder, node: Node) -> Shift:
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        binder.fault("TP221", node, "ago takes a length written as a text", "write ago(m, '12 months')")
        return Shift()
    try:
        ago: Length | Window = parse_length(node.value)
    except ValueError:
        ago = _window(binder, node, node.value)
    if isinstance(ago, Length) and not _reaches(ago):
        binder.fault("TP221", node, f"ago reaches back at most {_FARTHEST} years")
    return Shift(ago)


def _window(binder: Binder, node: Node, text: str) -> Window:
    hint = "write '28 days', '12 months', 'quarter to date' or 'previous quarter'"
    try:
        window = parse_window(text)
        if window.kind == "next":
            binder.fault("TP221", node, "ago looks back, not forward", hint)
    except ValueError:
        binder.fault("TP221", node, f"'{text}' is no length of time", hint)
        return Window("to date", Length(1, "month"))  # stands in until the faults are told
    return window


def _reaches(length: Length) -> bool:
    start = dt.date(2000, 1, 1)
    try:
        return length.after(start, -1) >= start.replace(year=start.year - _FARTHEST)
    except (OverflowError, ValueError):
        return False


_SPECIAL: Mapping[str, Callable[[Binder, Call], Node]] = {
    "previous": _bind_shift,
    "ago": _bind_shift,
    "in_force": _bind_in_force,
    "lookup": bind_lookup,
}
