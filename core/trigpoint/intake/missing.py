"""A column that the table declares and the file does not have: what it may be called there, or how to do without it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from trigpoint.errors import Problem
from trigpoint.model.project import SourceSettings

ALIKE = 0.7  # how alike two names must be to be told: below, a hint misleads
SHOWN_NAMES = 30


def missing_columns(settings: SourceSettings, file: str, missing: Sequence[str], header: Sequence[str]) -> Problem:
    """One problem (TP402) for all columns of a table that are not in a file."""
    theirs = [settings.columns.get(name, name) for name in missing]
    listed = ", ".join(
        f"'{their}'" + (f" for '{name}'" if their != name else "") for name, their in zip(missing, theirs, strict=True)
    )
    what = "column" if len(missing) == 1 else "columns"
    more = ", ..." if len(header) > SHOWN_NAMES else ""
    text = f"source '{settings.name}': {file} has no {what} {listed}; its header is: {', '.join(header[:SHOWN_NAMES])}{more}"
    free = [name for name in header if name not in settings.columns.values()]
    return Problem("TP402", text, settings.place, way_out(settings.table, missing, theirs, free))


def way_out(table: str, missing: Sequence[str], theirs: Sequence[str], there: Sequence[str]) -> str:
    """The names that may be meant, in the words of the project file; else how the rules do without the column."""
    folded = {_folded(name): name for name in reversed(there)}
    found = {
        name: folded[close[0]]
        for name, their in zip(missing, theirs, strict=True)
        if (close := difflib.get_close_matches(_folded(their), folded, 1, ALIKE))
    }
    mapped = ", ".join(f'{name} = "{found.get(name, "...")}"' for name in missing)
    ways = [f"did you mean {mapped}? Write it in columns" if found else f"write columns = {{ {mapped} }}"]
    if without := [name for name in missing if name not in found]:
        settings = "; ".join(f"{name} = false" for name in without)
        ways.append(f"if the file has no such column, write in a rule file [tables.{table}.columns] {settings}")
    return "; ".join(ways)


def _folded(name: str) -> str:
    return re.sub(r"\W+", "_", name.casefold())
