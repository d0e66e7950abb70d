"""The facts as they are known on a date: rows, cells, owners, and the roads from rows up to subjects."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from oracle import days
from oracle.expressions import Context, evaluate

COMPANY = "company"


class Facts:
    """All tables of one example, with the ruleset that declares them."""

    def __init__(self, ruleset, tables) -> None:
        self.ruleset = ruleset
        self.tables = tables
        self.zone = ZoneInfo(ruleset.calendar.timezone)
        self.year_start = ruleset.calendar.year_start
        self.own_table = {each.table: name for name, each in ruleset.subjects.items() if each.table}
        self._own_rows: dict[str, dict[str, dict]] = {}
        self._owned: dict = {}
        self._roads: dict = {}

    # -- subjects

    def own_rows(self, subject: str) -> dict[str, dict]:
        """Semantics 4: a subject's own table has one row per subject, always visible."""
        if subject not in self._own_rows:
            record = self.ruleset.subjects[subject]
            rows = self.tables.get(record.table, []) if record.table else []
            self._own_rows[subject] = {row[record.key]: row for row in rows}
        return self._own_rows[subject]

    def keys(self, subject: str) -> list[str]:
        """The subjects of one kind; without a table, the keys are the values found in the children."""
        record = self.ruleset.subjects[subject]
        if subject == COMPANY:
            return [COMPANY]
        if record.table:
            return sorted(self.own_rows(subject))
        found = set()
        for child, each in self.ruleset.subjects.items():
            if subject in each.parents:
                found |= {row[each.parents[subject]] for row in self.own_rows(child).values()}
        return sorted(found - {None, ""})

    def own_row(self, subject: str, key: str) -> dict | None:
        return self.own_rows(subject).get(key)

    # -- roads

    def starts(self, table: str, via) -> list[tuple[str, str]]:
        """The first steps up from a row: to the subject whose own table it is, or to whom it belongs."""
        owner = self.own_table.get(table)
        steps = [(owner, self.ruleset.subjects[owner].key)] if owner else []
        belongs = {**self.ruleset.tables[table].belongs_to, **via}
        above = self.ruleset.subjects[owner].parents if owner else {}
        return steps + [
            (subject, column)
            for subject, column in belongs.items()
            if subject != owner and (subject in via or above.get(subject) != column)
        ]

    def roads(self, table: str, to: str, via) -> list[tuple[tuple[str, str], ...]]:
        """Every way from a row of `table` up to subject `to`, as (subject, column that holds its key) steps."""
        found, open_ways = [], [(step,) for step in self.starts(table, via)]
        while open_ways:
            way = open_ways.pop(0)
            if way[-1][0] == to:
                found.append(way)
                continue
            parents = self.ruleset.subjects[way[-1][0]].parents
            # what a metric has chosen with `via` is named by the row itself, and reached by no other road
            open_ways += [(*way, step) for step in parents.items() if step[0] != COMPANY and step[0] not in via]
        return found

    def road(self, table: str, to: str, via) -> tuple[tuple[str, str], ...]:
        """The one road: a road that is not unique is chosen by `via`, or refused before anything runs."""
        at = (table, to, tuple(sorted(via.items())))
        if at not in self._roads:
            ways = self.roads(table, to, via)
            assert len(ways) == 1, f"{len(ways)} roads from {table} to {to}"
            self._roads[at] = ways[0]
        return self._roads[at]

    def owner_of(self, table: str, row: dict, to: str, via) -> str | None:
        """The key of the subject a row counts for; None where an owner on the way is blank or unknown (semantics 1)."""
        if to == COMPANY:
            steps = self.starts(table, via)[:1]
            return COMPANY if not steps or self.climb(row, steps) else None
        return self.climb(row, self.road(table, to, via))

    def climb(self, row: dict, steps) -> str | None:
        """The key at the end of some steps."""
        key = None
        for subject, column in steps:
            key = row[column]
            if key is None or key == "" or key not in self.keys_set(subject):
                return None
            row = self.own_row(subject, key) or {}
        return key

    def keys_set(self, subject: str) -> set[str]:
        at = ("keys", subject)
        if at not in self._owned:
            self._owned[at] = set(self.keys(subject))
        return self._owned[at]

    def rows_of(self, table: str, subject: str, key: str, via) -> list[dict]:
        """The rows that count for one subject, in file order."""
        at = (table, subject, tuple(sorted(via.items())))
        if at not in self._owned:
            groups: dict[str, list[dict]] = {}
            for row in self.tables.get(table, []):
                groups.setdefault(self.owner_of(table, row, subject, via), []).append(row)
            self._owned[at] = groups
        return self._owned[at].get(key, [])

    # -- what is known when

    def exists(self, table: str, row: dict, as_of: dt.date) -> bool:
        """Semantics 3 and 4: rows whose `known.row` (else `time`) lies after as_of do not exist."""
        record = self.ruleset.tables[table]
        if table in self.own_table:
            return True
        if record.known_row:
            known = row[record.known_row]
            return known is not None and days.day_of(known, self.zone) <= as_of
        if record.time and row[record.time] is not None:
            return days.day_of(row[record.time], self.zone) <= as_of
        return True  # a blank time exists, but lies in no window

    def cell(self, table: str, row: dict, name: str, as_of: dt.date, via):
        """A cell as it was known on a date; a derived column is computed from the row."""
        record = self.ruleset.tables[table]
        if name in record.derived:
            return evaluate(record.derived[name].tree, RowContext(self, table, row, as_of, via))
        if name in record.known:  # semantics 3: a blank `known` is not yet known
            known = row[record.known[name]]
            if known is None or days.day_of(known, self.zone) > as_of:
                return None
        value = row[name]
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class RowContext(Context):
    """Names in a row: its columns, and dotted columns of the subjects on its way up."""

    def __init__(self, facts: Facts, table: str, row: dict, as_of: dt.date, via) -> None:
        self.facts, self.table, self.row, self.as_of, self.via = facts, table, row, as_of, via
        self.zone, self.year_start = facts.zone, facts.year_start

    def column(self, name: str, owner: str | None):
        if owner is None:
            return self.facts.cell(self.table, self.row, name, self.as_of, self.via)
        key = self.facts.owner_of(self.table, self.row, owner, self.via)
        if key is None:
            return None
        table = self.facts.ruleset.subjects[owner].table
        return self.facts.cell(table, self.facts.own_row(owner, key), name, self.as_of, {})

    def in_force(self):
        """`to` is the last day, or the first day without; a blank edge is open."""
        rule = self.facts.ruleset.tables[self.table].in_force
        start, end = (
            self.facts.cell(self.table, self.row, name, self.as_of, self.via) for name in (rule.start, rule.end)
        )
        begun = start is None or days.day_of(start, self.zone) <= self.as_of
        if end is None:
            return begun
        last = days.day_of(end, self.zone)
        return begun and (self.as_of <= last if rule.end_is == "last day" else self.as_of < last)
