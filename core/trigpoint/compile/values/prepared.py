"""What comes before everything else: keys found in children, histories as of a day, and who held whom when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from attrs import frozen

from trigpoint.compile import sql
from trigpoint.compile.dates import Dates
from trigpoint.compile.engines import engine_of
from trigpoint.compile.sql import identifier
from trigpoint.compile.statement import SCRATCH, Statement
from trigpoint.compile.values.books import held, key_of, own_rows
from trigpoint.compile.values.rows import Rows
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.subject import Subject
from trigpoint.model.table import InForce, Table
from trigpoint.rules.roads import Step

_FIRST, _LAST = "'0001-01-01'", "'9999-12-31'"  # the edges of what is open
_ORDER = ("now", "held", "holder", "keys")
_NAMED = re.compile(rf"\b{SCRATCH}\.((?:{'|'.join(_ORDER)})__[a-z0-9_]+)")
_DAY = "%Y_%m_%d"


def prepared(ruleset: Ruleset, dates: Dates, selects: Iterable[str]) -> tuple[Statement, ...]:
    """The statements that write the scratch tables which `selects` name, and what these need themselves, in order."""
    made: dict[str, Statement] = {}
    waiting = [name for select in selects for name in _NAMED.findall(select)]
    while waiting:
        name = waiting.pop()
        if name not in made:
            made[name] = _statement(ruleset, dates, name)
            waiting += _NAMED.findall(made[name].select)
    return tuple(made[name] for kind in _ORDER for name in sorted(made) if name.startswith(f"{kind}__"))


def _statement(ruleset: Ruleset, dates: Dates, name: str) -> Statement:
    kind, *parts = name.split("__")
    days = [dt.datetime.strptime(each, _DAY).date() for each in parts if each[0].isdigit()]
    day = days[-1] if days else dates.as_of
    if kind == "keys":
        return _keys(ruleset, dates, name, ruleset.subjects[parts[0]], day)
    if kind == "now":
        return _now(ruleset, dates, name, ruleset.tables[parts[0]], day)
    step = Step(parts[1], None, parts[0])
    if kind == "held":
        return _Held(ruleset, dates, step, day).statement(name)
    return _holder(ruleset, name, step, days[0], day)


def visible(dates: Dates, table: Table, day: dt.date) -> list[str]:
    """The condition under which a row of a table exists on a day; none where it always does."""
    known = table.visible_by
    if known is None:
        return []
    cell = f"{identifier(table.name)}.{identifier(known)}"
    until = dates.until(cell, table.type_of(known), day)
    return [f"{cell} <> ''", until] if table.known_row else [f"({cell} IS NULL OR {cell} = '' OR {until})"]


def _begun(dates: Dates, table: Table, in_force: InForce, day: dt.date) -> list[str]:
    """The conditions that a row of a history had begun by a day."""
    start = f"{identifier(table.name)}.{identifier(in_force.start)}"
    return [dates.until(start, table.type_of(in_force.start), day), *visible(dates, table, day)]


def _now(ruleset: Ruleset, dates: Dates, name: str, table: Table, day: dt.date) -> Statement:
    """Of each subject the row that began last."""
    subject = next(each for each in ruleset.subjects.values() if each.table == table.name)
    if (in_force := table.in_force) is None:
        raise ValueError(f"{table.name} keeps no history: the rules were not checked")
    columns = dict.fromkeys(table.columns, "ANY") | {subject.key: "TEXT PRIMARY KEY NOT NULL"}
    chosen = ",\n".join(f"  {identifier(column)}" for column in columns)
    key, start = identifier(subject.key), identifier(in_force.start)
    select = (
        f"SELECT\n{chosen}\nFROM (\n"
        f"  SELECT *, rank() OVER (PARTITION BY {key} ORDER BY {start} DESC) AS place__\n"
        f"  FROM {identifier(table.name)}\n"
        f"  WHERE {' AND '.join(_begun(dates, table, in_force, day))}\n)\nWHERE place__ = 1"
    )
    return Statement(name, columns, select, f"{table.name} as of {day}")


def _keys(ruleset: Ruleset, dates: Dates, name: str, subject: Subject, day: dt.date) -> Statement:
    """Whatever any child that exists names, now or in a stretch that is known."""
    found = []
    for child in ruleset.subjects.values():
        if subject.name not in child.parents or child.table is None:
            continue
        holding, table = child.dated.get(subject.name), ruleset.tables[child.table]
        where: list[str] = []
        if holding is not None:
            table = ruleset.tables[holding.table]
            children = f"SELECT {key_of(ruleset, child.name)} FROM {own_rows(ruleset, child.name, day)}"
            owned = f"{identifier(table.name)}.{identifier(holding.child)} IN ({children})"
            where = [owned, *visible(dates, table, day)]
        elif child.history and table.in_force is not None:
            where = _begun(dates, table, table.in_force, day)
        column = f"{identifier(table.name)}.{identifier(child.parents[subject.name])}"
        known = f"{column} <> ''"
        found.append(f"SELECT {column} AS key\nFROM {identifier(table.name)}\nWHERE {' AND '.join([known, *where])}")
    return Statement(
        name,
        {"key": "TEXT PRIMARY KEY NOT NULL"},
        "SELECT DISTINCT key FROM (\n" + "\nUNION ALL\n".join(found) + "\n)",
        f"the keys of each {subject.name}, found in its children",
    )


@frozen
class _Held:
    """Who held each child from when to when: between two days on which anything changes, the stretch that began last."""

    ruleset: Ruleset
    dates: Dates
    step: Step
    day: dt.date

    def statement(self, name: str) -> Statement:
        columns = {
            "parent": "TEXT NOT NULL",
            "key": "TEXT NOT NULL",
            "day_from": "TEXT NOT NULL",
            "day_to": "TEXT NOT NULL",
            "day_until": "TEXT NOT NULL",
        }
        title = f"who held each {self.step.child} as {self.step.subject}, from when to when"
        return Statement(name, columns, self._select(), title, keyed_by=("parent", "key", "day_from"))

    def _select(self) -> str:
        after = "date(day_to, '+1 day')"
        return (
            f"WITH\n{stretches(self.ruleset, self.dates, self.step, self.day)},\n"
            "-- where the next one begins later and ends no earlier, it takes over: else many open stretches cover each other\n"
            "clipped AS MATERIALIZED (\n"
            "  SELECT key, parent, day_from,\n"
            "    CASE WHEN next_from > day_from AND next_from <= day_to AND next_to >= day_to\n"
            "      THEN date(next_from, '-1 day') ELSE day_to END AS day_to\n"
            "  FROM (\n"
            "    SELECT *, lead(day_from) OVER following AS next_from, lead(day_to) OVER following AS next_to\n"
            "    FROM stretches\n"
            "    WINDOW following AS (PARTITION BY key ORDER BY day_from, day_to)\n  )\n),\n"
            "-- the days on which anything changes\n"
            "edges AS MATERIALIZED (\n"
            "  SELECT key, day_from AS day FROM clipped\n"
            f"  UNION SELECT key, {after} FROM clipped WHERE day_to < {_LAST}\n),\n"
            "segments AS MATERIALIZED (\n"
            "  SELECT key, day, lead(day) OVER (PARTITION BY key ORDER BY day) AS next FROM edges\n),\n"
            "-- of the stretches that cover a segment the one that began last\n"
            "covering AS (\n"
            "  SELECT s.key, s.day, s.next, c.parent,\n"
            "    rank() OVER (PARTITION BY s.key, s.day ORDER BY c.day_from DESC) AS place\n"
            "  FROM segments AS s\n"
            "  JOIN clipped AS c ON c.key = s.key AND c.day_from <= s.day AND c.day_to >= s.day\n),\n"
            "-- nobody, where two of them began together\n"
            "holding AS (\n"
            "  SELECT max(parent) AS parent, key, day AS day_from,\n"
            f"    coalesce(date(max(next), '-1 day'), {_LAST}) AS day_to\n"
            "  FROM covering\n"
            "  WHERE place = 1\n"
            "  GROUP BY key, day\n"
            "  HAVING count(DISTINCT parent) = 1 AND max(parent) <> ''\n)\n"
            "-- facts after the last day of a stretch go to its holder until there is another\n"
            "SELECT\n"
            "  parent,\n"
            "  key,\n"
            "  day_from,\n"
            "  day_to,\n"
            "  coalesce(date(lead(day_from) OVER (PARTITION BY key ORDER BY day_from), '-1 day'), "
            f"{_LAST}) AS day_until\n"
            "FROM holding"
        )


def stretches(ruleset: Ruleset, dates: Dates, step: Step, day: dt.date) -> str:
    """The part `stretches` of a query: from which day to which each child that exists had which parent, as known on a day."""
    child = ruleset.subjects[step.child or ""]
    holding = child.dated[step.subject]
    table = ruleset.tables[holding.table]
    rows, (first, last) = identifier(table.name), edges(ruleset, dates, table, day)
    return (
        "stretches AS MATERIALIZED (\n"
        f"  SELECT {key_of(ruleset, child.name)} AS key, coalesce({rows}.{identifier(holding.column)}, '') AS parent,\n"
        f"    {first} AS day_from,\n    {last} AS day_to\n"
        f"  FROM {own_rows(ruleset, child.name, day)}\n"
        f"  JOIN {rows} ON {rows}.{identifier(holding.child)} = {key_of(ruleset, child.name)}\n"
        f"  WHERE {' AND '.join([f'{first} <= {last}', *visible(dates, table, day)])}\n)"
    )


def edges(ruleset: Ruleset, dates: Dates, table: Table, day: dt.date) -> tuple[str, str]:
    """The first and the last day of a row, as known on a day; a blank edge is open."""
    if (in_force := table.in_force) is None:
        raise ValueError(f"{table.name} has no in_force: the rules were not checked")
    rows = Rows(ruleset, engine_of(ruleset), dates, table, day)
    start, end = (f"nullif({rows.column(each)}, '')" for each in (in_force.start, in_force.end))
    last = end if in_force.end_is == "last day" else f"date({end}, '-1 day')"
    return f"coalesce({start}, {_FIRST})", f"coalesce({last}, {_LAST})"


def _holder(ruleset: Ruleset, name: str, step: Step, day: dt.date, known: dt.date) -> Statement:
    """Who held each child on a day; where nobody did, who was the last before it."""
    select = (
        "SELECT\n  key,\n  parent\nFROM (\n"
        "  SELECT key, parent, rank() OVER (PARTITION BY key ORDER BY day_from DESC) AS place\n"
        f"  FROM {SCRATCH}.{held(ruleset, step, known)}\n"
        f"  WHERE day_from <= {sql.text(day.isoformat())}\n)\nWHERE place = 1"
    )
    columns = {"key": "TEXT PRIMARY KEY NOT NULL", "parent": "TEXT NOT NULL"}
    return Statement(name, columns, select, f"who holds each {step.child} as {step.subject} as of {day}")
