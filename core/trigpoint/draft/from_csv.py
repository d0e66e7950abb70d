"""Drafts sources, tables and subjects from a folder of CSV files; what cannot be known is asked in a comment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from trigpoint.draft.sample import MOST_ROWS, Sample, is_table, read_sample
from trigpoint.draft.table import DraftTable
from trigpoint.draft.tables import DraftSubject, draft_tables, reaches
from trigpoint.draft.toml_text import array, comment, inline, quoted
from trigpoint.errors import InputError, Place, Problem, TrigpointError
from trigpoint.model.expression import NUMERIC

USUAL_BAD_ROWS = 0.01  # what a source bears where it does not say max_bad_rows
DATES_AND_TIMES = ("date", "timestamp")


@frozen
class Draft:
    """Text for the project file and the rules, and what a person should look at."""

    sources: str
    rules: str
    tables: tuple[DraftTable, ...]
    subjects: tuple[DraftSubject, ...]
    remarks: tuple[str, ...]


def draft_from_csv(folder: Path, root: Path) -> Draft:
    """The draft for a project at `root`. Raises InputError with all files that cannot be understood."""
    if not folder.is_dir():
        raise InputError.of("TP352", f"there is no folder {folder}", hint="name the folder that holds the CSV files")
    samples: list[Sample] = []
    problems: list[Problem] = []
    for path in sorted(path for path in folder.iterdir() if is_table(path)):
        try:
            samples.append(read_sample(path))
        except TrigpointError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    if not samples:
        hint = "files that end in .csv, .tsv, .csv.gz or .tsv.gz are read"
        raise InputError(Problem("TP352", "no CSV files here", Place(str(folder)), hint))
    tables, subjects = draft_tables(samples)
    sources = "\n".join(_source(table, root) for table in tables)
    rules = "\n".join(
        (_head(), *map(_subject, subjects), *map(_table, tables), _metrics(tables, subjects), _card(tables, subjects))
    )
    return Draft(sources, rules, tuple(tables), tuple(subjects), _remarks(tables, subjects))


def _source(table: DraftTable, root: Path) -> str:
    lines = [f"[sources.{table.name}]", 'plugin = "files"', f"path = {quoted(_path(table.path, root))}"]
    if table.delimiter not in (",", "\t"):
        lines.append(f"delimiter = {quoted(table.delimiter)}")
    if table.encoding:
        lines.append(f"encoding = {quoted(table.encoding)}")
    lines += [*_numbers(table), *_bad_rows(table)]
    renamed = {column.name: column.theirs for column in table.columns if column.name != column.theirs}
    if renamed:
        lines.append(f"columns = {inline(renamed)}")
    return "\n".join([*lines, *_formats(table)]) + "\n"


def _numbers(table: DraftTable) -> list[str]:
    lines = []
    if any(column.guess.type in NUMERIC for column in table.columns):
        lines += ['decimal = ","'] if table.writing.decimal == "," else []
        lines += [f"thousands = {quoted(table.writing.thousands)}"] if table.writing.thousands else []
    if table.no_data:
        lines.append(f"blank = {array(table.no_data)}  # these mean no data, in every column of the file")
    return lines


def _bad_rows(table: DraftTable) -> list[str]:
    """More doubled keys than a load bears without being told."""
    if table.doubled <= int(USUAL_BAD_ROWS * table.rows):
        return []
    told = "the row whose key is doubled" if table.doubled == 1 else "the rows whose keys are doubled"
    return [f"max_bad_rows = {table.doubled}  # {told}"]


def _path(path: Path, root: Path) -> str:
    """Beside or below the project: relative, so that the folder can move; elsewhere: absolute."""
    relative = os.path.relpath(path.resolve(), root.resolve())
    return str(path.resolve()) if relative.startswith(os.path.join("..", "..")) else relative.replace(os.sep, "/")


def _formats(table: DraftTable) -> list[str]:
    written = {column.name: column.guess.format for column in table.columns if column.guess.format}
    days = {form for name, form in written.items() if form and table.column(name).guess.type == "date"}
    lines = []
    iso_days = any(column.guess.type == "date" and not column.guess.format for column in table.columns)
    if len(days) == 1 and not iso_days:
        shared = days.pop()
        lines.append(f"date_format = {quoted(shared)}")
        written = {name: form for name, form in written.items() if form != shared}
    if written:
        lines.append(f"formats = {inline({name: str(form) for name, form in written.items()})}")
    return lines


def _head() -> str:
    return "#:schema ../.trigpoint/rules.schema.json\n"


def _subject(subject: DraftSubject) -> str:
    lines = [f"[subjects.{subject.name}]", f"table = {quoted(subject.table)}", f"key = {quoted(subject.key)}"]
    if subject.label:
        lines.append(f"label = {quoted(subject.label)}")
    if subject.parents:
        lines.append(f"parents = {inline(subject.parents)}")
    return "\n".join(lines) + "\n"


def _table(table: DraftTable) -> str:
    more = "" if table.complete else f" and more: the first {MOST_ROWS:,} were looked at"
    lines = [comment(f"{table.path.name}: {table.rows:,} rows{more}"), *map(comment, table.notes)]
    lines.append(f"[tables.{table.name}]")
    if table.key:
        lines.append(f"key = {array([table.key])}")
    if table.belongs_to:
        lines.append(f"belongs_to = {inline(table.belongs_to)}")
    if table.time:
        lines.append(f"time = {quoted(table.time)}")
    lines += [*_in_force(table), f"[tables.{table.name}.columns]"]
    for column in table.columns:
        note = f"  {comment(column.guess.note)}" if column.guess.note else ""
        lines.append(f"{column.name} = {quoted(column.guess.type)}{note}")
    return "\n".join(lines) + "\n"


def _in_force(table: DraftTable) -> list[str]:
    """Whether the end counts decides every sum over a contract's life, so it is asked, not guessed."""
    days = [column.name for column in table.columns if column.guess.type in DATES_AND_TIMES]
    start = next((name for name in days if name.startswith("start")), None)
    end = next((name for name in days if name.startswith("end")), None)
    if not start or not end:
        return []
    return [
        '# Does a row still hold on its end date? Then "last day"; else "first day without". Take the # away:',
        f"# in_force = {inline({'from': start, 'to': end, 'to_is': 'last day'})}",
    ]


