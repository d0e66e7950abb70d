"""What is wrong with a function that a plugin offers: told when the plugin is loaded, before any rule can call it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from trigpoint.errors import Problem
from trigpoint.language.faults import ExpressionError
from trigpoint.language.functions import FUNCTIONS
from trigpoint.language.natives import ENGINES
from trigpoint.language.templates import bound_template
from trigpoint.language.tokens import NAME, NAME_LIMIT, NO_FUNCTIONS, RESERVED_NAMES
from trigpoint.language.types import WORDS, common
from trigpoint.model.expression import AsOf, Call, Node, ValueType, walk
from trigpoint.model.function import TIMES, Function, Parameter

MOST_PARAMETERS = 8
_MOST_COMBINATIONS = 24  # of types that a template is read for: 0.2 ms each, whenever the plugin is loaded
_MEANING_LIMIT = 1000
_TYPES = frozenset(get_args(ValueType))
_OF_THE_PROJECT = frozenset({"period", "period_start", "period_end"})  # they know where the fiscal year begins


def check_function(function: Function) -> tuple[Problem, ...]:
    """Every reason why a function cannot be offered; none if it is fit to be called."""
    told = tuple(dict.fromkeys(_kind_faults(function) or _record_faults(function)))
    if told:
        return tuple(Problem("TP236", f"function '{function.name}': {each}") for each in told)
    return tuple(_template_faults(function))


def type_combinations(function: Function) -> Iterator[dict[str, ValueType]]:
    """The types that the arguments may have when they reach the template, by the parameters' names.

    All combinations where these are few; else each parameter in turn, and all of them together.
    """
    choices = [_reaching(each) for each in function.parameters]
    names = [each.name for each in function.parameters]
    found: Iterable[tuple[ValueType, ...]] = itertools.product(*choices)
    total = 1
    for each in choices:
        total *= len(each)
    if total > _MOST_COMBINATIONS:
        alike = ([each if each in kinds else kinds[0] for kinds in choices] for each in sorted(_TYPES))
        turns = (
            [*(first[0] for first in choices[:position]), kind, *(last[0] for last in choices[position + 1 :])]
            for position, kinds in enumerate(choices)
            for kind in kinds
        )
        found = dict.fromkeys(tuple(each) for each in (*alike, *turns))
    for kinds in found:
        if function.result != "common" or common(kinds) is not None:
            yield dict(zip(names, kinds, strict=True))


def _reaching(parameter: Parameter) -> list[ValueType]:
    if parameter.into is not None:
        return [parameter.into]
    return sorted(parameter.types - {"timestamp"} if parameter.literal else parameter.types)


def _kind_faults(function: Function) -> list[str]:
    """What is not even of the kind that the other checks look into: nobody makes sure of a stranger's records."""
    told = []
    if not isinstance(function.parameters, tuple) or not all(
        isinstance(each, Parameter) for each in function.parameters
    ):
        told.append("its parameters are a tuple of Parameter")
    elif not all(isinstance(each.types, frozenset) for each in function.parameters):
        told.append("the types of a parameter are a frozenset")
    if not isinstance(function.templates, Mapping):
        told.append("its templates are a mapping of engines to texts")
    return told


def _record_faults(function: Function) -> Iterator[str]:
    if not _is_name(function.name):
        yield "a name is written in small letters, digits and single underscores, and is no word of the language"
    elif function.name in FUNCTIONS:
        yield "the language has a function of this name"
    if function.aggregate:
        yield "an aggregate cannot be offered: it would need the rows"
    meaning = function.meaning
    if (
        not isinstance(meaning, str)
        or not meaning.strip()
        or len(meaning) > _MEANING_LIMIT
        or not meaning.isprintable()
    ):
        yield "its meaning is one line of text"
    if not callable(function.oracle):
        yield "it needs an oracle: a Python function that gives the same"
    yield from _parameter_faults(function)
    results = (*_TYPES, "first", "common") if function.parameters else tuple(_TYPES)
    if function.result not in results:
        yield f"'{function.result}' is no result: write a type, 'first' or 'common'"
    yield from _engine_faults(function.templates)


def _parameter_faults(function: Function) -> Iterator[str]:
    names = [each.name for each in function.parameters]
    if len(names) > MOST_PARAMETERS or len(set(names)) < len(names):
        yield f"it has at most {MOST_PARAMETERS} parameters, each with a name of its own"
    for each in function.parameters:
        if not _is_name(each.name):
            yield f"'{each.name}' is no name of a parameter"
        if not each.types or not each.types <= _TYPES:
            yield f"parameter {each.name} takes some of the types {', '.join(sorted(_TYPES))}"
        if each.into is not None and not (each.into in TIMES and each.types <= TIMES):
            yield f"parameter {each.name}: only dates and timestamps are turned `into` one another"
        if each.literal and not _reaching(each):
            yield f"parameter {each.name}: a timestamp cannot be written out"
        if each.optional or each.repeated:
            yield f"parameter {each.name}: a template knows all arguments, so none is optional or repeated"


def _engine_faults(templates: Mapping[str, str]) -> Iterator[str]:
    if not templates:
        yield "it has no template"
    for engine, template in templates.items():
        if engine != "*" and engine not in ENGINES:
            yield f"'{engine}' is no engine: templates are for {', '.join(ENGINES)} or '*'"
        if not isinstance(template, str):
            yield f"the template for {engine} is no text"


def _is_name(name: object) -> bool:
    return (
        isinstance(name, str)
        and len(name) <= NAME_LIMIT
        and NAME.fullmatch(name) is not None
        and name not in RESERVED_NAMES | NO_FUNCTIONS | {"date"}
    )


def _template_faults(function: Function) -> Iterator[Problem]:
    """The first thing that is wrong with each template."""
    for engine, template in function.templates.items():
        for types in type_combinations(function):
            try:
                told = _unfit(function, bound_template(template, engine, types), types)
            except ExpressionError as error:
                fault = error.faults[0]
                told = fault.text if fault.hint is None else f"{fault.text} ({fault.hint})"
            if told:
                yield Problem("TP237", f"function '{function.name}', template for {engine}: {told}")
                break


def _unfit(function: Function, tree: Node, types: Mapping[str, ValueType]) -> str | None:
    """Why a tree that can be read cannot stand for the function."""
    for node in walk(tree):
        if isinstance(node, AsOf):
            return "it sees nothing but its arguments: take as_of as one of them"
        if isinstance(node, Call) and node.function in _OF_THE_PROJECT:
            return f"{node.function} depends on the project's fiscal year: take its result as an argument"
        if isinstance(node, Call) and node.function in ("as_day", "as_moment"):
            return "a date meets a timestamp, which depends on the project's zone: say `into` for the parameter"
    wanted = _wanted(function, types)
    if tree.type == wanted or (wanted == "number" and tree.type == "integer"):
        return None
    kinds = ", ".join(f"{name} {kind}" for name, kind in types.items())
    return f"it gives {_words(tree.type)} for {kinds or 'nothing'}, not {_words(wanted)}"


def _wanted(function: Function, types: Mapping[str, ValueType]) -> ValueType | None:
    if function.result == "first":
        return next(iter(types.values()))
    if function.result == "common":
        return common(types.values())
    return None if function.result == "column" else function.result


def _words(kind: ValueType | None) -> str:
    return "a whole number" if kind == "integer" else WORDS[kind] if kind else "nothing"
