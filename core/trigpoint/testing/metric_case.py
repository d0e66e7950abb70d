"""One metric over one table of facts: what a contract says, and how its values are computed."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import field, frozen

from trigpoint.model.offer import FunctionMetric, MetricOffer
from trigpoint.model.plugin import Plugin
from trigpoint.model.source import Cell
from trigpoint.testing.direct import Direct, Given, Values
from trigpoint.testing.only_plugins import OnlyPlugins
from trigpoint.testing.small_warehouse import Row, SmallWarehouse

TIMES = ("date", "timestamp")


@frozen
class MetricCase:
    """`rows` are mappings; `owner` is the column that says whose row it is, `known` the one that says since when it is known."""

    plugin: str
    given: str | Path
    metric: str
    subject: str
    columns: Mapping[str, str]
    owner: str
    rows: tuple[Mapping[str, Cell], ...]
    as_of: dt.date
    time: str | None = None
    known: str | None = None
    foreseen: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    rule: Mapping[str, object] = field(factory=dict)

    @property
    def name(self) -> str:
        """As rules say it."""
        return f"{self.plugin}.{self.metric}"

    def host(self) -> OnlyPlugins:
        """The plugin, loaded."""
        return OnlyPlugins(**{self.plugin: self.given})

    def offer(self) -> tuple[MetricOffer, Plugin]:
        """The declaration, and whose it is. KeyError with what there is, where there is no such metric."""
        registry = self.host().registry([self.plugin])
        if self.name not in registry.metrics:
            raise KeyError(f"plugin '{self.plugin}' offers: {', '.join(registry.metrics) or 'no metrics'}")
        return registry.metrics[self.name], registry.owners["metric", self.name]

    def function(self) -> FunctionMetric | None:
        """The metric, if a function computes it."""
        offer = self.offer()[0]
        return offer if isinstance(offer, FunctionMetric) else None

    def values(
        self,
        rows: Sequence[Mapping[str, Cell]] | None = None,
        *,
        warehouse: str = "sqlite",
        direct: Direct | None = None,
    ) -> Values:
        """The values over some rows, or those of the case; in a process of its own unless `direct` is given."""
        with self._filled(self.rows if rows is None else rows) as filled:
            return filled.values(self.rule, self.as_of, subject=self.subject, warehouse=warehouse, direct=direct)

    def given_to(self, metric: FunctionMetric, rows: Sequence[Mapping[str, Cell]] | None = None) -> list[Given]:
        """What the function is given for some rows."""
        direct = Direct(metric, call=False)
        self.values(rows, direct=direct)
        return direct.given

    def steps(self, rows: Sequence[Mapping[str, Cell]]) -> int:
        """How many steps of its virtual machine SQLite takes for the values over some rows."""
        with self._filled(rows) as filled:
            return filled.steps(self.rule, self.as_of, subject=self.subject)

    def check_settings(self, settings: Mapping[str, object]) -> None:
        """Raises RulesError if a rule may not have these settings."""
        with self._filled(()) as filled:
            filled.ruleset({**self.rule, "settings": settings, "subject": self.subject})

    def later(self) -> list[Mapping[str, Cell]]:
        """The rows, and each of them again with other numbers as something that happens after the date."""
        moved = [each for each in (self.time, self.known) if each is not None and self.time is not None]
        more = [
            _changed(row, self.columns, {each: self._day(each, place) for each in moved})
            for place, row in enumerate(self.rows, 1)
        ]
        return [*self.rows, *(more if moved else ())]

    def known_later(self) -> list[Mapping[str, Cell]]:
        """The rows, and each of them again with other numbers as something that is known only after the date."""
        if self.known is None:
            return list(self.rows)
        return [*self.rows, *(_changed(row, self.columns, {self.known: self._day(self.known, 9)}) for row in self.rows)]

    def ahead(self) -> list[Mapping[str, Cell]]:
        """The rows, where each blank date or time is one after the date: what has not happened yet, has happened since."""
        told = {self.time, self.known, *self.foreseen}
        blank = [name for name, kind in self.columns.items() if kind in TIMES and name not in told]
        return [{**row, **{name: self._day(name, 9) for name in blank if row.get(name) is None}} for row in self.rows]

    def _day(self, column: str, days: int) -> Cell:
        day = self.as_of + dt.timedelta(days)
        return day if self.columns[column] == "date" else dt.datetime.combine(day, dt.time(12), dt.UTC)

    @contextmanager
    def _filled(self, rows: Sequence[Mapping[str, Cell]]) -> Iterator[SmallWarehouse]:
        with tempfile.TemporaryDirectory(prefix="trigpoint-contract-") as name:
            filled = SmallWarehouse(Path(name), self.host())
            keys = dict.fromkeys(
                (*self.subjects, *(str(row[self.owner]) for row in rows if row.get(self.owner) is not None))
            )
            filled.table("subjects", {"subject_id": "text"}, [(key,) for key in keys], subject=self.subject)
            extra = {"time": self.time, "known": {"row": self.known} if self.known else None}
            told: dict[str, Any] = {key: each for key, each in extra.items() if each is not None}
            table = str(self.rule["from"])
            filled.table(table, self.columns, rows, belongs_to={self.subject: self.owner}, **told)
            yield filled


def as_mapping(row: Row, columns: Mapping[str, str]) -> Mapping[str, Cell]:
    """A row by the names of its columns."""
    return row if isinstance(row, Mapping) else dict(zip(columns, row, strict=True))


def shown(values: Mapping[str, Any]) -> str:
    """Values as a text; long ones cut."""
    text = ", ".join(f"{key}: {value!r}" for key, value in sorted(values.items()))
    return f"{{{text if len(text) <= 400 else text[:400] + '...'}}}"


def difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """The first subject for which two answers are not the same; None where they are."""
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            return f"{key}: {_told(one.get(key))}, then {_told(other.get(key))}"
    return None


def _told(value: object) -> str:
    return "no data" if value is None else repr(value)


def _changed(row: Mapping[str, Cell], columns: Mapping[str, str], told: Mapping[str, Cell]) -> Mapping[str, Cell]:
    numbers = {
        name: cell * 7 + 1000
        for name, cell in row.items()
        if columns[name] in ("number", "integer") and isinstance(cell, int | float)
    }
    return {**row, **numbers, **told}