def _metrics(tables: Sequence[DraftTable], subjects: Sequence[DraftSubject]) -> str:
    """A count for each table of facts: true whatever the facts mean, and something to look at at once."""
    blocks = []
    for table in tables:
        if not table.belongs_to:
            continue
        lines = [f"[metrics.{metric_name(table)}]"]
        if reached := _reached(table, subjects):
            lines.append(f"subject = {quoted(reached)}")
        lines += [f"from = {quoted(table.name)}", 'value = "count(*)"']
        lines += ['window = "28 days"'] if table.time else []
        blocks.append("\n".join([*lines, "empty = 0"]) + "\n")
    return "\n".join(blocks)


def _reached(table: DraftTable, subjects: Sequence[DraftSubject]) -> str | None:
    """The subject that will be scored, if the rows of the table lead to it."""
    above = {subject.name: set(subject.parents) for subject in subjects}
    return subjects[0].name if any(reaches(above, name, subjects[0].name) for name in table.belongs_to) else None


def metric_name(table: DraftTable) -> str:
    """What the count of a table's rows is called."""
    return f"{table.name[:48]}_28_days" if table.time else f"{table.name[:48]}_rows"


def _card(tables: Sequence[DraftTable], subjects: Sequence[DraftSubject]) -> str:
    """A scorecard to fill in. Which values are good is for the owner to say, so it begins as a comment."""
    counted = [table for table in tables if table.belongs_to]
    if not subjects or not counted:
        return ""
    lines = [
        "# The first scorecard. Look at the values first (trigpoint metrics ...), then say which value is worth",
        "# 0 points and which 100, and take the # away. `missing` says what happens where there is no data.",
        "# [scorecards.health]",
        f"# subject = {quoted(subjects[0].name)}",
        '# missing = "skip"',
        "# bands = { healthy = 70, watch = 45, at_risk = 0 }",
        "# [scorecards.health.measures]",
    ]
    names = [metric_name(table) for table in counted]
    width = max(len(table.name) for table in counted)
    for table, name in zip(counted, names, strict=True):
        lines.append(f"# {table.name:<{width}} = {{ metric = {quoted(name)}, weight = 1, linear = [0, 20] }}")
    return "\n".join(lines) + "\n"


def _remarks(tables: Sequence[DraftTable], subjects: Sequence[DraftSubject]) -> tuple[str, ...]:
    """What the drafting could not know, one line each."""
    said = [f"{table.name}: {note}" for table in tables for note in table.notes]
    said += [
        f"{table.name}: say whether a row holds on its end date (in_force)" for table in tables if _in_force(table)
    ]
    for table in tables:
        said += [f"{table.name}.{column.name}: {column.guess.note}" for column in table.columns if column.guess.note]
        if not table.belongs_to and not any(subject.table == table.name for subject in subjects):
            said.append(f"{table.name}: no column points to a subject; its rows count nowhere until belongs_to says so")
    if not subjects:
        said.append("no table has a key, so nothing can be scored yet: declare a subject (see docs/reference)")
    return tuple(said)
