"""Subjects of the rules: their own tables, keys and parents, and what belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from attrs import evolve

from trigpoint.model.expression import ValueType
from trigpoint.model.subject import COMPANY, Subject
from trigpoint.model.table import Table
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.graph import circles, shown
from trigpoint.rules.holdings import IN_FORCE, read_holdings
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.tables import KEYS, TIMES, column


def read_subjects(draft: Draft) -> None:
    """Every declared subject without `eligible`, and the company; then `belongs_to` of the tables."""
    for name, reader in draft.readers("subjects"):
        with draft.making("subject", name):
            draft.subjects[name] = _subject(name, reader, draft)
    draft.subjects[COMPANY] = Subject(COMPANY, table=None, key="key")
    _refuse_circles(draft)
    for name, reader in draft.readers("subjects"):
        if name in draft.subjects and name != COMPANY:
            draft.subjects[name] = evolve(draft.subjects[name], parents=_parents(draft, draft.subjects[name], reader))
    for name, reader in draft.readers("tables"):
        if name in draft.tables:
            draft.tables[name] = _owned(draft, draft.tables[name], reader)
    read_holdings(draft)
    _refuse_unfounded(draft)


def _subject(name: str, reader: Reader, draft: Draft) -> Subject:
    if name in (COMPANY, "points"):
        hint = "the company is the parent of everything without being declared" if name == COMPANY else None
        reader.refuse("TP116", f"a subject cannot be called '{name}'", reader.setting.key, hint)
    if not reader.has("table"):
        return _tableless(name, reader)
    table = _own_table(reader, draft)
    history = reader.word("history", False)
    if history and table.in_force is None:
        text = f"{reader.what} keeps history, and its table '{table.name}' does not say from when to when a row holds"
        reader.refuse("TP166", text, reader.place("history"), IN_FORCE)
    key = _key(reader, table, history)
    with going_on():
        column(reader, "label", table.columns, table=table.name)
    with going_on():
        column(reader, "since", table.columns, TIMES, table.name)
    _check_result_columns(reader, table, key)
    parents = {parent: str(each.value) for parent, each in reader.entries("parents")}
    return Subject(
        name,
        table.name,
        key,
        label=reader.text("label"),
        since=reader.text("since"),
        young=reader.word("young", "no data"),
        parents=parents,
        history=history,
    )


def _tableless(name: str, reader: Reader) -> Subject:
    """A subject whose keys are the values found in its children: there is nothing else to know about it."""
    for key in ("key", "label", "since", "young", "parents", "history"):
        if reader.has(key):
            text = f"{reader.what} has no table, so '{key}' has no meaning"
            hint = "leave it out, or name the subject's own table"
            reader.problems.add("TP164", text, reader.setting.table[key].key, hint)
    return Subject(name, table=None, key="key")


def _own_table(reader: Reader, draft: Draft) -> Table:
    found = reader.need("table")
    known = reader.known(found, draft.declared("tables"), "table")
    if known not in draft.tables:
        raise Unusable
    other = next((each.name for each in draft.subjects.values() if each.table == known), None)
    if other is not None:
        reader.refuse("TP115", f"table '{known}' is already the own table of subject '{other}'", found.place)
    return draft.tables[known]


def _key(reader: Reader, table: Table, history: bool) -> str:
    """The key column, from the subject or its own table; it is text, as all keys are stored.

    The key of a table with history is that of the subject and the start of the stretch.
    """
    start = table.in_force.start if table.in_force is not None and history else None
    key = column(reader, "key", table.columns, KEYS, table.name)
    alone = [name for name in table.key if name != start]
    if key is None and len(alone) != 1:
        reader.refuse("TP107", f"{reader.what} has no 'key'", reader.setting.key, "name the column with its key")
    if key is None and table.columns[alone[0]] != "text":
        text = f"the key of {reader.what} must be a text column: '{alone[0]}' is {table.columns[alone[0]]}"
        reader.refuse("TP121", text, reader.setting.key)
    key = key or alone[0]
    if table.key and set(table.key) != {key, start or key}:
        text = f"{reader.what} has the key '{key}', its table '{table.name}' has {', '.join(table.key)}"
        rows = f"per {key} and {start}" if start else "per subject"
        reader.refuse("TP123", text, reader.place("key"), f"a subject's own table has one row {rows}")
    return key


def _check_result_columns(reader: Reader, table: Table, key: str) -> None:
    """`key` and `label` are columns of every result: a subject's column of that name must be just that."""
    for name, column_name in (("key", key), ("label", reader.text("label") or key)):
        if name in table.columns and column_name != name:
            text = f"column '{name}' of table '{table.name}' is not the {name} of {reader.what}"
            hint = f'rename it, with columns = {{ other_name = "{name}" }} in its source'
            reader.problems.add("TP116", text, reader.place("table"), hint)


