"""Sources: what a source plugin is given, and what it gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

if TYPE_CHECKING:  # the process of a plugin's metric needs the names of sources, and no more
    from trigpoint.model.project import SourceSettings
    from trigpoint.model.table import Table

Cell = str | float | int | bool | dt.date | dt.datetime | None


@frozen
class SourceRequest:
    """What is to be read: into which table, by which settings; relative paths count from `root`.

    Secrets among the options are resolved. `after` is the greatest value of `settings.cursor` that an earlier load brought:
    only rows from that value on are wanted, itself included, and rows without one; None asks for all rows.
    `progress(done, total)` may be called with bytes or rows, whichever the source knows; total is None if unknown.
    """

    settings: SourceSettings
    table: Table
    root: Path
    timezone: str = "UTC"
    after: Cell = None
    progress: Callable[[int, int | None], None] = lambda _done, _total: None


@frozen
class BadRow:
    """A row that could not even be cut into cells."""

    file: str
    row: int  # 1-based, the header of a file not counted
    reason: str
    excerpt: str


@frozen
class Batch:
    """Rows of one file that follow each other. `header` are the source's own names, after no renaming."""

    file: str
    first_row: int
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    bad: Sequence[BadRow] = ()
    numbers: Sequence[int] = ()  # of the rows, where they do not simply follow `first_row`


class Source(Protocol):
    """A kind of source, offered by a plugin. Its name and schema may be plain attributes.

    One that can read only what is new says so with the attribute `cursors = True`, and heeds `SourceRequest.after`. It may
    have a method `definition(request)`: the text of what lies outside of the settings and decides what is read, such as
    a query in a file. Where that has changed everything is read.
    """

    @property
    def name(self) -> str:
        """What a project file says after `plugin =`."""
        ...

    @property
    def schema(self) -> Mapping[str, object]:
        """The JSON Schema of the options."""
        ...

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """The rows, in batches of constant size. Raises InputError if a file or column is missing."""
        ...
