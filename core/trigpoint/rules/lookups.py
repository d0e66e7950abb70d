"""Lookups of the rules: which value of which table stands for a key, and as of which date; what names they have where."""

from __future__ import annotations

from typing import cast

from trigpoint.language import KnownLookup
from trigpoint.model.expression import ValueType
from trigpoint.model.lookup import At, Lookup
from trigpoint.model.table import Table
from trigpoint.rules.draft import Draft
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.tables import KEYS, column

_NO_ROW = 'it looks at the day of a row (at = "row"), and there is no row here'


def read_lookups(draft: Draft) -> None:
    """Every declared lookup."""
    for name, reader in draft.readers("lookups"):
        with draft.making("lookup", name):
            draft.lookups[name] = _lookup(name, reader, draft)


def known_lookups(draft: Draft, table: Table | None = None) -> dict[str, KnownLookup]:
    """The lookups as expressions know them: on the rows of a table, or on a subject (None)."""
    return {name: _known(draft, each, table) for name, each in draft.lookups.items()}


def _known(draft: Draft, lookup: Lookup, table: Table | None) -> KnownLookup:
    kind: ValueType = draft.tables[lookup.table].columns[lookup.value]
    refused = None
    if lookup.at == "row" and table is None:
        refused = _NO_ROW
    elif lookup.at == "row" and table is not None and table.time is None:
        refused = f"it looks at the day of a row (at = \"row\"), and table '{table.name}' has no time"
    return KnownLookup(lookup.key, kind, row=lookup.at == "row", refused=refused)


def _lookup(name: str, reader: Reader, draft: Draft) -> Lookup:
    table = _table(reader, draft)
    key = _key(reader, table)
    reader.need("value", "name the column that is looked up")
    value = cast(str, column(reader, "value", table.columns, table=table.name))
    at = _at(reader, table)
    _refuse_ties(reader, table, key)
    return Lookup(name, table.name, key, value, at)


def _table(reader: Reader, draft: Draft) -> Table:
    found = reader.need("table", "name the table that is looked into")
    known = reader.known(found, draft.declared("tables"), "table")
    if known not in draft.tables:
        raise Unusable
    return draft.tables[known]


def _key(reader: Reader, table: Table) -> tuple[str, ...]:
    """The key columns, all texts: a key is compared with what a rule gives, as it was loaded."""
    columns = []
    for each in reader.need("key", 'write key = ["currency"]').items:
        name = reader.known(each, table.columns, "column", f" of table '{table.name}'")
        if table.columns[name] not in KEYS:
            text = f"the key of {reader.what} must be text columns: '{name}' is {table.columns[name]}"
            reader.refuse("TP121", text, each.place)
        columns.append(name)
    return tuple(columns)


def _at(reader: Reader, table: Table) -> At | None:
    """As of which date: needed exactly where the table has a time, because each choice gives other numbers."""
    at: At | None = reader.word("at", None)
    if at is None and table.time is not None:
        hint = 'write at = "fixed" (the run\'s date, never moved by ago), "as of" (the date at hand) or "row" (the fact\'s own day)'
        text = f"{reader.what} does not say as of which date: table '{table.name}' has a time"
        reader.refuse("TP157", text, reader.setting.key, hint)
    if at is not None and table.time is None:
        text = f"'at' has no meaning: table '{table.name}' has no time"
        reader.refuse("TP157", text, reader.setting.table["at"].key, "leave it out, or name the table's time column")
    return at


def _refuse_ties(reader: Reader, table: Table, key: tuple[str, ...]) -> None:
    """The table's own key keeps two rows from having one key (and time): which of them counted would be chance."""
    if not table.key or not set(table.key) <= {*key, table.time}:
        wanted = (*key, *([table.time] if table.time and table.time not in key else []))
        own = f"is {', '.join(table.key)}" if table.key else "is not declared"
        text = f"{reader.what} could find several rows: the key of table '{table.name}' {own}"
        listing = ", ".join(f'"{each}"' for each in wanted)
        reader.refuse("TP156", text, reader.place("key"), f"declare in the table: key = [{listing}]")
