"""Queries of plugins: the steps as levels over the rows that a rule gives them, in one statement for each occurrence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from attrs import define, evolve, field

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter, Reference
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.sql import Level, identifier, query, text
from trigpoint.compile.statement import GIVEN, Statement
from trigpoint.compile.values.scans import Found
from trigpoint.model.bound_query import BoundColumns, BoundQuery, BoundRank, BoundStep, BoundWhere
from trigpoint.model.expression import Aggregate, Binary, Call, Column, Expression, Node, walk
from trigpoint.model.subject import COMPANY

# Names with two underscores are ours: no table, and no column of a query, can be called so.
COUNTED, VALUED, KEY, NEWEST = "counted__rows", "valued__rows", "subject__key", "fact__newest"
_TABLE = {"key": "TEXT PRIMARY KEY NOT NULL", "value": "ANY", "n": "INTEGER NOT NULL", "newest": "ANY"}
_NEVER_INFINITE = ("count", "sum", "avg", "share")  # looked at as they are printed


def query_statement(
    rows: Found, occurrence: Occurrence, inputs: Mapping[str, Expression], steps: BoundQuery, table: str, title: str
) -> Statement:
    """What fills the scratch table (key, value, n, newest) of a plugin's query: a row for each subject that has rows.

    n and the newest fact are those of all rows that are given, whatever the steps keep of them.
    """
    day = occurrence.shift.date(rows.facts.dates.as_of, rows.facts.dates.year_start)
    needed = _needed(steps)
    chain = _Chain(rows.facts.engine, rows.facts.dates, day)
    chain.add(_given(rows, occurrence, inputs, needed[0]), needed[0])
    for number, (step, kept) in enumerate(zip(steps.steps, needed[1:], strict=True), 1):
        chain.step(number, step, kept)
    value = {KEY: chain.key, "value": chain.print(steps.value.tree)}
    chain.levels.append(
        Level(VALUED, value, "the value of each subject", chain.before, carry=False, group_by=chain.key)
    )
    counts = {KEY: f"{GIVEN}.{KEY}", "n": "count(*)", "newest": f"max({GIVEN}.{NEWEST})"}
    told = "how many rows each subject has, and when the newest of them happened"
    chain.levels.append(Level(COUNTED, counts, told, GIVEN, carry=False, group_by=f"{GIVEN}.{KEY}"))
    last = {
        "key": f"{COUNTED}.{KEY}",
        "value": f"{VALUED}.value",
        "n": f"{COUNTED}.n",
        "newest": f"{COUNTED}.newest",
    }
    joined = f"{COUNTED}\nLEFT JOIN {VALUED} ON {VALUED}.{KEY} = {COUNTED}.{KEY}"
    chain.levels.append(Level("query__rows", last, source=joined, carry=False))
    return Statement(table, _TABLE, query(chain.levels, rows.facts.engine.fence), title)


def given_select(rows: Found, occurrence: Occurrence, inputs: Mapping[str, Expression]) -> str:
    """The rows themselves: whose each is, when it happened, and the inputs."""
    return query([evolve(_given(rows, occurrence, inputs, tuple(inputs)), comment="")], rows.facts.engine.fence)


def _given(rows: Found, occurrence: Occurrence, inputs: Mapping[str, Expression], needed: Sequence[str]) -> Level:
    """The rows of the base: whose they are, when they happened, and what the steps read of them."""
    facts = rows.facts
    time = facts.newest(occurrence)
    columns = {KEY: rows.key or text(COMPANY), NEWEST: time.time if time else "NULL"}
    for name in needed:
        given = inputs.get(name)  # an optional one that the rule leaves out has no data
        columns[name] = _finite(facts.engine, given.tree, facts.print(occurrence, given.tree)) if given else "NULL"
    passing = [*rows.where, *facts.passing(occurrence, rows.bounds)]
    source = rows.source + (f"\nWHERE {' AND '.join(passing)}" if passing else "")
    comment = f"{facts.table.name}: the rows of each {occurrence.subject} that {occurrence.metric.name} looks at"
    return Level(GIVEN, columns, comment, source, carry=False)


@define
class _Chain:
    """Levels, each over the one before it; `columns` are those of the last one."""

    engine: Engine
    dates: Dates
    day: dt.date
    levels: list[Level] = field(factory=list)
    columns: tuple[str, ...] = ()

    @property
    def before(self) -> str:
        """The name of the last level."""
        return self.levels[-1].name

    @property
    def key(self) -> str:
        """The subject of a row of the last level."""
        return f"{self.before}.{KEY}"

    def add(self, level: Level, columns: Iterable[str]) -> None:
        """Go on over another level."""
        self.levels.append(level)
        self.columns = tuple(columns)

    def step(self, number: int, step: BoundStep, kept: Sequence[str]) -> None:
        """The level of a step; `kept` are the columns that something above it reads."""
        passed = {name: self.column(name) for name in self.columns if name in kept}
        source, grouped = self.before, None
        match step:
            case BoundWhere(condition):
                told, source = "the rows that pass", f"{source}\nWHERE {self.print(condition.tree)}"
            case BoundColumns(columns):
                told = "with more columns"
                passed |= {name: self.finite(each) for name, each in columns.items() if name in kept}
            case BoundRank(name, by, descending):
                told = f"{name}, the place of each row among those of its subject"
                passed[name] = self.rank(by, descending)
            case _:
                told = f"one row for {' and '.join(['each subject', *step.by])}"
                grouped = ", ".join([self.key, *(self.column(name) for name in step.by)])
                passed = {name: self.column(name) for name in step.by if name in kept}
                passed |= {name: self.finite(each) for name, each in step.columns.items() if name in kept}
        level = Level(f"step__{number}", {KEY: self.key, **passed}, f"step {number}: {told}", source, False, grouped)
        self.add(level, passed)

    def rank(self, by: Expression, descending: bool) -> str:
        """The place among the rows of a subject; what has no data has no place, and takes none."""
        value = self.print(by.tree)
        order = f"{value}{' DESC' if descending else ''} NULLS LAST"
        place = self.engine.double(f"rank() OVER (PARTITION BY {self.key} ORDER BY {order})")
        return f"CASE WHEN {self.print(by.tree, binding=5)} IS NOT NULL THEN {place} END"

    def column(self, name: str) -> str:
        return f"{self.before}.{identifier(name)}"

    def finite(self, expression: Expression) -> str:
        return _finite(self.engine, expression.tree, self.print(expression.tree))

    def print(self, tree: Node, binding: int = 0) -> str:
        """An expression over the rows of the last level, or over groups of them."""

        def refer(node: Reference) -> str:
            if isinstance(node, Aggregate):
                return aggregate(self.engine, node, emitter.print(node.argument) if node.argument else "*")
            assert isinstance(node, Column)  # noqa: S101  # the binder lets nothing else through
            return self.column(node.name)

        emitter = Emitter(self.engine, self.day, self.dates.year_start, refer)
        return emitter.print(tree, binding)


def aggregate(engine: Engine, node: Aggregate, argument: str) -> str:
    """An aggregate of the language over the rows of a group, of which there is one at least.

    Counts are doubles, like all numbers of the facts: a sum of whole ones ends with an error where it overflows.
    """
    made = engine.aggregates
    match "count_distinct" if node.distinct else node.function:
        case "count":
            return engine.double("count(*)" if argument == "*" else f"nullif(count({argument}), 0)")
        case "count_distinct":
            return engine.double(f"nullif({made['count_distinct'](argument, '')}, 0)")
        case "sum":
            total = made["sum"](argument, "")
            return engine.finite(total) if node.type == "number" else total
        case "avg":
            total = engine.finite(made["sum"](argument, ""))
            return f"({engine.double(total)} / nullif(count({argument}), 0))"
        case "share":
            return f"({engine.double(f'count(*) FILTER (WHERE {argument})')} / count(*))"
        case "percentile":
            return made["percentile"](argument, engine.number(node.parameter or 0.0), "")
    return made[node.function](argument, "")


def _finite(engine: Engine, tree: Node, printed: str) -> str:
    """What overflows is no data before the next step reads it."""
    reckoned = any(
        (isinstance(node, Binary) and node.operator in ("+", "-", "*", "/"))
        or (isinstance(node, Call) and node.function == "power")
        for node in walk(tree)
    )
    looked_at = isinstance(tree, Aggregate) and tree.function in _NEVER_INFINITE
    return engine.finite(printed) if reckoned and tree.type == "number" and not looked_at else printed


def _needed(steps: BoundQuery) -> list[tuple[str, ...]]:
    """The columns that are read after no step, the first one, and so on: of the base and each level no others are made."""
    found = [_read([steps.value])]
    for step in reversed(steps.steps):
        after = found[-1]
        match step:
            case BoundWhere(condition):
                before = {**dict.fromkeys(after), **dict.fromkeys(_read([condition]))}
            case BoundColumns(columns):
                made = [each for name, each in columns.items() if name in after]
                before = dict.fromkeys([*(name for name in after if name not in columns), *_read(made)])
            case BoundRank(column, by, _):
                before = dict.fromkeys([*(name for name in after if name != column), *_read([by])])
            case _:
                made = [each for name, each in step.columns.items() if name in after]
                before = dict.fromkeys([*step.by, *_read(made)])
        found.append(tuple(before))
    return found[::-1]


def _read(expressions: Iterable[Expression]) -> tuple[str, ...]:
    nodes = (node for each in expressions for node in walk(each.tree))
    return tuple(dict.fromkeys(node.name for node in nodes if isinstance(node, Column)))
