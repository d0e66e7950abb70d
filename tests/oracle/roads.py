"""The roads from rows up to subjects, by the columns and parents that the rules declare."""

from __future__ import annotations

COMPANY = "company"


class Roads:
    """Which subjects the rows of a table count for, and by which columns."""

    def __init__(self, ruleset) -> None:
        self.ruleset = ruleset
        self.own_table = {each.table: name for name, each in ruleset.subjects.items() if each.table}
        self._found: dict = {}

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
        at = (table, to, tuple(sorted(via.items())))
        if at not in self._found:
            self._found[at] = self._roads(table, to, via)
        return self._found[at]

    def _roads(self, table: str, to: str, via) -> list[tuple[tuple[str, str], ...]]:
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
        ways = self.roads(table, to, via)
        assert len(ways) == 1, f"{len(ways)} roads from {table} to {to}"
        return ways[0]

    def leads(self, table: str, to: str, via) -> bool:
        """Whether rows of `table` count for subjects `to`."""
        return to == COMPANY or len(self.roads(table, to, via)) == 1

    def above(self, subject: str) -> set[str]:
        """The subject and all its ancestors."""
        found = {subject, COMPANY}
        for parent in self.ruleset.subjects[subject].parents:
            found |= self.above(parent)
        return found

    def shared_parent(self, table: str, subject: str) -> str:
        """The nearest subject above `subject` that the rows of `table` count for."""
        shared = [
            each for each in self.above(subject) if each not in (subject, COMPANY) and self.leads(table, each, {})
        ]
        nearest = [each for each in shared if not any(each in self.above(other) for other in shared if other != each)]
        assert len(nearest) == 1, f"from {table} to {subject} lead {nearest}"
        return nearest[0]

    def rolled_up_at(self, metric) -> list[str]:
        """The subjects at which a rollup can be computed: above its children, by one road; in order of declaration."""
        table = self.ruleset.subjects[metric.over].table
        found = []
        for subject in self.ruleset.subjects:
            above = (subject in self.above(metric.over) or subject in metric.via) and subject != metric.over
            if subject == COMPANY or (above and table and self.leads(table, subject, metric.via)):
                found.append(subject)
        return found
