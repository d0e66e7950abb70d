"""From samples to tables: names, types, keys, who the rows belong to, and when they apply."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from trigpoint.draft.keys import with_key
from trigpoint.draft.names import singular, table_names
from trigpoint.draft.sample import Sample
from trigpoint.draft.table import DraftTable, table_of, usual_writing, with_texts
from trigpoint.language import RESERVED_NAMES
from trigpoint.model.subject import COMPANY

MOST_KNOWN = 0.5  # of the cells of a column are keys of a subject: the column points to it
ACCOUNT_WORDS = (
    "account",
    "customer",
    "client",
    "company",
    "organisation",
    "organization",
    "tenant",
    "workspace",
    "kunde",
    "kunden",
)
NOT_FOR_SUBJECTS = RESERVED_NAMES | {COMPANY, "points"}


@frozen
class DraftSubject:
    """A kind of thing that other tables point to by its key."""

    name: str
    table: str
    key: str
    label: str | None
    parents: Mapping[str, str]


def draft_tables(samples: Sequence[Sample]) -> tuple[list[DraftTable], list[DraftSubject]]:
    """All tables with their links, and the subjects that they make."""
    names = table_names([sample.path.name.split(".")[0] for sample in samples])
    usual = usual_writing(samples)
    bare = [table_of(name, sample, usual) for name, sample in zip(names, samples, strict=True)]
    tables = [with_key(table, [other for other in bare if other is not table]) for table in bare]
    subjects = _subjects(tables)
    owned = {subject.table: subject for subject in subjects}
    linked = [_with_time(_with_owners(table, tables, subjects), table.name in owned) for table in tables]
    return [with_texts(table, _key_columns(table, owned.get(table.name))) for table in linked], subjects


def _key_columns(table: DraftTable, own: DraftSubject | None) -> set[str]:
    """The columns that hold keys of subjects."""
    return {*table.belongs_to.values(), *((own.key, *own.parents.values()) if own else ())}


def _subjects(tables: Sequence[DraftTable]) -> list[DraftSubject]:
    """Tables whose key stands in other tables; else the one table that looks like customers, or that there is."""
    keyed = [table for table in tables if table.key]
    pointed = {table.name: [_link(other, table) for other in tables if other is not table] for table in keyed}
    chosen = [table for table in keyed if any(pointed[table.name])]
    if not chosen:
        chosen = [table for table in keyed if singular(table.name) in ACCOUNT_WORDS] or keyed[:1]
    names = {table.name: _subject_name(table) for table in chosen}
    subjects = []
    for table in chosen:
        links = {names[other.name]: _link(table, other) for other in chosen if other is not table}
        parents = {name: column for name, column in links.items() if column}
        subjects.append(DraftSubject(names[table.name], table.name, str(table.key), _label(table), parents))
    return sorted(_without_circles(subjects), key=_first_the_account)


def _subject_name(table: DraftTable) -> str:
    name = singular(table.name)
    return f"{name}_row" if name in NOT_FOR_SUBJECTS else name


def _without_circles(subjects: list[DraftSubject]) -> list[DraftSubject]:
    """Two tables that point at each other give no parent: which one owns the other is for a person to say."""
    above = {subject.name: set(subject.parents) for subject in subjects}
    kept = []
    for subject in subjects:
        parents = {name: column for name, column in subject.parents.items() if not reaches(above, name, subject.name)}
        kept.append(evolve(subject, parents=parents))
    return kept


def reaches(above: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether the parents of a subject, and theirs, lead to another."""
    seen, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            todo += above.get(name, ())
    return False


def _first_the_account(subject: DraftSubject) -> tuple[int, str]:
    known = subject.name in ACCOUNT_WORDS
    return (ACCOUNT_WORDS.index(subject.name) if known else len(ACCOUNT_WORDS) + len(subject.parents), subject.name)


def _link(table: DraftTable, target: DraftTable) -> str | None:
    """The column of `table` that holds keys of `target`: called like it, and mostly known there."""
    if not target.key:
        return None
    names = {f"{singular(target.name)}_id", f"{singular(target.name)}_key", singular(target.name)}
    if target.key not in ("id", "uuid"):
        names.add(target.key)
    known = target.column(target.key).distinct
    for column in table.columns:
        pointing = column.name in names and column.name != table.key and column.distinct
        if pointing and len(column.distinct & known) >= MOST_KNOWN * len(column.distinct):
            return column.name
    return None


def _label(table: DraftTable) -> str | None:
    wanted = ("name", f"{singular(table.name)}_name", "title", "full_name")
    texts = [column.name for column in table.columns if column.guess.type == "text"]
    return next((name for name in wanted if name in texts), None)


def _with_owners(table: DraftTable, tables: Sequence[DraftTable], subjects: Sequence[DraftSubject]) -> DraftTable:
    """The nearest subjects only: what hangs on a subscription reaches the account through it."""
    if any(subject.table == table.name for subject in subjects):
        return table
    by_name = {each.name: each for each in tables}
    links = {subject.name: _link(table, by_name[subject.table]) for subject in subjects}
    found = {name: column for name, column in links.items() if column}
    above = {subject.name: set(subject.parents) for subject in subjects}
    nearest = {
        name: column
        for name, column in found.items()
        if not any(other != name and reaches(above, other, name) for other in found)
    }
    notes = [*table.notes]
    for name, column in nearest.items():
        subject = next(each for each in subjects if each.name == name)
        strange = len(table.column(column).distinct - by_name[subject.table].column(subject.key).distinct)
        if strange:
            notes.append(f"{strange} values of {column} are no known {name}: their rows count nowhere")
    return evolve(table, belongs_to=nearest, notes=tuple(notes))


def _with_time(table: DraftTable, is_subject: bool) -> DraftTable:
    """The one dated column that is never blank; where there are several, a person has to say."""
    dated = [column for column in table.columns if column.guess.type in ("date", "timestamp")]
    if is_subject or not dated:
        return table
    always = [column for column in dated if not column.blank]
    if len(always) == 1 and not re.search(r"(^|_)(end|due|until|expir\w*|renewal)(_|$)", always[0].name):
        return evolve(table, time=always[0].name)
    names = ", ".join(column.name for column in dated)
    note = f"say which column is the time of a row (time = ...): {names}; without it no window can be used"
    return evolve(table, notes=(*table.notes, note))