def _refuse_circles(draft: Draft) -> None:
    """Parents in a circle are told, and cut, so that everything else can be checked."""
    needs = {name: list(subject.parents) for name, subject in draft.subjects.items()}
    for circle in circles(needs):
        setting = draft.settings.table["subjects"].table[circle[0]].table["parents"].table[circle[1]]
        draft.problems.add("TP114", f"subjects are each other's parents: {shown(circle)}", setting.key)
        draft.broken.add(("road", circle[0]))
        for name in circle[:-1]:
            parents = {parent: key for parent, key in draft.subjects[name].parents.items() if parent not in circle}
            draft.subjects[name] = evolve(draft.subjects[name], parents=parents)


def _parents(draft: Draft, subject: Subject, reader: Reader) -> dict[str, str]:
    """The parents with the columns of the own table; those that are dated are only named here."""
    found = reader.setting.table.get("parents")
    if found is None or subject.table is None:
        return {}
    stored = {name: each for name, each in found.table.items() if not each.table}
    owners = _owners(
        draft, Reader("parents", evolve(found, value=stored), reader.problems), draft.tables[subject.table]
    )
    dated = {name: "" for name in found.table if name not in stored}
    return {name: key for name, key in {**owners, **dated}.items() if name in subject.parents}


def _owners(draft: Draft, reader: Reader, table: Table) -> dict[str, str]:
    """Subjects and the columns with their keys, each checked; the wrong ones are told and left out."""
    owners = {}
    for name in reader.setting.table:
        with draft.making("road", f"{table.name}.{name}"):
            if name == COMPANY:
                text = "everything belongs to the company without being told"
                reader.refuse("TP116", text, reader.setting.table[name].key, "leave it out")
            reader.known_name(name, draft.declared("subjects"), "subject")
            owners[name] = cast(str, column(reader, name, table.columns, KEYS, table.name))
    return {name: key for name, key in owners.items() if name in draft.subjects}


def _owned(draft: Draft, table: Table, reader: Reader) -> Table:
    """The table with all it belongs to; a subject's own table belongs to the subject, and is told apart by its key."""
    found = reader.setting.table.get("belongs_to")
    owners: Mapping[str, str] = {}
    if found is not None:
        owners = _owners(draft, Reader("belongs_to", found, reader.problems), table)
    own = next((each for each in draft.subjects.values() if each.table == table.name), None)
    if own is None:
        return evolve(table, belongs_to=owners)
    if owners.get(own.name, own.key) != own.key:
        text = f"the rows of '{table.name}' belong to {own.name} by its key '{own.key}', not by '{owners[own.name]}'"
        draft.problems.add("TP123", text, reader.place("belongs_to"), f"leave {own.name} out: it is implied")
    start = (table.in_force.start,) if own.history and table.in_force is not None else ()
    return evolve(table, belongs_to={**owners, own.name: own.key}, key=table.key or (own.key, *start))


def _refuse_unfounded(draft: Draft) -> None:
    """A subject without a table needs a child in which its keys can be found; that is the last thing to be told."""
    parents = {parent for subject in draft.subjects.values() for parent in subject.parents}
    for name, reader in draft.readers("subjects"):
        subject = draft.subjects.get(name)
        if subject is not None and subject.table is None and name not in parents and not draft.gaps:
            text = f"{reader.what} has no table and no children: its keys cannot be found"
            hint = f'write parents = {{ {name} = "column" }} in the subject below it, or name its own table'
            draft.problems.add("TP165", text, reader.setting.key, hint)


def own_columns(draft: Draft, subject: str) -> dict[str, ValueType]:
    """The columns of a subject's own table, derived ones too."""
    table = draft.own_table(subject)
    return {} if table is None else draft.columns_of(table)
