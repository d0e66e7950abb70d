"""Dated parents: the tables that say who held a subject from when to when."""

from __future__ import annotations

from typing import cast

from attrs import evolve

from trigpoint.model.subject import COMPANY, Holding, Subject
from trigpoint.model.table import Table
from trigpoint.rules.draft import Draft
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.tables import KEYS, column

IN_FORCE = 'write in_force = { from = "column", to = "column", to_is = "last day" } in the table'


def read_holdings(draft: Draft) -> None:
    """Adds to the subjects their dated parents, in the place where they were written."""
    for name, reader in draft.readers("subjects"):
        subject = draft.subjects.get(name)
        if subject is not None and subject.table is not None and name != COMPANY:
            draft.subjects[name] = _with_dated(draft, subject, reader)
    for name, reader in draft.readers("tables"):
        if name in draft.tables and reader.has("history"):
            own = next((each.name for each in draft.subjects.values() if each.table == name), "NAME")
            hint = f"write history = true in [subjects.{own}]"
            draft.problems.add("TP166", "'history' belongs to the subject", reader.setting.table["history"].key, hint)


def _with_dated(draft: Draft, subject: Subject, reader: Reader) -> Subject:
    written = reader.setting.table.get("parents")
    if written is None:
        return subject
    parents, dated = {}, {}
    for parent, setting in written.table.items():
        if parent not in subject.parents:
            continue  # refused, or cut out of a circle
        if not setting.table:
            parents[parent] = subject.parents[parent]
            continue
        with draft.making("road", f"{subject.table}.{parent}"):
            _check_parent(draft, parent, Reader("parents", written, reader.problems))
            holding = _holding(draft, subject, parent, Reader(f"parent '{parent}'", setting, reader.problems))
            parents[parent], dated[parent] = holding.column, holding
    return evolve(subject, parents=parents, dated=dated)


def _check_parent(draft: Draft, parent: str, reader: Reader) -> None:
    if parent == COMPANY:
        text = "everything belongs to the company without being told"
        reader.refuse("TP116", text, reader.setting.table[parent].key, "leave it out")
    reader.known_name(parent, draft.declared("subjects"), "subject")
    if parent not in draft.subjects:
        raise Unusable


def _holding(draft: Draft, subject: Subject, parent: str, reader: Reader) -> Holding:
    name = reader.known(reader.need("table"), draft.declared("tables"), "table")
    if name not in draft.tables or ("road", f"{name}.{subject.name}") in draft.broken:
        raise Unusable
    table = draft.tables[name]
    _check(reader, subject, parent, table)
    key = cast(str, column(reader, "column", table.columns, KEYS, name))
    return Holding(name, table.belongs_to[subject.name], key)


def _check(reader: Reader, subject: Subject, parent: str, table: Table) -> None:
    """The table must say whom it concerns, and from which day to which."""
    place = reader.place("table")
    if table.name == subject.table:
        text = f"'{table.name}' is the own table of {subject.name}: a dated parent stands in a table beside it"
        hint = f'write parents = {{ {parent} = "column" }}, and history = true if the own table has a row per stretch'
        reader.refuse("TP167", text, place, hint)
    if subject.name not in table.belongs_to:
        text = f"table '{table.name}' does not belong to {subject.name}, whose {parent} it is to tell"
        reader.refuse("TP167", text, place, f'write belongs_to = {{ {subject.name} = "column" }} in the table')
    if table.in_force is None:
        text = f"table '{table.name}' does not say from when to when a row holds"
        reader.refuse("TP167", text, place, IN_FORCE)
    for edge in (table.in_force.start, table.in_force.end):
        if (kind := table.columns.get(edge)) not in ("date", None):
            text = f"who holds whom changes from day to day: '{edge}' of table '{table.name}' is {kind}"
            reader.refuse("TP167", text, place, "make it a date column")
