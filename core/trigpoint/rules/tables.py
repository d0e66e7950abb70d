"""Tables of the rules: typed columns, and which of them say when, whose and since when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast

from attrs import evolve

from trigpoint.errors import Place
from trigpoint.language import RESERVED_NAMES
from trigpoint.model.expression import ValueType
from trigpoint.model.table import Fresh, InForce, Table
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.wording import did_you_mean, listed

TIMES: tuple[ValueType, ...] = ("date", "timestamp")
# What SQLite answers itself: its catalogue, and tables that are functions.
_KEPT = ("sqlite_", "pragma_", "json_each", "json_tree", "dbstat")
KEYS: tuple[ValueType, ...] = ("text",)  # all keys are stored as text: 7 and 007 stay two of them


def read_tables(draft: Draft) -> None:
    """Every declared table, without `belongs_to` and `derived`, which need the subjects."""
    for name, reader in draft.readers("tables"):
        with draft.making("table", name):
            if name.startswith(_KEPT) or name in _KEPT:
                text = f"a table cannot be called '{name}': the database keeps that name for itself"
                reader.refuse("TP116", text, reader.setting.key, "choose another name")
            draft.tables[name] = _table(name, reader)


def _table(name: str, reader: Reader) -> Table:
    """One table. What was refused is kept as it was written, so that nothing else is refused because of it."""
    columns = _columns(reader)
    table = Table(name, columns, time=_written(reader, "time"))
    with going_on():
        column(reader, "time", columns, TIMES)
    with going_on():
        known_row, known = _known(reader, columns)
        table = evolve(table, known_row=known_row, known=known)
    with going_on():
        table = evolve(table, key=_key(reader, columns))
    with going_on():
        table = evolve(table, in_force=_in_force(reader, columns))
    with going_on():
        table = evolve(table, since=reader.day("since"), duplicates=reader.word("duplicates", table.duplicates))
    with going_on():
        table = evolve(table, fresh=_fresh(reader, table))
    return table


def _written(reader: Reader, key: str) -> str | None:
    found = reader.setting.table.get(key)
    return None if found is None else str(found.value)


def _columns(reader: Reader) -> dict[str, ValueType]:
    declared = reader.need("columns", 'write columns = { account_id = "text", ... }').table
    if not declared:
        reader.refuse("TP107", f"{reader.what} has no columns", reader.place("columns"))
    columns: dict[str, ValueType] = {}
    for name, setting in declared.items():
        refuse_reserved(reader, name, setting.key)
        if isinstance(setting.value, str):
            columns[name] = cast(ValueType, setting.value)
    if len(columns) < len(declared):
        raise Unusable
    return columns


def refuse_reserved(reader: Reader, name: str, place: Place) -> None:
    """Note a column or metric whose name means something else in expressions."""
    if name in RESERVED_NAMES:
        reader.problems.add("TP116", f"'{name}' is a word of the language", place, "choose another name")


def column(
    reader: Reader, key: str, columns: Mapping[str, ValueType], types: Collection[ValueType] = (), table: str = ""
) -> str | None:
    """The column named under a key, which must be there and of one of `types`; None if the key is not set."""
    found = reader.get(key)
    if found is None:
        return None
    name = reader.known(found, columns, "column", f" of table '{table}'" if table else "")
    if types and columns[name] not in types:
        text = f"'{key}' must be a {listed(types, 'or').replace(chr(39), '')} column: '{name}' is {columns[name]}"
        reader.refuse("TP121", text, found.place)
    return name


def read_via(reader: Reader, table: Table, subjects: Collection[str]) -> dict[str, str]:
    """The roads that a metric chooses: subjects, and the columns of `table` with their keys."""
    found = reader.get("via")
    if found is None:
        return {}
    inner = Reader("via", found, reader.problems)
    for name in found.table:
        inner.known_name(name, subjects, "subject")
    return {name: cast(str, column(inner, name, table.columns, KEYS, table.name)) for name in found.table}


def _key(reader: Reader, columns: Mapping[str, ValueType]) -> tuple[str, ...]:
    found = reader.get("key")
    for each in () if found is None else found.items:
        with going_on():
            reader.known(each, columns, "column")
    return () if found is None else tuple(str(each.value) for each in found.items)


def _known(reader: Reader, columns: Mapping[str, ValueType]) -> tuple[str | None, dict[str, str]]:
    """The column that says when a row was known, and those that say it for single columns."""
    found = reader.get("known")
    if found is None:
        return None, {}
    inner = Reader(f"'known' of {reader.what}", found, reader.problems)
    known = {}
    for name, setting in found.table.items():
        with going_on():
            known[name] = str(setting.value)
            if name != "row" and name not in columns:
                text = f"'{name}' is neither a column nor 'row'"
                reader.refuse("TP104", text, setting.key, did_you_mean(name, (*columns, "row")))
            column(inner, name, columns, TIMES)
    return known.pop("row", None), known


def _in_force(reader: Reader, columns: Mapping[str, ValueType]) -> InForce | None:
    found = reader.get("in_force")
    if found is None:
        return None
    inner = Reader(f"'in_force' of {reader.what}", found, reader.problems)
    for key in ("from", "to"):
        with going_on():
            inner.need(key)
            column(inner, key, columns, TIMES)
    in_force = InForce(str(_written(inner, "from")), str(_written(inner, "to")), "last day")
    with going_on():
        inner.need("to_is", 'write to_is = "last day" if the end still counts, or "first day without"')
        in_force = evolve(in_force, end_is=inner.word("to_is", "last day"))
    return in_force


def _fresh(reader: Reader, table: Table) -> Fresh:
    found = reader.get("fresh")
    if found is None:
        return Fresh()
    if table.time is None:
        reader.refuse("TP121", f"{reader.what} has 'fresh' but no 'time'", found.key, "name the time column")
    inner = Reader(f"'fresh' of {reader.what}", found, reader.problems)
    return Fresh(inner.length("warn"), inner.length("error"))
