"""The templates of plugins' functions: expressions over the parameters, which take the place of a call.

A template is read by our parser and bound like an expression of the rules, to names that are the parameters and to the
functions of the language, and of its engine, that are allowed: nothing that a rule could not say gets in. It becomes part
of the tree, so that types and operators of the arguments mean there what they mean everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import attrs

from trigpoint.errors import RulesError
from trigpoint.language.bind import bound
from trigpoint.language.depth import is_too_deep
from trigpoint.language.faults import Fault
from trigpoint.language.functions import FUNCTIONS
from trigpoint.language.names import Scope
from trigpoint.language.natives import NATIVES
from trigpoint.language.unparse import unparse
from trigpoint.model.expression import Call, Column, Literal, Node, Unary, ValueType, walk
from trigpoint.model.function import Function

Change = Callable[[Node], Node]
NATIVE = "native:"  # before the name of an engine's own function in a tree: a rule cannot write it
WRITTEN_LIMIT = 8000  # characters that an expression may have with its functions written out
_Types = tuple[tuple[str, ValueType], ...]


def template_for(function: Function, engine: str) -> str | None:
    """The template of a function for an engine: its own, or that for all; None if there is none."""
    return function.templates.get(engine, function.templates.get("*"))


def bound_template(template: str, engine: str, types: Mapping[str, ValueType]) -> Node:
    """The tree of a template for arguments of these types. Raises ExpressionError."""
    return _bound(template, engine, tuple(types.items()))


def written_out(node: Node, functions: Mapping[str, Function], engine: str) -> Node:
    """The tree with the template in the place of each call of these functions."""
    rebuilt = _changed(node, lambda child: written_out(child, functions, engine))
    if not isinstance(rebuilt, Call) or rebuilt.function not in functions:
        return rebuilt
    return expanded(rebuilt, functions[rebuilt.function], engine)


def expanded(call: Call, function: Function, engine: str) -> Node:
    """The tree that a call stands for: the template with the arguments in the place of the parameters.

    Raises RulesError (TP507) where there is no template for the engine.
    """
    template = template_for(function, engine)
    if template is None:
        text = f"{engine} cannot compute {function.name}(...)"
        raise RulesError.of("TP507", text, hint="write the rule without it, or use another warehouse")
    arguments = dict(zip((each.name for each in function.parameters), call.arguments, strict=True))
    tree = bound_template(template, engine, {name: each.type for name, each in arguments.items() if each.type})
    return _with(tree, arguments)


def growth_fault(tree: Node, functions: Mapping[str, Function], engine: str) -> Fault | None:
    """What is wrong with a tree whose functions of plugins, written out, are too long or too deep; None if it fits."""
    called = {node.function for node in walk(tree) if isinstance(node, Call)}
    used = {name: each for name, each in functions.items() if name in called and each.templates}
    if not used:
        return None
    hint = "make metrics of its parts and use their names"
    names = " and ".join(used)
    if (length := written_length(tree, used, engine)) > WRITTEN_LIMIT:
        told = f"with {names} written out the expression has {length} characters; {WRITTEN_LIMIT} are allowed"
        return Fault("TP238", told, *tree.span, hint)
    if is_too_deep(written_out(tree, used, engine)):
        return Fault("TP238", f"with {names} written out the expression is nested too deeply", *tree.span, hint)
    return None


@lru_cache(maxsize=1024)
def _bound(template: str, engine: str, types: _Types) -> Node:
    natives = NATIVES.get(engine, {})
    scope = Scope(columns=dict(types), functions={**natives, **FUNCTIONS})
    return _with_natives(bound(template, scope).tree, frozenset(natives))


def _with_natives(node: Node, natives: frozenset[str]) -> Node:
    changed = _changed(node, lambda child: _with_natives(child, natives))
    if isinstance(changed, Call) and changed.function in natives:
        return attrs.evolve(changed, function=f"{NATIVE}{changed.function}")
    return changed


def _with(node: Node, arguments: Mapping[str, Node]) -> Node:
    if isinstance(node, Column):
        return arguments[node.name]
    changed = _changed(node, lambda child: _with(child, arguments))
    match changed:
        case Unary("-", Literal(float() as value) as literal):  # as binding does: `--1` would begin a comment
            return attrs.evolve(literal, value=0.0 - value, span=changed.span)
    return changed


def _changed(node: Node, change: Change) -> Node:
    """A node with each child changed; children stand in fields, and in tuples of fields."""
    values = {each.name: getattr(node, each.name) for each in attrs.fields(type(node))}
    changes: dict[str, Any] = {
        name: _each(value, change) for name, value in values.items() if isinstance(value, Node | tuple)
    }
    changes.pop("span", None)
    return attrs.evolve(node, **changes) if changes else node


def _each(value: object, change: Change) -> object:
    if isinstance(value, tuple):
        return tuple(_each(each, change) for each in value)
    return change(value) if isinstance(value, Node) else value


def written_length(node: Node, functions: Mapping[str, Function], engine: str) -> int:
    """About how long the text of a tree is with the functions written out; without writing them out, which may be huge."""
    lengths = [written_length(child, functions, engine) for child in node.children]
    function = functions.get(node.function) if isinstance(node, Call) else None
    if function is None:
        return len(unparse(node)) - sum(len(unparse(child)) for child in node.children) + sum(lengths)
    template = template_for(function, engine) or ""
    types = {
        each.name: child.type for each, child in zip(function.parameters, node.children, strict=True) if child.type
    }
    columns = [each.name for each in walk(bound_template(template, engine, types)) if isinstance(each, Column)]
    uses = [columns.count(each.name) for each in function.parameters]
    return len(template) + sum(many * length for many, length in zip(uses, lengths, strict=True))
