"""A small warehouse: tables declared as in a rule file, filled from Python rows through the intake."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from attrs import evolve, frozen

from trigpoint.compile import Feed
from trigpoint.errors import TrigpointError
from trigpoint.language import RESERVED_NAMES
from trigpoint.model.plugin import Plugins, Registry
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.source import Batch, Cell, SourceRequest
from trigpoint.testing.direct import Direct
from trigpoint.testing.only_plugins import OnlyPlugins
from trigpoint.testing.stated import no_times
from trigpoint.testing.warehouses import WAREHOUSES
from trigpoint.workers import Computed, PluginFailedError, Workers, open_workers

Row = Mapping[str, Cell] | Sequence[Cell]
_AFTER = dt.timedelta(days=2)  # between the newest fact and the moment of the load: rows of the future are kept aside


@frozen
class _Filled:
    """A table: its declaration, and its rows in the order of the columns."""

    declaration: Mapping[str, object]
    rows: tuple[tuple[Cell, ...], ...]


class RowsSource:
    """Gives the rows of the tables that were filled."""

    name = "rows"
    schema: Mapping[str, object] = {"type": "object"}

    def __init__(self, tables: Mapping[str, _Filled]) -> None:
        self._tables = tables

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """All rows of the table, at once."""
        yield Batch("rows", 1, list(request.table.columns), self._tables[request.table.name].rows)


class SmallWarehouse:
    """Tables, and the values that a metric of a plugin has over them. `root` is where its project and its facts lie."""

    def __init__(self, root: Path, plugins: Plugins | None = None, *, timezone: str = "UTC") -> None:
        self.root = root
        self.plugins = plugins or OnlyPlugins()
        self.timezone = timezone
        self._tables: dict[str, _Filled] = {}
        self._subjects: dict[str, dict[str, str]] = {}

    def table(
        self, name: str, columns: Mapping[str, str], rows: Sequence[Row], *, subject: str | None = None, **keys: object
    ) -> None:
        """Declare a table with its rows: mappings, or cells in the order of the columns. One of that name is replaced.

        With `subject` it is the table of that kind of subject, whose key is the first column. `keys` are those of a table in
        a rule file: `time="day", belongs_to={"account": "account_id"}`.
        """
        typed = tuple(_cells(row, columns) for row in rows)
        for cells in typed:
            for fault in no_times(columns, dict(zip(columns, cells, strict=True))):
                raise ValueError(f"a row of table '{name}' has {fault}")
        self._tables[name] = _Filled({"columns": dict(columns), **keys}, typed)
        if subject is not None:
            self._subjects[subject] = {"table": name, "key": next(iter(columns))}

    def ruleset(self, rule: Mapping[str, object]) -> Ruleset:
        """The rules with a metric of these keys. Raises RulesError with all that does not fit."""
        from trigpoint.rules import load_project, load_ruleset

        self._write(rule)
        return load_ruleset(load_project(self.root), self._host())

    def values(
        self,
        rule: Mapping[str, object],
        as_of: dt.date,
        *,
        subject: str = "account",
        warehouse: str = "sqlite",
        direct: Direct | None = None,
    ) -> dict[str, Any]:
        """The values of a metric with these keys, by subject: `{"plugin": "acme.mood", "from": "moods"}`.

        As they are stored: numbers float, truth values 0 or 1, dates and timestamps text; who has no data is not there. A function
        runs in a process of its own, or in this one where `direct` is given. Raises TrigpointError.
        """
        from trigpoint.evaluate import evaluate

        ruleset = self.ruleset({**rule, "subject": subject})
        registry = self._load(ruleset, str(rule["plugin"]).partition(".")[0])
        scratch = self.root / "scratch.db"
        scratch.unlink(missing_ok=True)
        with (
            WAREHOUSES[warehouse](self.root / "data.db") as facts,
            open_workers(registry, timezone=self.timezone) as workers,
        ):
            asked = _Strict(workers, workers if direct is None else direct)
            evaluation = evaluate(ruleset, facts, as_of, scratch, workers=cast(Workers, asked))
        failed = [each.text for each in evaluation.findings if each.kind == "plugin failed"]
        if failed:  # the warehouse refused what an Ibis expression says
            raise TrigpointError.of("TP710", failed[0])
        name = called(rule)
        sql = f'SELECT key, "{name}" FROM "values_{subject}" WHERE "{name}" IS NOT NULL'  # noqa: S608  # checked names
        return dict(_read(scratch, sql))

    def steps(self, rule: Mapping[str, object], as_of: dt.date, *, subject: str = "account") -> int:
        """How many steps of its virtual machine SQLite takes for the values: the same number each time."""
        from trigpoint.testing.steps import steps_of_sqlite

        ruleset = self.ruleset({**rule, "subject": subject})
        registry = self._load(ruleset, str(rule["plugin"]).partition(".")[0])
        with open_workers(registry, timezone=self.timezone) as workers:
            return steps_of_sqlite(self.root / "data.db", ruleset, as_of, workers)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """What the facts say, once `values` has loaded them."""
        return _read(self.root / "data.db", sql)

    def _load(self, ruleset: Ruleset, plugin: str) -> Registry:
        from trigpoint.intake import load
        from trigpoint.rules import load_project

        registry = self._host().registry([plugin])
        load(load_project(self.root), ruleset, registry, today=self._moment())
        return registry

    def _host(self) -> Plugins:
        return _WithRows(self.plugins, RowsSource(self._tables))

    def _moment(self) -> dt.datetime:
        """When the facts are loaded: after the newest of them."""
        days = [
            cell for each in self._tables.values() for row in each.rows for cell in row if isinstance(cell, dt.date)
        ]
        latest = max((dt.date(each.year, each.month, each.day) for each in days), default=dt.date(2000, 1, 1))
        return dt.datetime.combine(min(latest, dt.date(9990, 1, 1)), dt.time(), dt.UTC) + _AFTER

    def _write(self, rule: Mapping[str, object]) -> None:
        import tomli_w

        self.root.mkdir(parents=True, exist_ok=True)
        sources = {name: {"plugin": "rows", "max_bad_rows": 0} for name in self._tables}
        settings = {"timezone": self.timezone, "rules": ["rules.toml"], "sources": sources}
        tables = {name: each.declaration for name, each in self._tables.items()}
        rules = {"subjects": self._subjects, "tables": tables, "metrics": {called(rule): rule}}
        (self.root / "trigpoint.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
        (self.root / "rules.toml").write_text(tomli_w.dumps(rules), encoding="utf-8")


class _Strict:
    """Workers whose failures are raised, and not noted as in a run."""

    def __init__(self, workers: Workers, asked: Workers | Direct) -> None:
        self._asked = asked
        self.seconds, self.blame = workers.seconds, workers.blame

    def values(self, feed: Feed, rows: Iterator[tuple[Any, ...]]) -> Computed:
        """What they answer. Raises TrigpointError."""
        try:
            return self._asked.values(feed, rows)
        except PluginFailedError as error:
            raise TrigpointError(*error.problems) from error


def called(rule: Mapping[str, object]) -> str:
    """What the metric is called in the rules: as in its plugin, but for words of the language."""
    if "plugin" not in rule:
        raise ValueError(
            f'the rule does not say which metric it is: {{"plugin": "PLUGIN.NAME", ...}}, and not {dict(rule)!r}'
        )
    name = str(rule["plugin"]).rpartition(".")[2]
    return f"{name}_of_plugin" if name in RESERVED_NAMES else name


class _WithRows:
    """Plugins, and a source that gives the rows of a small warehouse."""

    def __init__(self, plugins: Plugins, source: RowsSource) -> None:
        self._plugins = plugins
        self._source = source

    def registry(self, names: Collection[str] = ()) -> Registry:
        """What the plugins offer, and the source `rows`."""
        found = self._plugins.registry(names)
        return evolve(found, sources={**found.sources, "rows": self._source})


def _cells(row: Row, columns: Mapping[str, str]) -> tuple[Cell, ...]:
    if isinstance(row, Mapping):
        unknown = sorted(row.keys() - columns.keys())
        if unknown:
            raise ValueError(f"a row has the column '{unknown[0]}', and the table has: {', '.join(columns)}")
        return tuple(row.get(name) for name in columns)
    if len(row) != len(columns):
        raise ValueError(f"a row has {len(row)} cells, and the table has {len(columns)} columns: {row!r}")
    return tuple(row)


def _read(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()
