"""The ruleset: everything after layering, as one frozen record with the fingerprint of its meaning."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from trigpoint.errors import Place, Problem
from trigpoint.model.assertion import Assert
from trigpoint.model.benchmark import Benchmark
from trigpoint.model.function import Function
from trigpoint.model.lookup import Lookup
from trigpoint.model.metric import Metric
from trigpoint.model.scorecard import Scorecard, families
from trigpoint.model.subject import Subject
from trigpoint.model.table import Table

Path = tuple[str, ...]  # of a setting in the rules: ("scorecards", "health", "hold")


DAY = "_day"  # the Julian day number of a fact's day, where a table has one


@frozen
class Calendar:
    """The project's zone and fiscal year, which windows and dates depend on."""

    timezone: str = "UTC"
    year_start: int = 1  # the month in which a year begins


@frozen
class Ruleset:
    """Subjects, tables, metrics and scorecards by name, in order of declaration. All names are checked."""

    calendar: Calendar
    subjects: Mapping[str, Subject]
    tables: Mapping[str, Table]
    metrics: Mapping[str, Metric]
    scorecards: Mapping[str, Scorecard]
    fingerprint: str
    lookups: Mapping[str, Lookup] = field(factory=dict)
    asserts: Mapping[str, Assert] = field(factory=dict)
    benchmarks: Mapping[str, Benchmark] = field(factory=dict)
    functions: Mapping[str, Function] = field(factory=dict)  # of plugins, those that its expressions call
    settings: Mapping[str, object] = field(factory=dict, eq=False)  # the merged TOML, as it is kept and shown
    origins: Mapping[Path, Place] = field(factory=dict, eq=False)
    warnings: tuple[Problem, ...] = field(default=(), eq=False)

    @property
    def families(self) -> dict[str, tuple[Scorecard, ...]]:
        """The scorecards of each family in the order in which they are tried: priority, then declaration."""
        return families(self.scorecards.values())

    def scorecards_of(self, subject: str) -> tuple[Scorecard, ...]:
        """The scorecards of one kind of subject, in order of declaration."""
        return tuple(card for card in self.scorecards.values() if card.subject == subject)

    def hidden(self, table: str) -> tuple[str, ...]:
        """The columns that the warehouse keeps beside the declared ones: a number for the day that facts lie by."""
        facts = self.tables[table]
        if any(subject.table == table for subject in self.subjects.values()):
            return ()
        return (DAY,) if facts.time in self.cluster(table) and facts.type_of(facts.time or "") == "date" else ()

    def own_key(self, subject: Subject) -> tuple[str, ...]:
        """What tells the rows of a subject's own table apart: its key; with history also the start of the stretch."""
        in_force = self.tables[subject.table].in_force if subject.table else None
        return (subject.key, in_force.start) if subject.history and in_force is not None else (subject.key,)

    def cluster(self, table: str) -> tuple[str, ...]:
        """The columns a table is laid out by, in the warehouse; in these a blank cell is stored as ''.

        Facts lie by (owner, time), those of nobody by the key that a lookup seeks; a subject's own rows by (first parent, key), so that what hangs on them can be
        read in the order of the parent; those of a history also by the start of the stretch, which may be blank.
        """
        for subject in self.subjects.values():
            if subject.table == table:
                stored = [column for parent, column in subject.parents.items() if parent not in subject.dated]
                return (*stored[:1], *self.own_key(subject))
        facts = self.tables[table]
        sought = next((each.key for _, each in sorted(self.lookups.items()) if each.table == table), ())
        owners = tuple(facts.belongs_to.values())[:1] or sought
        return tuple(column for column in dict.fromkeys((*owners, facts.time)) if column)
