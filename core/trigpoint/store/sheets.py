"""The wide tables: `values_<subject>` and `scores_<scorecard>`, one row per subject and run, which grow by columns."""

from __future__ import annotations

import hashlib
import sqlite3
from array import array
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Literal
from urllib.parse import quote as percent_encoded

from attrs import frozen

from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Evaluation
from trigpoint.store.failures import told
from trigpoint.store.records import Counts

SCRATCH = "scratch"  # the name under which an evaluation's file is attached
APPLIES = "scorecard__applies"  # names with two underscores are ours, so no measure can be called that
_HEADS = {
    "values": {"run": "INTEGER NOT NULL REFERENCES runs(id)", "key": "TEXT NOT NULL", "label": "TEXT"},
    "scores": {
        "run": "INTEGER NOT NULL REFERENCES runs(id)",
        "as_of": "TEXT NOT NULL",
        "ruleset": "TEXT NOT NULL",
        "key": "TEXT NOT NULL",
        "label": "TEXT",
        APPLIES: "INTEGER NOT NULL",
    },
}
_TEXTS = frozenset(["outcome", "band", "guards", "guards__unjudged", "reasons", "reason_1", "reason_2", "reason_3"])


@frozen
class Sheet:
    """One wide table of an evaluation: the subject or scorecard it is `of`, and its columns beside key and label."""

    kind: Literal["values", "scores"]
    of: str
    columns: tuple[str, ...]

    @property
    def table(self) -> str:
        """Its name, in the scratch file and in the store."""
        return f"{self.kind}_{self.of}"

    def declaration(self, column: str) -> str:
        """The type of a column. A metric may change its type between runs, so values are of any."""
        if self.kind == "values" or ("__" in column and column not in _TEXTS):
            return "ANY"
        return "TEXT" if column in _TEXTS else "REAL"


def quote(name: str) -> str:
    """A name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def stored(column: str) -> str:
    """The name under which the store keeps a column: an account may have a column called `run`, which is ours."""
    return "run__own" if column == "run" else column


def columns_of(connection: sqlite3.Connection, table: str, schema: str = "main") -> tuple[str, ...]:
    """The columns of a table, () if there is no such table."""
    return tuple(row[1] for row in connection.execute(f"PRAGMA {schema}.table_info({quote(table)})"))


def sheets_of(connection: sqlite3.Connection, ruleset: Ruleset) -> tuple[Sheet, ...]:
    """The wide tables of the attached evaluation. That each scorecard has one is the evaluation's duty: ValueError."""
    values = [_sheet(connection, "values", subject) for subject in ruleset.subjects]
    scores = [_sheet(connection, "scores", scorecard) for scorecard in ruleset.scorecards]
    if missing := [card for card, sheet in zip(ruleset.scorecards, scores, strict=True) if sheet is None]:
        raise ValueError(f"the evaluation has no scores of {', '.join(missing)}")
    return tuple(sheet for sheet in (*values, *scores) if sheet is not None)


def make_room(connection: sqlite3.Connection, sheet: Sheet) -> None:
    """Creates the table of a sheet, or adds the columns it lacks, within the transaction that is open."""
    have = columns_of(connection, sheet.table)
    new = {stored(each): sheet.declaration(each) for each in sheet.columns if stored(each) not in have}
    if have:
        for name, kind in new.items():
            connection.execute(f"ALTER TABLE {quote(sheet.table)} ADD COLUMN {quote(name)} {kind}")
        return
    columns = ", ".join(f"{quote(name)} {kind}" for name, kind in (_HEADS[sheet.kind] | new).items())
    options = "PRIMARY KEY (run, key)) STRICT, WITHOUT ROWID"
    connection.execute(f"CREATE TABLE {quote(sheet.table)} ({columns}, {options}")


def copy(connection: sqlite3.Connection, sheet: Sheet, heads: Mapping[str, object], applies: str) -> int:
    """Copies a sheet from the attached evaluation; returns the number of rows.

    `heads` are the columns that are the same in all rows (run, as_of, ruleset), `applies` the SQL that tells whether
    a scorecard is the one that applies.
    """
    names = ["key", "label", *sheet.columns]
    fixed = [*heads, APPLIES] if sheet.kind == "scores" else list(heads)
    chosen = [*(f":{head}" for head in heads), *([applies] if sheet.kind == "scores" else [])]
    into = ", ".join(map(quote, [*fixed, *map(stored, names)]))
    take = ", ".join([*chosen, *(f"s.{quote(name)}" for name in names)])
    sql = (
        f"INSERT INTO {quote(sheet.table)} ({into}) SELECT {take} FROM {SCRATCH}.{quote(sheet.table)} s ORDER BY s.key"  # noqa: S608  # names are quoted, values bound
    )
    return connection.execute(sql, dict(heads)).rowcount


