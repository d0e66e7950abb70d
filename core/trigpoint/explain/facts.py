"""Why a table metric has no data: no source, too young, no row, nothing in the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import frozen

from trigpoint.compile.occurrences import value_column
from trigpoint.compile.statement import own_column
from trigpoint.explain.levels import Levels
from trigpoint.language import unparse
from trigpoint.model.expression import Aggregate, Binary, Literal, Node, Unary, walk
from trigpoint.model.metric import PluginMetric, TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.subject import Subject
from trigpoint.model.window import DAY, Shift
from trigpoint.store import Run, Store, findings, loads

NUMBER_OF_ROWS = frozenset({"count", "share"})  # never no data where rows count


@frozen
class Facts:
    """The facts behind the value row of one subject. `unfilled` says of a table why it holds nothing of today."""

    ruleset: Ruleset
    subject: Subject
    levels: Levels
    as_of: dt.date
    unfilled: Mapping[str, str]

    def why(self, metric: TableMetric, shift: Shift) -> str | None:
        """Why the metric has no data here, which it is known not to have; None if that is not known."""
        n = self.levels.row.n(value_column(metric.name, shift))
        if metric.table in self.unfilled and n == 0:
            return self.unfilled[metric.table]
        if young := self._young(metric, shift):
            return young
        if n is None:
            return None
        return self._computed(metric, shift, n) if n else self._empty(metric, shift)

    def why_not(self, metric: PluginMetric, shift: Shift) -> str | None:
        """Why a plugin gave no value."""
        if metric.failed is not None:
            return f"computed by {metric.plugin}: {metric.failed}"
        n, table = self.levels.row.n(value_column(metric.name, shift)), metric.table or ""
        if table in self.unfilled and n == 0:
            return self.unfilled[table]
        if young := self._young(metric, shift):
            return young
        if n is None:
            return None
        if n:
            return f"{metric.plugin} gave none for {n} row{'' if n == 1 else 's'}" + _when(metric.no_data)
        where = f" in the window ({_span(self._window(metric, shift))})" if metric.window else f" of {table}"
        return f"no row{where}{' meets its condition' if metric.where else ''}"

    def _young(self, metric: TableMetric | PluginMetric, shift: Shift) -> str | None:
        """The window or date reaches back to before the facts, or the subject, began."""
        first = self._first_day(metric, shift)
        if first is None:
            return None
        reaches = f"{'the window begins' if metric.window else 'it looks at'} {day_in_words(first)}"
        began = self.ruleset.tables[metric.table or ""].since
        if began and first < began:
            return f"facts of {metric.table} since {day_in_words(began)}; {reaches}"
        since = self._since()
        if since and first < since:
            return f"{self.subject.name} since {day_in_words(since)}; {reaches}"
        return None

    def _since(self) -> dt.date | None:
        """From when on the subject is looked at, where it matters and was kept."""
        if self.subject.since is None or self.subject.young == "count":
            return None
        cell = self.levels.row.columns.get(own_column(self.subject.since))
        return dt.date.fromisoformat(cell[:10]) if isinstance(cell, str) else None

    def _first_day(self, metric: TableMetric | PluginMetric, shift: Shift) -> dt.date | None:
        """The earliest day that the metric looks at, as far as it is bounded."""
        day = shift.date(self.as_of, self.ruleset.calendar.year_start)
        found = [day] if shift.ago is not None else []
        if metric.window:
            found.append(self._window(metric, shift)[0])
        return min(found, default=None)

    def _window(self, metric: TableMetric | PluginMetric, shift: Shift) -> tuple[dt.date, dt.date]:
        """First and last day."""
        if metric.window is None:
            raise ValueError(f"{metric.name} has no window")
        year_start = self.ruleset.calendar.year_start
        edges = metric.window.before if shift.previous else metric.window.edges
        after, last = edges(shift.date(self.as_of, year_start), year_start)
        return after + DAY, last

    def _empty(self, metric: TableMetric, shift: Shift) -> str | None:
        """No row counts: because there is none, or because none has data."""
        names = list(dict.fromkeys(_arguments(metric.value.tree)))
        table = "" if metric.window else f" of {metric.table}"
        where = f" in the window ({_span(self._window(metric, shift))})" if metric.window else ""
        where += " meets its condition" if metric.where else ""
        rows = self._rows(metric, shift) if names else 0
        if rows == 0:
            return f"no row{table}{where}"
        if len(names) > 1:
            return None
        if rows:
            return f"1 row, without {names[0]}" if rows == 1 else f"{rows} rows, none with {names[0]}"
        return f"no row{table} with {names[0]}{where}"

    def _rows(self, metric: TableMetric, shift: Shift) -> int | None:
        """How many rows pass, where another metric of the same rows counts them."""
        for other in self.ruleset.metrics.values():
            if isinstance(other, TableMetric) and _same_rows(metric, other) and not _arguments(other.value.tree):
                found = self.levels.row.n(value_column(other.name, shift))
                if found is not None:
                    return found
        return None

    def _computed(self, metric: TableMetric, shift: Shift, n: int) -> str | None:
        """Rows count, and yet there is no value."""
        tree = metric.value.tree
        if _divides_aggregates(tree):
            return None if self._may_be_young(metric, shift) else "division by zero"
        if isinstance(tree, Aggregate) and tree.function == "stddev" and n == 1:
            return "only 1 row with data; a deviation needs 2"
        if isinstance(tree, Aggregate) and tree.function in NUMBER_OF_ROWS and self._may_be_young(metric, shift):
            return f"it looks at days before the {self.subject.name} began ({self.subject.since})"
        return None

    def _may_be_young(self, metric: TableMetric, shift: Shift) -> bool:
        """`since` has a say, but was not kept."""
        if self.subject.since is None or self.subject.young == "count":
            return False
        kept = own_column(self.subject.since) in self.levels.row.columns
        return not kept and self._first_day(metric, shift) is not None


def unfilled_tables(store: Store, run: Run) -> dict[str, str]:
    """The tables that had no source in a run, or whose source was skipped, with what to say of them."""
    found = {
        each.where: f"table {each.where} has no source" for each in findings(store, run) if each.kind == "no source"
    }
    for load in loads(store, run):
        if load.status == "skipped":
            found[load.table] = f"the source of {load.table} was skipped"
    return found


def day_in_words(day: dt.date) -> str:
    """'4 Sep 2026'."""
    return f"{day.day} {day:%b %Y}"


def _span(days: tuple[dt.date, dt.date]) -> str:
    return f"{day_in_words(days[0])} to {day_in_words(days[1])}"


def _arguments(tree: Node) -> Sequence[str]:
    """What the aggregates need data in; nothing if they count rows."""
    return [
        unparse(node.argument)
        for node in walk(tree)
        if isinstance(node, Aggregate) and node.argument is not None and node.function != "share"
    ]


def _same_rows(one: TableMetric, other: TableMetric) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("table", "where", "window", "at", "via"))


def _divides_aggregates(tree: Node) -> bool:
    """A quotient of plain aggregates: where they have data, nothing but a zero below leaves it without."""
    nodes = list(walk(tree))
    plain = all(isinstance(node, Binary | Unary | Literal | Aggregate) for node in _above_rows(tree))
    return plain and any(isinstance(node, Binary) and node.operator == "/" for node in nodes)


def _above_rows(node: Node) -> Sequence[Node]:
    """The nodes of a value that lie above its aggregates, these included."""
    if isinstance(node, Aggregate):
        return [node]
    return [node, *(each for child in node.children for each in _above_rows(child))]


def _when(no_data: str) -> str:
    """When a plugin's metric is no data, in the plugin's words."""
    return f": {no_data.rstrip('.')}" if no_data else ""
