"""Texts that were written without quotes: `segment = Konzern` means `segment = 'Konzern'`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import evolve

from trigpoint.language.faults import Fault
from trigpoint.language.names import Scope
from trigpoint.model.expression import Name, Node

_NAME = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?"
_BEFORE = re.compile(rf"({_NAME})\s*(?:=|<>|(?:not\s+)?in\s*\([^()]*)\s*$", re.ASCII)
_AFTER = re.compile(rf"\s*(?:=|<>)\s*({_NAME})", re.ASCII)
_WORDS = re.compile(r"\w+(?:[ -][A-Z]\w*)*", re.ASCII)


def told_as_texts(faults: Iterable[Fault], text: str, scope: Scope) -> tuple[Fault, ...]:
    """The faults, where a capitalised name that is compared with a text is told to be a text."""
    found: list[Fault] = []
    ends = 0  # of the last text of several words: what lies in it is told with it
    for fault in faults:
        if fault.code != "TP206" or not _is_text(fault, text, scope):
            found += [fault] if fault.start >= ends else []
        elif fault.start >= ends and (words := _WORDS.match(text, fault.start)):
            ends = words.end()
            found.append(
                Fault(
                    "TP206",
                    f"'{words[0]}' is no name, and is compared with a text",
                    fault.start,
                    ends,
                    f"write '{words[0]}'",
                )
            )
    return tuple(found)


def _is_text(fault: Fault, text: str, scope: Scope) -> bool:
    """Whether something of another spelling than names is compared with a text, and no name is meant."""
    written = text[fault.start : fault.end]
    if written == written.lower() or written.lower() in scope.columns or written.lower() in scope.metrics:
        return False
    other = _BEFORE.search(text[: fault.start]) or _AFTER.match(text, fault.end)
    return other is not None and _type(other[1], scope) == "text"


def _type(name: str, scope: Scope) -> str | None:
    owner, _, column = name.rpartition(".")
    if owner:
        return scope.owners.get(owner, {}).get(column)
    return scope.columns.get(name) or scope.metrics.get(name)


def with_quotes(faults: Sequence[Fault], nodes: Sequence[Node]) -> list[Fault]:
    """The faults, where an unknown name that is compared with a text, and is like no other name, may be a text."""
    if not any(node.type == "text" for node in nodes):
        return list(faults)
    unknown = {node.span: node.parts[0] for node in nodes if isinstance(node, Name) and len(node.parts) == 1}
    return [
        evolve(each, hint=f"write '{unknown[each.start, each.end]}' if it is a text")
        if each.code == "TP210" and each.hint is None and (each.start, each.end) in unknown
        else each
        for each in faults
    ]
