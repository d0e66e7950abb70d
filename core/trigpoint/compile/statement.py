"""What the compiler gives: statements that write one scratch table each, and the names of those tables' columns."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Mapping
from typing import Literal

from attrs import frozen

from trigpoint.compile.sql import identifier
from trigpoint.errors import Severity
from trigpoint.model.expression import ValueType
from trigpoint.model.metric import PluginMetric
from trigpoint.model.run import FindingKind

IN_FORCE = "in_force__own"  # in the value row of a subject with history: whether its row holds on the as-of date
GIVEN = "given__rows"  # what the rows are called in the SQL of a plugin's query or expression
SCRATCH = "scratch"  # the schema that an evaluation writes to
# Own columns that would be taken for a column of the value row.
_TAKEN = frozenset({"key", "label", "run", "as_of", "ruleset"})


@frozen
class Statement:
    """A query and the scratch table that takes its rows. `columns` maps names to SQLite types."""

    table: str
    columns: Mapping[str, str]
    select: str
    title: str
    stage: Literal["values", "judgements"] = "values"
    keyed_by: tuple[str, ...] = ()  # the primary key, where it is more than one column
    metric: PluginMetric | None = None  # of a plugin, whose query this is: it may fail

    @property
    def create(self) -> str:
        """The DDL of the scratch table."""
        columns = ",\n".join(f"  {identifier(name)} {kind}" for name, kind in self.columns.items())
        columns += f",\n  PRIMARY KEY ({', '.join(self.keyed_by)})" if self.keyed_by else ""
        return f"CREATE TABLE {SCRATCH}.{self.table} (\n{columns}\n) STRICT, WITHOUT ROWID"

    @property
    def text(self) -> str:
        """The statement as it runs."""
        names = ", ".join(identifier(name) for name in self.columns)
        wrapped = textwrap.fill(names, 118, initial_indent="  ", subsequent_indent="  ", break_long_words=False)
        return f"INSERT INTO {SCRATCH}.{self.table} (\n{wrapped}\n)\n{self.select}"


@frozen
class Feed:
    """Rows that a plugin's function is given, and the scratch table that takes the values it answers with.

    The rows of `select` are (key, n, newest, inputs...), one for each subject: how many rows it has, its newest fact, and
    the cells of each input: numbers as a list, others as JSON. `listed` gives lists of all. `as_of` and `window` (first and last day) are those that the function is asked for.
    """

    table: str
    metric: PluginMetric
    subject: str
    as_of: dt.date
    window: tuple[dt.date, dt.date] | None
    select: str
    title: str
    listed: str = ""
    stage: Literal["values"] = "values"

    @property
    def text(self) -> str:
        """What the function is given, as a query."""
        return self.select or f"-- {self.metric.plugin} failed to load: no value"

    @property
    def create(self) -> str:
        """The DDL of the scratch table."""
        columns = "  key TEXT PRIMARY KEY NOT NULL,\n  value ANY,\n  n INTEGER NOT NULL,\n  newest ANY"
        return f"CREATE TABLE {SCRATCH}.{self.table} (\n{columns}\n) STRICT, WITHOUT ROWID"


@frozen
class Query:
    """A small question to the scratch tables whose answer is a number of findings and an example.

    `counted` is the subject that is counted, where people should read the number; `shown` are further columns of the
    answer, values of the example, with their names and types.
    """

    kind: FindingKind
    where: str
    text: str
    select: str
    severity: Severity = "warning"
    counted: str | None = None
    shown: tuple[tuple[str, ValueType | None], ...] = ()


@frozen
class Program:
    """A ruleset as of a date: its statements in the order in which they run, and what to look out for.

    Children come before their parents: statement 1 of a subject, then statement 2 of each of its scorecards, then
    perhaps a second pair for what looks at those scores.
    """

    as_of: dt.date
    tables: tuple[str, ...]
    statements: tuple[Statement | Feed, ...]
    findings: tuple[Query, ...]


def values_table(subject: str, stratum: int | None = None) -> str:
    """The table of a subject's value rows; with a stratum that of rows that are not complete yet."""
    return f"values_{subject}" if stratum is None else f"values_{subject}__{stratum}"


def scores_table(scorecard: str) -> str:
    """The table of a scorecard's rows."""
    return f"scores_{scorecard}"


def own_column(name: str) -> str:
    """The value row's column for an own column of the subject."""
    return f"{name}__column" if name in _TAKEN else name


def parent_column(parent: str) -> str:
    """The value row's column for the key of the parent that a rank looks at."""
    return f"parent__{parent}"


def band_before(series: str) -> str:
    """The value row's column for the band that a scorecard, or family, gave in the run before."""
    return f"band_before__{series}"
