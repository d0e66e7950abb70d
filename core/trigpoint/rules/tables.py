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
KEYS: tuple[ValueType, ...] = ("text",)  # all keys are stored as text: 7 and 007 stay two of them


def read_tables(draft: Draft) -> None:
    """Every declared table, without `belongs_to` and `derived`, which need the subjects."""
    for name, reader in draft.readers("tables"):
        with draft.making("table", name):
            draft.tables[name] = _table(name, reader)


def _table(name: str, reader: Reader) -> Table:
    columns = _columns(reader)
    time: str | None = None
    known_row: str | None = None
    known: Mapping[str, str] = {}
    with going_on():
        time = column(reader, "time", columns, TIMES)
    with going_on():
        known_row, known = _known(reader, columns)
    table = Table(name, columns, time=time, known_row=known_row, known=known)
    with going_on():
        table = evolve(table, key=_key(reader, columns))
    with going_on():
        table = evolve(table, in_force=_in_force(reader, columns))
    with going_on():
        table = evolve(table, since=reader.day("since"), duplicates=reader.word("duplicates", table.duplicates))
    with going_on():
        table = evolve(table, fresh=_fresh(reader, table))
    return table


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
    name = reader.known(found, columns, f"column of table '{table}'" if table else "column")
    if types and columns[name] not in types:
        text = f"'{key}' must be a {listed(types, 'or').replace(chr(39), '')} column: '{name}' is {columns[name]}"
        reader.refuse("TP121", text, found.place)
    return name


def _key(reader: Reader, columns: Mapping[str, ValueType]) -> tuple[str, ...]:
    found = reader.get("key")
    return () if found is None else tuple(reader.known(each, columns, "column") for each in found.items)


def _known(reader: Reader, columns: Mapping[str, ValueType]) -> tuple[str | None, dict[str, str]]:
    """The column that says when a row was known, and those that say it for single columns."""
    found = reader.get("known")
    known: dict[str, str] = {}
    if found is None:
        return None, known
    inner = Reader("known", found, reader.problems)
    for name in found.table:
        with going_on():
            if name != "row" and name not in columns:
                text = f"'{name}' is neither a column nor 'row'"
                reader.refuse("TP104", text, found.table[name].key, did_you_mean(name, (*columns, "row")))
            known[name] = cast(str, column(inner, name, columns, TIMES))
    return known.pop("row", None), known


def _in_force(reader: Reader, columns: Mapping[str, ValueType]) -> InForce | None:
    found = reader.get("in_force")
    if found is None:
        return None
    inner = Reader("in_force", found, reader.problems)
    hint = 'write to_is = "last day" if the end still counts, or "first day without"'
    for key in ("from", "to", "to_is"):
        inner.need(key, hint if key == "to_is" else None)
    start, end = column(inner, "from", columns, TIMES), column(inner, "to", columns, TIMES)
    return InForce(cast(str, start), cast(str, end), inner.word("to_is", "last day"))


def _fresh(reader: Reader, table: Table) -> Fresh:
    found = reader.get("fresh")
    if found is None:
        return Fresh()
    if table.time is None and "time" not in reader.setting.table:
        reader.refuse("TP121", f"{reader.what} has 'fresh' but no 'time'", found.key, "name the time column")
    inner = Reader("fresh", found, reader.problems)
    return Fresh(inner.length("warn"), inner.length("error"))
