"""The project: a folder with `trigpoint.toml`, and what that file says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from attrs import field, frozen

from trigpoint.errors import Place
from trigpoint.model.ruleset import Calendar


@frozen
class SourceSettings:
    """Where the rows of one table come from: a plugin and its settings.

    `options` are the keys that only the plugin understands (`path`, `sheet`, ...). `columns` maps our names to theirs;
    `absent` are columns of the table that the file does not have: they are blank.
    `blank` are texts that mean no data, besides the empty one.
    `cursor` is the column by which only what is new is read.
    `max_bad_rows` is a share of the rows (0 to 1) or, as an int, a number of them. `places` tells of each key where it and its value stand.
    """

    name: str
    table: str
    plugin: str
    options: Mapping[str, object] = field(factory=dict)
    columns: Mapping[str, str] = field(factory=dict)
    date_format: str | None = None
    formats: Mapping[str, str] = field(factory=dict)
    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", " ", "'"] | None = None
    blank: tuple[str, ...] = ()
    on_error: Literal["fail", "stale", "skip"] = "fail"
    max_bad_rows: float | int = 0.01
    absent: frozenset[str] = frozenset()
    cursor: str | None = None
    place: Place | None = None
    places: Mapping[tuple[str, ...], tuple[Place, Place]] = field(factory=dict, eq=False, repr=False)


@frozen
class Project:
    """A project folder. Paths are absolute. `rules` are the layers, in order.

    `worker_seconds` and `worker_megabytes` are what the computation of one plugin metric may take.
    """

    root: Path
    calendar: Calendar
    rules: tuple[str, ...]
    as_of: Literal["yesterday", "today"] | dt.date = "yesterday"
    warehouse_kind: str = "sqlite"
    warehouse_path: Path = Path("data.db")
    store_path: Path = Path("trigpoint.db")
    keep: Mapping[str, str] = field(factory=dict)
    plugins: tuple[str, ...] = ()
    local_plugins: tuple[str, ...] = ()
    worker_seconds: float = 60.0
    worker_megabytes: int = 2048
    sources: Mapping[str, SourceSettings] = field(factory=dict)

    @property
    def file(self) -> Path:
        """The project file."""
        return self.root / "trigpoint.toml"