def applies_sql(ruleset: Ruleset, scorecard: str) -> str:
    """1 where a scorecard is the one that applies to the subject: the first of its family of which that is true.

    Of a subject that is not eligible all scorecards of the family say so; the first stands for them.
    """
    card = ruleset.scorecards[scorecard]
    family = [each.name for each in ruleset.families[card.family]] if card.family else [scorecard]
    earlier = family[: family.index(scorecard)]
    taken = (
        f"NOT EXISTS (SELECT 1 FROM {SCRATCH}.{quote('scores_' + each)} e "  # noqa: S608  # the name is quoted
        "WHERE e.key = s.key AND e.outcome <> 'not_applicable')"
        for each in earlier
    )
    return " AND ".join(["s.outcome <> 'not_applicable'", *taken])


def digest(connection: sqlite3.Connection, sheet: Sheet, run: int | None = None) -> str:
    """What a sheet says, in 64 letters: from the attached evaluation, or (with a run) from the store.

    Of all columns how many hold data; of scores also key, outcome, band and score of every row. All figures of all
    rows would take ten times as long: 0.6 s instead of 0.04 s for 10,000 rows of 60 columns.
    """
    names = [each if run is None else stored(each) for each in ("key", "label", *sheet.columns)]
    source = f"{SCRATCH if run is None else 'main'}.{quote(sheet.table)}"
    where = "" if run is None else "WHERE run = ?"
    parameters = () if run is None else (run,)
    counts = ", ".join(f"count({quote(name)})" for name in names)
    row = connection.execute(f"SELECT count(*), {counts} FROM {source} {where}", parameters).fetchone()  # noqa: S608  # names are quoted
    found = hashlib.sha256(repr([*sheet.columns, *row]).encode())
    if sheet.kind == "scores":
        sql = f"SELECT key, outcome, ifnull(band, ''), ifnull(score, -1e300) FROM {source} {where} ORDER BY key"  # noqa: S608  # as above
        cursor = connection.execute(sql, parameters)
        while rows := cursor.fetchmany(1000):
            *texts, scores = zip(*rows, strict=True)
            found.update("\n".join(["\n".join(column) for column in texts]).encode())
            found.update(array("d", scores).tobytes())
    return found.hexdigest()


def counts_of(connection: sqlite3.Connection, ruleset: Ruleset) -> Counts:
    """How many subjects have each outcome and each band, the highest first, by scorecard, in the attached evaluation."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for scorecard, card in ruleset.scorecards.items():
        sql = "SELECT outcome, band, count(*) FROM {} GROUP BY outcome, band ORDER BY outcome, band"
        outcomes: dict[str, int] = {}
        bands: dict[str, int] = {}
        for outcome, band, count in connection.execute(sql.format(f"{SCRATCH}.{quote('scores_' + scorecard)}")):
            outcomes[outcome] = outcomes.get(outcome, 0) + count
            if band is not None:
                bands[band] = bands.get(band, 0) + count
        found[scorecard] = {
            "outcomes": outcomes,
            "bands": {band.name: bands[band.name] for band in reversed(card.bands) if band.name in bands},
        }
    return found


def count_outcomes(evaluation: Evaluation) -> Counts:
    """How many subjects have each outcome and each band, by scorecard, before anything is published."""
    with told(evaluation.scratch), closing(sqlite3.connect(":memory:", uri=True)) as connection:
        attach(connection, evaluation)
        return counts_of(connection, evaluation.ruleset)


def attach(connection: sqlite3.Connection, evaluation: Evaluation) -> None:
    """Makes the evaluation's file readable, and only that."""
    path = percent_encoded(str(evaluation.scratch.absolute()))
    connection.execute(f"ATTACH ? AS {SCRATCH}", (f"file:{path}?mode=ro",))


def wide_tables(connection: sqlite3.Connection) -> Iterator[str]:
    """The wide tables there are, of all runs."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND (name GLOB 'values_*' OR name GLOB 'scores_*') ORDER BY name"
    yield from [str(row[0]) for row in connection.execute(sql)]


def _sheet(connection: sqlite3.Connection, kind: Literal["values", "scores"], of: str) -> Sheet | None:
    have: Any = columns_of(connection, f"{kind}_{of}", SCRATCH)
    return Sheet(kind, of, tuple(name for name in have if name not in ("key", "label"))) if have else None
