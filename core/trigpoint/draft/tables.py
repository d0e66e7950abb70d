"""From samples to tables: names, types, keys, who the rows belong to, and when they apply."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from attrs import evolve, field, frozen

from trigpoint.draft.columns import Guess, guess_type, settle
from trigpoint.draft.sample import Sample
from trigpoint.language import RESERVED_NAMES
from trigpoint.model.subject import COMPANY

NEARLY_ALL = 0.99  # of the rows of a key column differ: a key with a few doubled rows
MOST_KNOWN = 0.5  # of the cells of a column are keys of a subject: the column points to it
ACCOUNT_WORDS = ("account", "customer", "client", "company", "organisation", "organization", "tenant", "workspace")
NOT_FOR_COLUMNS = RESERVED_NAMES | {"key", "label"}  # the value row has columns of these names
NOT_FOR_SUBJECTS = RESERVED_NAMES | {COMPANY, "points"}


@frozen
class DraftColumn:
    """A column: its name in the rules, in the file, and what its cells look like."""

    name: str
    theirs: str
    guess: Guess
    blank: int
    distinct: frozenset[str] = field(repr=False)


@frozen
class DraftTable:
    """A table as it could be declared. `notes` are remarks that a person should read."""

    name: str
    path: Path
    delimiter: str
    rows: int
    complete: bool
    columns: tuple[DraftColumn, ...]
    key: str | None = None
    belongs_to: Mapping[str, str] = field(factory=dict)
    time: str | None = None
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> DraftColumn:
        """The column of that name in the rules."""
        return next(column for column in self.columns if column.name == name)


@frozen
class DraftSubject:
    """A kind of thing that other tables point to by its key."""

    name: str
    table: str
    key: str
    label: str | None
    parents: Mapping[str, str]


def slug(text: str) -> str:
    """A name that the rules accept: small letters, digits, single underscores."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")[:60].rstrip("_")
    return name if name[:1].isalpha() else f"c_{name}".rstrip("_")


def singular(name: str) -> str:
    """accounts -> account, companies -> company, statuses -> status."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("uses", "us"), ("xes", "x"), ("s", "")):
        if name.endswith(ending) and len(name) > len(ending) + 1 and not name.endswith("ss"):
            return name[: -len(ending)] + instead
    return name


def draft_tables(samples: Sequence[Sample]) -> tuple[list[DraftTable], list[DraftSubject]]:
    """All tables with their links, and the subjects that they make."""
    names = _table_names(samples)
    tables = [_table(name, sample, names) for name, sample in zip(names, samples, strict=True)]
    subjects = _subjects(tables)
    owned = {subject.table for subject in subjects}
    return [_with_time(_with_owners(table, tables, subjects), table.name in owned) for table in tables], subjects


def _table_names(samples: Sequence[Sample]) -> list[str]:
    stems = [sample.path.name.split(".")[0] for sample in samples]
    words = [re.findall(r"[^-_ ]*[-_ ]?", stem) for stem in stems]
    shared = 0  # how many words all files begin with: "acme_accounts", "acme_usage"
    while len(stems) > 1 and len({tuple(each[: shared + 1]) for each in words}) == 1:
        shared += 1
    names = [slug("".join(each[shared:])) for each in words]
    return _unique([f"{name}_table" if name in RESERVED_NAMES else name for name in names])


def _unique(names: Sequence[str]) -> list[str]:
    seen: list[str] = []
    for name in names:
        count = 2
        fresh = name
        while fresh in seen:
            fresh, count = f"{name}_{count}", count + 1
        seen.append(fresh)
    return seen


def _table(name: str, sample: Sample, names: Sequence[str]) -> DraftTable:
    ours = [slug(theirs) for theirs in sample.columns]
    ours = _unique([f"{name}_column" if name in NOT_FOR_COLUMNS else name for name in ours])
    guesses = [guess_type(our, cells) for our, cells in zip(ours, sample.columns.values(), strict=True)]
    guesses = [settle(guess, guesses) for guess in guesses]
    columns = tuple(
        DraftColumn(our, theirs, guess, cells.count(""), frozenset(cells) - {""})
        for our, (theirs, cells), guess in zip(ours, sample.columns.items(), guesses, strict=True)
    )
    table = DraftTable(name, sample.path, sample.delimiter, sample.rows, sample.complete, columns)
    return _with_key(table, {f"{singular(other)}_id" for other in names if other != name})


def _with_key(table: DraftTable, others: Set[str]) -> DraftTable:
    """The column that tells the rows apart: unique, never blank, and called like a key; not like that of `others`."""
    wanted = (f"{singular(table.name)}_id", "id", f"{singular(table.name)}_key", "uuid", singular(table.name))
    for column in sorted(table.columns, key=lambda each: wanted.index(each.name) if each.name in wanted else 99):
        named = column.name in wanted or (column is table.columns[0] and column.name not in others)
        like_key = named and (column.name in wanted or column.name.endswith(("_id", "_key", "email")))
        if not like_key or column.blank or not table.rows or column.guess.type not in ("text", "integer"):
            continue
        doubled = table.rows - len(column.distinct)
        if doubled <= table.rows * (1 - NEARLY_ALL):
            notes = (f"{doubled} rows repeat a {column.name}: the first stays, the others are quarantined",)
            return evolve(table, key=column.name, notes=notes if doubled else ())
    return table


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
