"""In whose book a subject is: who held it on a day, and for what share of some days."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from oracle import days

BEFORE_ALL = dt.date.min


class When(NamedTuple):
    """The day whose holder is asked for: of `exactly` that day, or with the last one before it."""

    day: dt.date | None
    exactly: bool = True


class Stretch(NamedTuple):
    """From when to when somebody held a subject: the days `first` to `last`, both in."""

    first: dt.date
    last: dt.date
    holder: str | None


class Books:
    """The dated parents of all subjects."""

    def __init__(self, facts) -> None:
        self.facts = facts

    def stretches(self, child: str, parent: str, key: str, as_of: dt.date) -> list[Stretch]:
        """What is known by a date about who held one subject. Rows not known yet do not exist."""
        groups = self.facts.remembered("book", (child, parent), as_of, lambda: self._stretches(child, parent, as_of))
        return groups.get(key, [])

    def _stretches(self, child: str, parent: str, as_of: dt.date) -> dict[str, list[Stretch]]:
        holding = self.facts.ruleset.subjects[child].dated[parent]
        rule = self.facts.ruleset.tables[holding.table].in_force
        found: dict[str, list[Stretch]] = {}
        for row in self.facts.tables.get(holding.table, []):
            if self.facts.exists(holding.table, row, as_of):
                start = self.facts.cell(holding.table, row, rule.start, as_of, {})
                end = self.facts.cell(holding.table, row, rule.end, as_of, {})
                first = BEFORE_ALL if start is None else days.day_of(start, self.facts.zone)
                last = dt.date.max if end is None else days.day_of(end, self.facts.zone)
                if end is not None and rule.end_is == "first day without":
                    last -= days.ONE_DAY
                found.setdefault(row[holding.child], []).append(Stretch(first, last, row[holding.column]))
        return found

    def holder(self, child: str, parent: str, key: str, as_of: dt.date, when: When | None) -> str | None:
        """Who holds a subject, by what is known on the as-of date: at that date, or at the day that `when` says."""
        stretches = self.stretches(child, parent, key, as_of)
        day = when.day if when else as_of
        if day is None:
            return None  # a fact without a day
        return self.on(stretches, day) if when and when.exactly else self.at(stretches, day)

    def at(self, stretches: list[Stretch], day: dt.date) -> str | None:
        """The holder on a day, else the last one before it, so that the lost ones stay with whoever lost them.

        That changes only after the last and before the first days of stretches.
        """
        before = {day}
        for stretch in stretches:
            before.add(stretch.last)
            if stretch.first > BEFORE_ALL:
                before.add(stretch.first - days.ONE_DAY)
        for each in sorted((each for each in before if each <= day), reverse=True):
            if (found := self.on(stretches, each)) is not None:
                return found
        return None

    def on(self, stretches: list[Stretch], day: dt.date) -> str | None:
        """Of the stretches in force the one with the latest start; nobody if two of that start name two holders."""
        running = [each for each in stretches if each.first <= day <= each.last]
        latest = max((each.first for each in running), default=None)
        holders = {each.holder for each in running if each.first == latest}
        return holders.pop() if len(holders) == 1 else None
