"""A column that the table declares and the file does not have: what it may be called there, or that it is blank."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterable, Sequence

from trigpoint.errors import Problem
from trigpoint.model.project import SourceSettings
from trigpoint.model.source import Batch
from trigpoint.model.table import Table

ALIKE = 0.7  # how alike two names must be to be told: below, a hint misleads
SHOWN_NAMES = 30
SOME_NAME = "..."


def needed_columns(table: Table, own_key: Sequence[str] = ()) -> dict[str, str]:
    """The columns without which no row of a table counts, with what each is; `own_key` is that of a subject it is of."""
    needed = dict.fromkeys((*own_key, *table.key), "belongs to the key")
    for subject, column in table.belongs_to.items():
        needed.setdefault(column, f"says to which {subject} a row belongs")
    if table.time is not None:
        needed.setdefault(table.time, "is the time of a row")
    if table.known_row is not None:
        needed.setdefault(table.known_row, "says from when on a row is known")
    return needed


def missing_columns(
    settings: SourceSettings, batch: Batch, missing: Sequence[str], used: Collection[str], needed: Collection[str]
) -> Problem:
    """One problem (TP402) for all columns of a table that are not in a file; `used` are names of the file that others are."""
    theirs = {name: settings.columns.get(name, name) for name in missing}
    listed = ", ".join(f"'{their}'" + (f" for '{name}'" if their != name else "") for name, their in theirs.items())
    what = "column" if len(missing) == 1 else "columns"
    more = ", ..." if len(batch.header) > SHOWN_NAMES else ""
    header = ", ".join(batch.header[:SHOWN_NAMES])
    text = f"source '{settings.name}': {batch.file} has no {what} {listed}; its header is: {header}{more}"
    found = _meant(theirs.items(), [name for name in batch.header if name not in used])
    return Problem("TP402", text, settings.place, _way_out(settings, missing, found, needed))


def _meant(theirs: Iterable[tuple[str, str]], free: Sequence[str]) -> dict[str, str]:
    """The names of the file that may be meant, each for one column: the most alike first."""
    alike = [(_likeness(their, each), name, each) for name, their in theirs for each in free]
    found: dict[str, str] = {}
    for likeness, name, each in sorted(alike, key=lambda pair: -pair[0]):
        if likeness >= ALIKE and name not in found and each not in found.values():
            found[name] = each
    return found


def _likeness(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, _folded(one), _folded(other))
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0  # the quick one is never less


def _way_out(settings: SourceSettings, missing: Sequence[str], found: dict[str, str], needed: Collection[str]) -> str:
    """The whole setting `columns`: with the names that may be meant, and `false` for what may be blank."""
    blank = [name for name in missing if name not in found and name not in needed]
    named = {name: json.dumps(their, ensure_ascii=False) for name, their in settings.columns.items()}
    named |= {name: json.dumps(found.get(name, SOME_NAME), ensure_ascii=False) for name in missing}
    named |= dict.fromkeys((*sorted(settings.absent), *blank), "false")
    written = f"columns = {{ {', '.join(f'{name} = {value}' for name, value in named.items())} }}"
    way = f"did you mean {written}? Write it in the source" if found else f"write {written} in the source"
    return f"{way}; false: the file has no such column, and it is blank" if blank else way


def _folded(name: str) -> str:
    return re.sub(r"\W+", "_", name.casefold())
