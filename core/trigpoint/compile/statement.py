"""What the compiler gives: statements that write one scratch table each, and the names of those tables' columns."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Mapping

from attrs import frozen

from trigpoint.compile.sql import identifier
from trigpoint.model.run import FindingKind

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

    @property
    def create(self) -> str:
        """The DDL of the scratch table."""
        columns = ",\n".join(f"  {identifier(name)} {kind}" for name, kind in self.columns.items())
        return f"CREATE TABLE {SCRATCH}.{self.table} (\n{columns}\n) STRICT, WITHOUT ROWID"

    @property
    def insert(self) -> str:
        """The statement as it runs."""
        names = ", ".join(identifier(name) for name in self.columns)
        wrapped = textwrap.fill(names, 118, initial_indent="  ", subsequent_indent="  ", break_long_words=False)
        return f"INSERT INTO {SCRATCH}.{self.table} (\n{wrapped}\n)\n{self.select}"


@frozen
class Query:
    """A small question to the scratch tables whose answer is a number of findings and an example."""

    kind: FindingKind
    where: str
    text: str
    select: str


@frozen
class Program:
    """A ruleset as of a date: statement 1 for each subject, statement 2 for each scorecard, and what to look out for."""

    as_of: dt.date
    tables: tuple[str, ...]
    values: tuple[Statement, ...]
    judgements: tuple[Statement, ...]
    findings: tuple[Query, ...]


def values_table(subject: str) -> str:
    """The table of a subject's value rows."""
    return f"values_{subject}"


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
