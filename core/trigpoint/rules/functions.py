"""Functions of plugins as settings: kept with the rules that use them, and read back from there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, cast

import attrs

from trigpoint.language import FUNCTIONS, NO_FUNCTIONS
from trigpoint.model.expression import Call, Expression, ValueType, walk
from trigpoint.model.function import Function, Parameter
from trigpoint.model.plugin import Plugin
from trigpoint.rules.setting import TOLD, Setting, plain

NO_DATA: Mapping[str, str] = {"number": "1", "text": "''", "boolean": "true", "date": "date '2000-01-01'"}
_CALLED = re.compile(r"\b([a-z][a-z0-9_]*)\s*\(", re.ASCII)


def functions_used(texts: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Those of the known names behind which a parenthesis opens in one of the texts, sorted."""
    return tuple(sorted({name for text in texts for name in _CALLED.findall(text) if name in known}))


def texts_of(setting: Setting) -> Iterator[str]:
    """Every text in a setting that may be an expression, in lists too; what is only told is none."""
    if isinstance(setting.value, str):
        yield setting.value
    for each in (*(each for key, each in setting.table.items() if key not in TOLD), *setting.items):
        yield from texts_of(each)


def function_settings(function: Function, plugin: Plugin) -> dict[str, object]:
    """A function as plain values: everything but its oracle, and who brought it."""
    return {
        "plugin": plugin.name,
        "version": plugin.version,
        "parameters": [_parameter_settings(each) for each in function.parameters],
        "result": function.result,
        "meaning": function.meaning,
        "templates": dict(function.templates),
    }


def function_of(name: str, found: Mapping[str, Any]) -> Function:
    """The function that `function_settings` wrote down; without its oracle."""
    if "failed" in found:
        return stand_in(name, found["result"], found["failed"])
    parameters = tuple(
        Parameter(each["name"], frozenset(each["types"]), each.get("into"), each.get("literal", False))
        for each in found["parameters"]
    )
    return Function(name, parameters, found["result"], found["meaning"], templates=found["templates"])


def stand_in(name: str, result: ValueType, failed: str) -> Function:
    """What stands for a function whose plugin is not there: it takes anything, and gives no data."""
    templates = {"*": f"nullif({NO_DATA[result]}, {NO_DATA[result]})"}
    return Function(name, (), result, "", templates=templates, failed=failed)


def missing_functions(texts: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The names behind which a parenthesis opens in one of the texts and which nobody knows, sorted."""
    called = {name for text in texts for name in _CALLED.findall(text)}
    return tuple(sorted(called - set(known) - set(FUNCTIONS) - NO_FUNCTIONS))


def meant_functions(texts: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The known names that were perhaps meant by those that nobody knows: then a hint can name them."""
    missing = missing_functions(texts, known) if known else ()
    if not missing:
        return ()
    from difflib import get_close_matches  # slow to import, and needed for bad rules only

    return tuple(sorted({close for name in missing for close in get_close_matches(name, sorted(known), 1)}))


def declared_functions(settings: Setting) -> dict[str, Function]:
    """The functions of plugins in the settings of a ruleset, by name."""
    section = settings.table.get("plugins")
    found = {} if section is None else cast(Mapping[str, Any], plain(section)).get("functions", {})
    return {name: function_of(name, each) for name, each in found.items()}


def functions_called(functions: Mapping[str, Function], *records: object) -> dict[str, Function]:
    """Those of the functions that an expression somewhere in the records calls."""
    trees = (each.tree for record in records for each in _expressions(record))
    called = {node.function for tree in trees for node in walk(tree) if isinstance(node, Call)}
    return {name: each for name, each in sorted(functions.items()) if each.templates and name in called}


def meaning_of(function: Function) -> dict[str, object]:
    """What a fingerprint holds of a function: all that decides what it gives, and none of the words about it."""
    parameters = [{"types": tuple(sorted(each.types)), "into": each.into} for each in function.parameters]
    return {
        "parameters": tuple(parameters),
        "names": tuple(each.name for each in function.parameters),
        "result": function.result,
        "templates": function.templates,
    }


def _parameter_settings(parameter: Parameter) -> dict[str, object]:
    found: dict[str, object] = {"name": parameter.name, "types": sorted(parameter.types)}
    if parameter.into is not None:
        found["into"] = parameter.into
    return found | {"literal": True} if parameter.literal else found


def _expressions(value: object) -> Iterator[Expression]:
    """All expressions in records, mappings and lists of them."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _expressions(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _expressions(each)
    elif attrs.has(type(value)):
        for name in (each.name for each in attrs.fields(type(cast(attrs.AttrsInstance, value)))):
            yield from _expressions(getattr(value, name))
