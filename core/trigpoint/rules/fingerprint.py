"""The fingerprint of a ruleset: a hash of what it means, whatever it is called or how it is written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

import attrs

from trigpoint.language import unparse
from trigpoint.model.expression import Expression
from trigpoint.model.ruleset import Calendar
from trigpoint.model.window import Length, Window

_UNORDERED = frozenset({"subjects", "choices"})  # lists whose order means nothing; what has a name is told apart by it
_FOR_PEOPLE = frozenset({"text", "reason", "kind", "no_data", "pure"})  # told, never reckoned with


def fingerprint(calendar: Calendar, *parts: Mapping[str, object]) -> str:
    """The SHA-256 of the meaning: subjects, tables, metrics, scorecards, and the calendar they are read by."""
    meaning = [_meaning(calendar), *({name: _meaning(each) for name, each in part.items()} for part in parts)]
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _meaning(value: object) -> Any:  # noqa: PLR0911  # one answer per kind of value
    """The value as JSON holds it; numbers as doubles, so that 40 and 40.0 are one."""
    if isinstance(value, Expression):
        return unparse(value.tree)
    if isinstance(value, Mapping):
        return {str(key): _meaning(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_meaning(each) for each in value]
    if isinstance(value, tuple):
        named = {each.name: _meaning(each) for each in value if hasattr(each, "name")}
        return named if named else [_meaning(each) for each in value]
    if isinstance(value, bool | str | None):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, Length | Window | dt.date):
        return str(value)
    record = cast(attrs.AttrsInstance, value)
    meaning: dict[str, Any] = {"is": type(record).__name__}
    for name in (each.name for each in attrs.fields(type(record)) if each.name not in _FOR_PEOPLE):
        found = _meaning(getattr(record, name))
        if name == "failed":  # that it did, not what it said: that may be another text each night
            found = found is not None
        meaning[name] = sorted(found, key=json.dumps) if name in _UNORDERED else found
    return meaning
