"""The facts as they are known on a date: subjects, rows, cells, and whose they are."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from oracle import days
from oracle.books import Books, When
from oracle.expressions import Context, evaluate
from oracle.lookups import looked_up
from oracle.roads import COMPANY, Roads


class Facts:
    """All tables of one example, with the ruleset that declares them; `run` is the date of the whole evaluation."""

    def __init__(self, ruleset, tables, run: dt.date) -> None:
        self.ruleset, self.tables, self.run = ruleset, tables, run
        self.zone = ZoneInfo(ruleset.calendar.timezone)
        self.year_start = ruleset.calendar.year_start
        self.functions = ruleset.functions
        self.own_table = {each.table: name for name, each in ruleset.subjects.items() if each.table}
        self.roads = Roads(ruleset)
        self.books = Books(self)
        self.moves = any(each.dated or each.history for each in ruleset.subjects.values())
        self._known: dict = {}

    def remembered(self, what: str, place: tuple, as_of: dt.date, make):
        """What was worked out before; it is another one on another date only where books or histories are kept."""
        at = (what, place, as_of if self.moves else None)
        if at not in self._known:
            self._known[at] = make()
        return self._known[at]

    # -- subjects

    def own_rows(self, subject: str, as_of: dt.date) -> dict[str, dict]:
        """Semantics 4: a subject's own table has one row per subject, always visible.

        With `history` that is the stretch with the latest start that has come; before the first one nothing exists.
        """
        return self.remembered("own", (subject,), as_of, lambda: self._own_rows(subject, as_of))

    def _own_rows(self, subject: str, as_of: dt.date) -> dict[str, dict]:
        record = self.ruleset.subjects[subject]
        rows = self.tables.get(record.table, []) if record.table else []
        found: dict[str, dict] = {}
        for row in rows:
            if record.history:
                other = found.get(row[record.key])
                later = other is not None and self.start(record.table, other) > self.start(record.table, row)
                if later or not self.has_begun(record.table, row, as_of):
                    continue
            found[row[record.key]] = row
        return found

    def start(self, table: str, row: dict) -> dt.date:
        """The first day of a stretch; a blank one began before everything."""
        start = row[self.ruleset.tables[table].in_force.start]
        return dt.date.min if start is None else days.day_of(start, self.zone)

    def has_begun(self, table: str, row: dict, as_of: dt.date) -> bool:
        """Whether a stretch of a history has come, and is known."""
        return self.start(table, row) <= as_of and self.visible(table, row, as_of)

    def keys(self, subject: str, as_of: dt.date) -> list[str]:
        """The subjects of one kind; without a table, the keys are the values found in the children."""
        return sorted(self.keys_set(subject, as_of))

    def keys_set(self, subject: str, as_of: dt.date) -> set[str]:
        return self.remembered("keys", (subject,), as_of, lambda: self._keys(subject, as_of))

    def _keys(self, subject: str, as_of: dt.date) -> set[str]:
        if subject == COMPANY:
            return {COMPANY}
        if self.ruleset.subjects[subject].table:
            return set(self.own_rows(subject, as_of))
        found = set()
        for child, each in self.ruleset.subjects.items():
            if subject in each.dated:
                holding = each.dated[subject]
                children = self.keys_set(child, as_of)
                rows = [row for row in self.tables.get(holding.table, []) if row[holding.child] in children]
                found |= {row[holding.column] for row in rows if self.exists(holding.table, row, as_of)}
            elif subject in each.parents:
                rows = self.tables.get(each.table, [])
                begun = [row for row in rows if not each.history or self.has_begun(each.table, row, as_of)]
                found |= {row[each.parents[subject]] for row in begun}
        return found - {None, ""}

    def own_row(self, subject: str, key: str, as_of: dt.date) -> dict | None:
        return self.own_rows(subject, as_of).get(key)

    def holds(self, subject: str, key: str, as_of: dt.date) -> bool:
        """Whether the stretch of a subject with history is in force; the others always are."""
        record = self.ruleset.subjects[subject]
        if not record.history:
            return True
        return RowContext(self, record.table, self.own_row(subject, key, as_of), as_of, {}).in_force()

    # -- whose a row is

    def owner_of(self, table: str, row: dict, to: str, via, as_of: dt.date, when: When | None = None) -> str | None:
        """The key of the subject a row counts for; None where an owner on the way is blank or unknown (semantics 1).

        A dated parent is the one at the as-of date, or at the day that `when` says.
        """
        if to == COMPANY:
            steps = self.roads.starts(table, via)[:1]
            return COMPANY if not steps or self.climb(row, steps, as_of, when) else None
        return self.climb(row, self.roads.road(table, to, via), as_of, when)

    def climb(self, row: dict, steps, as_of: dt.date, when: When | None) -> str | None:
        """The key at the end of some steps."""
        below, key = None, None
        for subject, column in steps:
            if below and subject in self.ruleset.subjects[below].dated:
                key = self.books.holder(below, subject, key, as_of, when)
            else:
                key = row[column]
            if key is None or key == "" or key not in self.keys_set(subject, as_of):
                return None
            below, row = subject, self.own_row(subject, key, as_of) or {}
        return key

    def rows_of(self, table: str, subject: str, key: str, via, as_of: dt.date) -> list[dict]:
        """The rows that count for one subject, in file order."""
        place = (table, subject, tuple(sorted(via.items())))
        groups = self.remembered("rows", place, as_of, lambda: self._rows(table, subject, via, as_of))
        return groups.get(key, [])

    def _rows(self, table: str, subject: str, via, as_of: dt.date) -> dict[str | None, list[dict]]:
        if not self.roads.leads(table, subject, via):
            return self._rows_from_above(table, subject, as_of)
        groups: dict[str | None, list[dict]] = {}
        own = self.own_table.get(table)
        # of a table with history each subject has one row, that of the date
        rows = self.tables.get(table, [])
        if own and self.ruleset.subjects[own].history:
            rows = list(self.own_rows(own, as_of).values())
        for row in rows:
            owner = self.owner_of(table, row, subject, via, as_of, self.fact_day(table, row))
            groups.setdefault(owner, []).append(row)
        return groups

    def _rows_from_above(self, table: str, subject: str, as_of: dt.date) -> dict[str | None, list[dict]]:
        """Each subject sees the rows of its parent: the nearest one to which the rows belong as well."""
        record = self.ruleset.subjects[subject]
        parent = self.roads.shared_parent(table, subject)
        found: dict[str | None, list[dict]] = {}
        for key, row in self.own_rows(subject, as_of).items():
            above = self.owner_of(record.table, row, parent, {}, as_of)
            found[key] = self.rows_of(table, parent, above, {}, as_of) if above else []
        return found

    def fact_day(self, table: str, row: dict) -> When | None:
        """The day whose holder, or else the last one before, a fact counts for.

        None for tables without time and for subjects' own: they go by the as-of date.
        """
        time = self.ruleset.tables[table].time
        if time is None or table in self.own_table:
            return None
        return When(None if row[time] is None else days.day_of(row[time], self.zone), exactly=False)

    # -- what is known when

    def exists(self, table: str, row: dict, as_of: dt.date) -> bool:
        """Semantics 3 and 4: rows whose `known.row` (else `time`) lies after as_of do not exist; own rows always do."""
        return table in self.own_table or self.visible(table, row, as_of)

    def visible(self, table: str, row: dict, as_of: dt.date) -> bool:
        record = self.ruleset.tables[table]
        if record.known_row:
            known = row[record.known_row]
            return known is not None and days.day_of(known, self.zone) <= as_of
        if record.time and row[record.time] is not None:
            return days.day_of(row[record.time], self.zone) <= as_of
        return True  # a blank time exists, but lies in no window

    def cell(self, table: str, row: dict | None, name: str, as_of: dt.date, via):
        """A cell as it was known on a date; a derived column is computed from the row."""
        if row is None:
            return None  # a subject that had not begun
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
    """Names in a row: its columns, and dotted columns of the subjects on its way up, or of the one that sees it."""

    def __init__(self, facts: Facts, table: str, row: dict, as_of: dt.date, via, seen_by=None) -> None:
        self.facts, self.table, self.row, self.as_of, self.via = facts, table, row, as_of, via
        self.zone, self.year_start, self.functions = facts.zone, facts.year_start, facts.functions
        self.seen_by = seen_by  # (subject, key) at which the rows of a parent are looked at

    def column(self, name: str, owner: str | None):
        if owner is None:
            return self.facts.cell(self.table, self.row, name, self.as_of, self.via)
        if self.seen_by and self.seen_by[0] == owner:
            key = self.seen_by[1]
        else:
            key = self.facts.owner_of(self.table, self.row, owner, self.via, self.as_of)
        if key is None:
            return None
        table = self.facts.ruleset.subjects[owner].table
        return self.facts.cell(table, self.facts.own_row(owner, key, self.as_of), name, self.as_of, {})

    def lookup(self, name: str, arguments: list):
        time = self.facts.ruleset.tables[self.table].time
        when = None if time is None else self.row[time]
        day = None if when is None else days.day_of(when, self.zone)
        return looked_up(self.facts, name, arguments, self.as_of, day)

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
