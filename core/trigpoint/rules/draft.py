"""A ruleset in the making: what is known so far, and the names that were reported and are not to be told again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import Factory, define, field

from trigpoint.errors import Problems
from trigpoint.language import FUNCTIONS
from trigpoint.model.assertion import Assert
from trigpoint.model.benchmark import Benchmark
from trigpoint.model.expression import ValueType
from trigpoint.model.function import Function
from trigpoint.model.lookup import Lookup
from trigpoint.model.metric import Metric
from trigpoint.model.plugin import Registry
from trigpoint.model.ruleset import Calendar
from trigpoint.model.scorecard import Scorecard
from trigpoint.model.subject import COMPANY, Subject
from trigpoint.model.table import Table
from trigpoint.rules.declared import Declared
from trigpoint.rules.functions import declared_functions
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.setting import Broken, Setting
from trigpoint.rules.traits import Traits, traits_of

NOTHING = Registry()


@define
class Draft:
    """The records made so far. `broken` names what cannot be used because of problems that were already told."""

    settings: Setting
    calendar: Calendar
    problems: Problems
    tables: dict[str, Table] = field(factory=dict)
    subjects: dict[str, Subject] = field(factory=dict)
    metrics: dict[str, Metric] = field(factory=dict)
    scorecards: dict[str, Scorecard] = field(factory=dict)
    benchmarks: dict[str, Benchmark] = field(factory=dict)
    lookups: dict[str, Lookup] = field(factory=dict)
    asserts: dict[str, Assert] = field(factory=dict)
    plugin_metrics: dict[str, Declared] = field(
        factory=dict
    )  # by id: what plugins say of the metrics that the rules name
    registry: Registry = NOTHING  # what plugins offer, for those who mistype a name
    functions: dict[str, Function] = Factory(  # of the language, and those of plugins that the settings declare
        lambda self: {**declared_functions(self.settings), **FUNCTIONS}, takes_self=True
    )
    scored_by: dict[str, dict[str, set[str]]] = field(factory=dict)  # subject -> its scorecards with their parts
    traits: dict[str, Traits] = field(factory=dict)  # of each metric
    reached: dict[str, tuple[str, ...]] = field(factory=dict)  # metric -> where it can be computed
    broken: set[tuple[str, str]] = field(factory=set)  # ("metric", "arr"), ("table", "usage"), ...

    def readers(self, section: str) -> Iterator[tuple[str, Reader]]:
        """The tables of one section of the rules; those that were refused as a whole are noted as broken."""
        whole = self.settings.table.get(section)
        kind = section.removesuffix("s")
        for name, setting in whole.table.items() if whole is not None else ():
            if isinstance(setting.value, Broken):
                self.broken.add((kind, name))
            else:
                yield name, Reader(f"{kind} '{name}'", setting, self.problems)

    @contextmanager
    def making(self, kind: str, name: str) -> Iterator[None]:
        """Notes the record as broken when a problem keeps it from being made, and goes on."""
        try:
            yield
        except Unusable:
            self.broken.add((kind, name))

    def add_metric(self, metric: Metric) -> None:
        """Adds a metric whose parts are there already."""
        self.metrics[metric.name] = metric
        self.traits[metric.name] = traits_of(metric, self.tables, self.traits)

    def names(self, kind: str) -> set[str]:
        """The broken names of one kind."""
        return {name for each, name in self.broken if each == kind}

    @property
    def gaps(self) -> bool:
        """Whether subjects, or the roads to them, are missing because of problems that were already told."""
        return any(kind in ("subject", "road") for kind, _ in self.broken)

    def declared(self, section: str) -> tuple[str, ...]:
        """The names in one section of the rules, broken or not."""
        whole = self.settings.table.get(section)
        names = () if whole is None else tuple(whole.table)
        return (*names, COMPANY) if section == "subjects" else names

    def own_table(self, subject: str) -> Table | None:
        """A subject's own table; None for the company and where it is broken."""
        found = self.subjects.get(subject)
        return self.tables.get(found.table) if found is not None and found.table else None

    def columns_of(self, table: Table) -> dict[str, ValueType]:
        """The declared and derived columns of a table with their types."""
        return {**table.columns, **{name: each.type for name, each in table.derived.items()}}


@contextmanager
def going_on() -> Iterator[None]:
    """Goes on after something whose problem was told, to find the others."""
    try:
        yield
    except Unusable:
        return
