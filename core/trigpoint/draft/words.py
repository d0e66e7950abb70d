"""The words that ready-made rules expect in text columns: what their conditions compare a column with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trigpoint.draft.ready_made import content, standing_on, tables_of

Words = Mapping[tuple[str, str], tuple[str, ...]]  # by table and column
_WORD = r"'(?:[^']|'')*'"
_COMPARED = re.compile(rf"(?:(\w+)\.)?(\w+)\s*(?:=|<>|!=|\bin\b)\s*({_WORD}|\(\s*{_WORD}(?:\s*,\s*{_WORD})*\s*\))")


def words_of(names: Iterable[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The words that rulesets, and what they stand on, look for, in the order in which they are met."""
    files = tuple(dict.fromkeys(each for name in names for each in standing_on(name)))
    columns, own = tables_of(files), _own_tables(files)
    found: dict[tuple[str, str], dict[str, None]] = {}
    for table, text in _conditions(files, own):
        for owner, column, words in _COMPARED.findall(text):
            place = own.get(owner, table)
            if columns.get(place, {}).get(column) == "text":
                met = (each[1:-1].replace("''", "'") for each in re.findall(_WORD, words))
                found.setdefault((place, column), {}).update(dict.fromkeys(met))
    return {place: tuple(words) for place, words in found.items()}


def _own_tables(files: Iterable[str]) -> dict[str, str]:
    """The own table of each subject that has one."""
    subjects = [pair for file in files for pair in content(file).get("subjects", {}).items()]
    return {name: each["table"] for name, each in subjects if isinstance(each, dict) and "table" in each}


def _conditions(files: Iterable[str], own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every text that may hold an expression, with the table whose columns stand bare in it."""
    for kind in ("metrics", "scorecards"):
        merged: dict[str, dict[str, Any]] = {}
        for file in files:
            for name, each in content(file).get(kind, {}).items():
                if isinstance(each, dict):
                    below = merged.get(each.get("based_on", name), {})
                    merged[name] = {**below, **merged.get(name, {}), **each}
                    yield from ((_table_of(merged[name], own), text) for text in _texts(each))
    for file in files:
        for name, table in content(file).get("tables", {}).items():
            if isinstance(table, dict):
                yield from ((name, text) for text in _texts(table.get("derived", {})))


def _table_of(keys: Mapping[str, Any], own: Mapping[str, str]) -> str:
    """The table of a metric or scorecard: the one it is aggregated from, else that of its children or of its subject."""
    subject = keys.get("over") or keys.get("subject", "")
    return str(keys.get("from") or own.get(subject if isinstance(subject, str) else subject[0], ""))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if name not in ("title", "why", "reason", "advice"):
                yield from _texts(each)
