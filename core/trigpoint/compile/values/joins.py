"""FROM clauses: from the rows of a table up to a subject, and to the owners whose columns are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from trigpoint.compile.dates import DAY
from trigpoint.compile.sql import identifier, text
from trigpoint.compile.statement import SCRATCH
from trigpoint.compile.values.books import alias, changes, held, holder_alias, holders, key_of, own_rows, rows_of
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.table import Table
from trigpoint.model.window import Stretch
from trigpoint.rules.roads import Step, handovers, road


@frozen
class Climb:
    """The way from the rows of `table` up `steps`, as of `day`.

    Where a parent is dated, facts go to who held the child on the day of the fact, `fact_day`; without one (None) to
    who holds it as of the day. With `seek` the subject at the end of a road of one step comes first too: its facts are
    then sought by key and time, not read from end to end.
    """

    ruleset: Ruleset
    table: Table
    steps: Sequence[Step]
    day: dt.date
    fact_day: str | None = None
    seek: bool = False
    stretch: Stretch | None = None  # of days in which all facts of the scan lie
    moved: bool = False  # the day is not the as-of date: who had not begun by then is not there
    taken: frozenset[str] = frozenset()  # aliases of what stands before it in the FROM clause
    joined: dict[str, str] = field(factory=dict)  # item by alias, the facts first
    links: list[str] = field(factory=list)  # between each item and the one below it

    def source(self, owners: Sequence[str], via: Mapping[str, str]) -> tuple[str, str | None]:
        """The text after FROM, and what the facts are grouped by: None for the company, which is one.

        The middle subjects of the road come first, each read in the order of its parent, then the facts, then the owners.
        A fact whose middle subject is unknown drops out; an unknown owner only has no data.
        """
        key = self._climb()
        items = list(self.joined.values())
        source = items[-1]
        for item, link in reversed(list(zip(items, self.links, strict=False))):
            source += f"\nCROSS JOIN {item} ON {link}"
        for owner in owners:
            source += self._owner(road(self.ruleset.subjects, self.table, owner, via) or ())
        return source, key

    def _climb(self) -> str | None:
        """Joins the middle subjects, and answers the key at the end of the road."""
        under = identifier(self.table.name)
        self.joined[under] = rows_of(self.ruleset, self.table, self.day)
        key: str | None = None
        for k, step in enumerate(self.steps):
            if step.column is None:
                return None
            if step.child:
                under = self._up_to_holder(step, key or "")
                key = f"{under}.parent"
            else:
                key = f"{under}.{identifier(step.column)}"
            if self._is_joined(k):
                under = self._up(step, key)
                key = f"{under}.{identifier(self.ruleset.subjects[step.subject].key)}"
        return key

    def _is_joined(self, k: int) -> bool:
        """Whether the own rows of the subject at a step are read: not at the end, and not where who held it says all."""
        if self.ruleset.subjects[self.steps[k].subject].table == self.table.name:
            return False
        if k == len(self.steps) - 1:
            return (self.seek and k == 0) or (self.moved and changes(self.ruleset, self.steps[k].subject))
        return not self.steps[k + 1].child

    def _up(self, step: Step, key: str) -> str:
        """The own rows of a subject above; beyond who held a child then, they are others than those as of the day."""
        name = alias(self.ruleset, step.subject)
        below = self.steps[: self.steps.index(step) + 1]
        then = f"{name}__then" if self.fact_day is not None and handovers(tuple(below)) else None
        name = then or name
        self.joined[name] = own_rows(self.ruleset, step.subject, self.day, then)
        self.links.append(f"{name}.{identifier(self.ruleset.subjects[step.subject].key)} = {key}")
        return name

    def _up_to_holder(self, step: Step, key: str) -> str:
        if self.fact_day is None:
            name = holder_alias(step)
            self.joined[name] = holders(step, self.day)
            self.links.append(f"{name}.key = {key}")
            return name
        name = f"held__{step.child}__{step.subject}"
        self.joined[name] = f"{SCRATCH}.{held(self.ruleset, step, self.day)} AS {name}"
        first, last = self._held_days(name)
        self.links.append(f"{name}.key = {key} AND {self.fact_day} >= {first} AND {self.fact_day} <= {last}")
        return name

    def _held_days(self, name: str) -> tuple[str, str]:
        """The first and the last day on which somebody's facts are sought: until another holds, and within the stretch of the scan."""
        if self.stretch is None:
            return f"{name}.day_from", f"{name}.day_until"
        first, last = text((self.stretch[0] + DAY).isoformat()), text(self.stretch[1].isoformat())
        return (
            f"CASE WHEN {name}.day_from > {first} THEN {name}.day_from ELSE {first} END",
            f"CASE WHEN {name}.day_until < {last} THEN {name}.day_until ELSE {last} END",
        )

    def _owner(self, steps: Sequence[Step]) -> str:
        """What leads to an owner whose columns are read: as of the day."""
        joins, under, key = "", identifier(self.table.name), ""
        for k, step in enumerate(steps):
            if step.child:
                under = holder_alias(step)
                joins += self._left(under, holders(step, self.day), f"{under}.key = {key}")
                key = f"{under}.parent"
            else:
                key = f"{under}.{identifier(step.column or '')}"
            if k == len(steps) - 1 or not steps[k + 1].child:
                under = alias(self.ruleset, step.subject)
                link = f"{key_of(self.ruleset, step.subject)} = {key}"
                joins += self._left(under, own_rows(self.ruleset, step.subject, self.day), link)
        return joins

    def _left(self, name: str, item: str, link: str) -> str:
        if name in self.joined or name in self.taken:
            return ""
        self.joined[name] = item
        return f"\nLEFT JOIN {item} ON {link}"
