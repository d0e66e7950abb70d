"""Statement 2 once more, over the stored value rows, with every column on the way: it reads, it does not recompute."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import chain

from attrs import frozen

from trigpoint.compile import explain_statement
from trigpoint.compile.failures import CREATE, FAILURES
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Rank, Scorecard
from trigpoint.store import Run, Store, ValueRow, findings, value_columns, values
from trigpoint.store.records import Scalar
from trigpoint.warehouse.functions import register


@frozen
class Levels:
    """The value row of one subject, and all columns between it and its judgement (see `trigpoint compile`)."""

    row: ValueRow
    steps: Mapping[str, Scalar]

    def number(self, name: str) -> float | None:
        """A step that is a number; None without data, or where the statement has no such step."""
        found = self.steps.get(name)
        return None if found is None or isinstance(found, str) else float(found)

    def text(self, name: str) -> str | None:
        """A step that is a text."""
        found = self.steps.get(name)
        return None if found is None else str(found)

    def truth(self, name: str) -> bool | None:
        """A condition: true, false, or no data."""
        found = self.steps.get(name)
        return None if found is None else bool(found)


def levels_of(store: Store, run: Run, ruleset: Ruleset, card: Scorecard, key: str) -> Levels:
    """The levels of one subject. Raises UsageError if the run has no such subject."""
    (row,) = values(store, run, card.subject, key)
    # A rank compares with all peers; everything else looks at the subject's own row alone.
    ranked = any(isinstance(measure.scale, Rank) for measure in card.measures)
    rows = values(store, run, card.subject) if ranked else iter((row,))
    return Levels(row, _steps(store, run, ruleset, card, rows, key))


def levels_if(store: Store, run: Run, ruleset: Ruleset, card: Scorecard, row: ValueRow) -> Levels:
    """The levels of a subject if its values were those of `row`, and everybody else's as they are."""
    ranked = any(isinstance(measure.scale, Rank) for measure in card.measures)
    others = (each for each in values(store, run, card.subject) if each.key != row.key) if ranked else iter(())
    return Levels(row, _steps(store, run, ruleset, card, chain([row], others), row.key))


def _steps(
    store: Store, run: Run, ruleset: Ruleset, card: Scorecard, rows: Iterable[ValueRow], key: str
) -> Mapping[str, Scalar]:
    with _judging(ruleset, card, value_columns(store, run, card.subject), rows) as connection:
        failed = [(each.where,) for each in findings(store, run) if each.kind == "plugin failed"]
        connection.executemany(f"INSERT INTO {FAILURES} VALUES (?)", failed)  # noqa: S608  # a name of ours
        connection.row_factory = sqlite3.Row
        for found in connection.execute(explain_statement(ruleset, card.name, run.as_of)):
            if found["key"] == key:
                return dict(zip(found.keys(), tuple(found), strict=True))
    raise LookupError(f"no judgement of {key}")


@contextmanager
def _judging(
    ruleset: Ruleset, card: Scorecard, columns: tuple[str, ...], rows: Iterable[ValueRow]
) -> Iterator[sqlite3.Connection]:
    """A connection of its own that holds the value rows and nothing else."""
    names = ["key", "label", *columns]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        register(connection, ruleset.calendar.timezone)
        connection.execute("ATTACH ':memory:' AS scratch")
        connection.execute(CREATE)
        table = f'scratch."values_{card.subject}"'
        connection.execute(f"CREATE TABLE {table} ({', '.join(map(_quoted, names))})")
        marks = ", ".join("?" * len(names))
        cells = ((row.key, row.label, *(row.columns[name] for name in columns)) for row in rows)
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", cells)  # noqa: S608  # names of the rules
        yield connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
