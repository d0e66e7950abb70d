"""Derived columns: row expressions, each after those it reads, in its own table or in a subject's above it."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from trigpoint.language import WRITTEN_LIMIT, written_length, written_out
from trigpoint.model.expression import Column, Expression, walk
from trigpoint.rules.draft import Draft
from trigpoint.rules.graph import circles, in_order, shown
from trigpoint.rules.mentions import bare, dotted
from trigpoint.rules.reader import Reader
from trigpoint.rules.scopes import check_row_names, row_scope
from trigpoint.rules.setting import Setting
from trigpoint.rules.tables import refuse_reserved

ENGINE = "sqlite"


def read_derived(draft: Draft) -> None:
    """Adds the derived columns to the tables."""
    found = {
        (name, column): (reader, setting)
        for name, reader in draft.readers("tables")
        if name in draft.tables
        for column, setting in _entries(reader)
    }
    needs = {f"{table}.{column}": _needs(draft, table, setting) for (table, column), (_, setting) in found.items()}
    for circle in circles(needs):
        _, setting = found[_split(circle[0])]
        draft.problems.add("TP114", f"derived columns need each other in a circle: {shown(circle)}", setting.place)
    ordered = in_order(needs)
    draft.broken |= {("column", name) for name in needs if name not in ordered}
    lengths: dict[str, int] = {}  # of the columns with all that they read written out, as the statements have them
    for name in ordered:
        table, column = _split(name)
        reader, setting = found[table, column]
        with draft.making("column", name):
            value = _value(draft, table, column, setting, reader)
            lengths[name] = _written_length(draft, table, value, lengths)
            _check_length(column, lengths[name], setting, reader)
            derived = {**draft.tables[table].derived, column: value}
            draft.tables[table] = evolve(draft.tables[table], derived=derived)


def _entries(reader: Reader) -> list[tuple[str, Setting]]:
    found = reader.setting.table.get("derived")
    return [] if found is None else list(found.table.items())


def _split(name: str) -> tuple[str, str]:
    table, _, column = name.partition(".")
    return table, column


def _needs(draft: Draft, table: str, setting: Setting) -> set[str]:
    needs = {f"{table}.{name}" for name, _ in bare(setting)}
    for owner, name, _ in dotted(setting):
        if owner in draft.subjects:
            needs.add(f"{draft.subjects[owner].table}.{name}")
    derived = {f"{each}.{column}" for each, reader in draft.readers("tables") for column, _ in _entries(reader)}
    return needs & derived


def _value(draft: Draft, name: str, column: str, setting: Setting, reader: Reader) -> Expression:
    table = draft.tables[name]
    refuse_reserved(reader, column, setting.key)
    if column in table.columns:
        text = f"'{column}' is a column of table '{name}' already"
        reader.refuse("TP115", text, setting.key, "choose another name for the derived column")
    inner = Reader(f"derived column '{column}'", reader.setting.table["derived"], reader.problems)
    inner.get(column)
    check_row_names(draft, table, {}, setting, reader)
    return reader.bound(setting, row_scope(draft, table, {}))


def _written_length(draft: Draft, table: str, value: Expression, lengths: Mapping[str, int]) -> int:
    """How long a value is with the derived columns that it reads written out in their places."""
    functions = {name: each for name, each in draft.functions.items() if each.templates}
    total = written_length(value.tree, functions, ENGINE)
    for node in walk(written_out(value.tree, functions, ENGINE)):
        if isinstance(node, Column):
            home = table if node.owner is None else draft.subjects[node.owner].table
            total += lengths.get(f"{home}.{node.name}", 0)
    return total


def _check_length(column: str, length: int, setting: Setting, reader: Reader) -> None:
    if length > WRITTEN_LIMIT:
        text = f"with the derived columns that it reads written out '{column}' has {length} characters; {WRITTEN_LIMIT} are allowed"
        reader.refuse("TP238", text, setting.place, "load the column with the others, or make a metric of it")
