"""Loads that bring only what is new: from which value of a growing column on a source is read.

The mark is the greatest value of that column that the last load brought, and is kept with a digest of all that decides
what the rows become; where that has changed everything is read again. Two kinds of rows hold the mark back: those whose
value lies in the future, for the rows that come until then would never be read, and those that were kept aside because
they lie in the future, for they are to be looked at again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from typing import Any

from attrs import asdict, frozen

from trigpoint import __version__
from trigpoint.errors import Problems
from trigpoint.intake.asking import Asker
from trigpoint.intake.cells import Kept
from trigpoint.intake.moments import kept
from trigpoint.intake.rows import Clock, RowReader
from trigpoint.model.expression import NUMERIC
from trigpoint.model.plugin import Registry
from trigpoint.model.project import SourceSettings
from trigpoint.model.source import Cell, Source, SourceRequest
from trigpoint.model.table import Table
from trigpoint.rules.wording import closest
from trigpoint.warehouse.layout import Layout, note, noted
from trigpoint.warehouse.load import StagedTable

GROWING = ("timestamp", "date", "integer", "number")
_WORDS = "a column that grows, such as the time of the last change, is of type timestamp, date, integer or number"


def check_cursor(source: SourceSettings, table: Table, registry: Registry, problems: Problems) -> None:
    """What keeps a source from reading only what is new (TP428)."""
    if source.cursor is None:
        return
    place = source.places.get(("cursor",), (None, source.place))[1]
    reader, kind = registry.sources.get(source.plugin), table.columns.get(source.cursor)
    named = f"source '{source.name}' has cursor = \"{source.cursor}\""
    fault: tuple[str, str | None] | None = None
    if reader is not None and not getattr(reader, "cursors", False):
        fault = f"plugin '{source.plugin}' always reads everything", "take `cursor` out"
    elif kind is None:
        fault = f"table '{table.name}' has no such column", closest(source.cursor, table.columns)
    elif source.cursor in source.absent:
        fault = "`columns` says that there is no such column", "name the column that holds it"
    elif not table.key:
        fault = f"table '{table.name}' has no key", "declare one: by it a changed row takes the place of the older one"
    elif kind not in GROWING:
        fault = f"that column is of type {kind}", _WORDS
    elif source.formats.get(source.cursor, source.date_format):
        fault = "that column is read by a date format", "texts in such a format do not sort as days do"
    elif kind in NUMERIC and (source.thousands or source.decimal != "."):
        fault = "its numbers are texts with `thousands` or a decimal comma", "such texts do not sort as numbers do"
    if fault is not None:
        problems.add("TP428", f"{named}, but {fault[0]}", place, fault[1])


@frozen
class Since:
    """From where on a load reads. Without a digest the source has no cursor; `after` None asks for everything."""

    digest: str = ""
    after: Cell = None


def find_since(
    connection: sqlite3.Connection,
    settings: SourceSettings,
    request: SourceRequest,
    layout: Layout,
    asker: Asker,
) -> Since:
    """From where on to read, by the mark of the last load, unless what its rows depended on has changed.

    `settings` are those as they were written: no secret of `request` is in the digest.
    """
    if settings.cursor is None or settings.plugin not in asker.registry.sources:
        return Since()
    digest = _digest(settings, request, layout, asker)
    found = json.loads(noted(connection, f"cursor:{settings.table}") or "{}")
    same = found.get("digest") == digest and noted(connection, f"table:{settings.table}") == layout.declaration
    mark: Kept = found["mark"] if same else None
    return Since(digest, _as_cell(mark, request.table.columns[settings.cursor]))


def _digest(settings: SourceSettings, request: SourceRequest, layout: Layout, asker: Asker) -> str:
    """A hash of all that decides what the rows of a source become, but for the source's data."""
    beside = ("place", "places", "on_error", "max_bad_rows")
    source = asker.registry.sources[settings.plugin]
    parts = [
        __version__,
        {name: each for name, each in asdict(settings).items() if name not in beside},
        [request.table.key, request.table.duplicates, request.table.visible_by],
        layout.declaration,
        request.timezone,
        asker.ask(lambda: _definition(source, request)),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=sorted).encode()).hexdigest()


def _definition(source: Source, request: SourceRequest) -> str | None:
    definition = getattr(source, "definition", None)
    return str(definition(request)) if callable(definition) else None


def note_mark(connection: sqlite3.Connection, since: Since, reader: RowReader, staged: StagedTable) -> None:
    """Keep from where on the next load is to read."""
    settings = reader.settings
    if settings.cursor is None:
        return
    mark: Any = staged.greatest(settings.cursor, _now(reader.table.columns[settings.cursor], reader.clock))
    if mark is not None and reader.held_back is not None:
        mark = min(mark, reader.held_back)
    note(connection, f"cursor:{settings.table}", json.dumps({"digest": since.digest, "mark": mark}))


def _now(kind: str, clock: Clock) -> Kept:
    """The greatest value that is not in the future; None: any."""
    if kind == "date":
        return clock.today.isoformat()
    return kept(clock.now, clock.zone) if kind == "timestamp" else None


def _as_cell(mark: Kept, kind: str) -> Cell:
    """A mark as a source is given it: a date, a moment in UTC, or a number."""
    if mark is None:
        return None
    if kind == "date":
        return dt.date.fromisoformat(str(mark))
    if kind == "timestamp":
        return dt.datetime.fromisoformat(f"{mark}+00:00")
    return int(mark) if kind == "integer" else float(mark)
