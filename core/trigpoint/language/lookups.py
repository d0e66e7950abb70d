"""Binding of `lookup(name, key, ...)`: the name of a lookup, and one text for each column of its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trigpoint.language.names import closest
from trigpoint.language.types import WORDS
from trigpoint.model.expression import Call, LookupValue, Name, Node, Points, walk

if TYPE_CHECKING:
    from trigpoint.language.bind import Binder


def bind_lookup(binder: Binder, node: Call) -> Node:
    """The value of a lookup, of the type of the column that it reads."""
    name, *given = node.arguments
    if not isinstance(name, Name) or len(name.parts) > 1:
        binder.fault("TP233", name, "lookup takes the name of a lookup first", "write lookup(fx, currency)")
        return node
    keys = tuple(binder.bind(each) for each in given)
    known = binder.scope.lookups.get(name.parts[0])
    if known is None:
        hint = closest(name.parts[0], binder.scope.lookups)
        binder.fault("TP233", name, f"unknown lookup '{name.parts[0]}'", hint)
        return node
    if known.refused is not None:
        binder.fault("TP235", node, f"lookup '{name.parts[0]}' cannot be used here: {known.refused}")
    elif known.row:
        binder.check_row(node, f"lookup({name.parts[0]}, ...)")
    _check_keys(binder, node, name.parts[0], keys)
    return LookupValue(name.parts[0], keys, span=node.span, type=known.type)


def _check_keys(binder: Binder, node: Call, name: str, keys: tuple[Node, ...]) -> None:
    """One text for each column of the key."""
    columns = binder.scope.lookups[name].key
    if len(keys) != len(columns):
        told = f"the key of lookup '{name}' has {len(columns)} column{'' if len(columns) == 1 else 's'}"
        binder.fault("TP234", node, f"{told}, {len(keys)} given", f"write lookup({', '.join((name, *columns))})")
        return
    for column, key in zip(columns, keys, strict=True):
        if key.type is not None and key.type != "text":
            told = f"'{column}' of lookup '{name}' is a text, this is {WORDS[key.type]}"
            binder.fault("TP234", key, told, "keys are texts, as they were loaded")
        elif points := next((each for each in walk(key) if isinstance(each, Points)), None):
            told = "points cannot stand inside lookup"
            binder.fault("TP235", points, told, "what is looked up is known before points are")
