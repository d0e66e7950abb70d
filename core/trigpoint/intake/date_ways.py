"""How dates that cannot be read may be written: the settings of the source that would read them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence

from trigpoint.intake.quarantine import Quarantine
from trigpoint.model.project import SourceSettings

USUAL = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
)  # fmt: skip
LOOKED_AT = 1000  # rows
_NO_DATE = re.compile(r"(\w+) is no (?:date|timestamp) written as ")
_CLOCK = re.compile(r"[ T]\d\d?:\d\d(:\d\d)?([.,]\d+)?$")


def date_ways(settings: SourceSettings, quarantine: Quarantine, rows: int) -> Iterator[str]:
    """The setting to write where most of all rows fail by a date; nothing else."""
    failed = {found[1]: count for reason, count in quarantine.reasons.items() if (found := _NO_DATE.match(reason))}
    if max(failed.values(), default=0) * 2 <= rows:
        return
    guessed = {column: _formats(_cells(quarantine, column)) for column in failed}
    known = [guess for guess in guessed.values() if guess]
    shared = [form for form in USUAL if all(form in guess for guess in known)] if known else []
    if not known or (settings.date_format is None and shared):
        yield _in_words("date_format", shared)
        return
    named = {**settings.formats, **{column: guess[0] for column, guess in guessed.items() if guess}}
    yield f"formats = {{ {', '.join(f'{column} = {json.dumps(form)}' for column, form in named.items())} }}"


def _in_words(key: str, guess: Sequence[str]) -> str:
    match guess:
        case []:
            return f'{key} = "...", such as "%d.%m.%Y" for 31.12.2026'
        case [only]:
            return f'{key} = "{only}"'
        case _:
            return " or ".join(f'{key} = "{each}"' for each in guess)


def _cells(quarantine: Quarantine, column: str) -> list[str]:
    """The first cells of a column that are no dates, as they are shown."""
    shown = re.compile(rf"(?:^|, ){re.escape(column)}='([^']*)'")
    found = (shown.search(row.excerpt) for row in quarantine.rows[:LOOKED_AT] if f"{column} is no" in row.reason)
    return [_CLOCK.sub("", each[1].strip()) for each in found if each]


def _formats(cells: Sequence[str]) -> tuple[str, ...]:
    """The usual formats that read most of the cells; several where the cells do not tell them apart."""
    read = {each: sum(_reads(each, cell) for cell in cells) for each in USUAL}
    best = max(read.values())
    return tuple(each for each, count in read.items() if count == best) if best * 2 > len(cells) else ()


def _reads(form: str, cell: str) -> bool:
    try:
        dt.datetime.strptime(cell, form)
    except ValueError:
        return False
    return True
