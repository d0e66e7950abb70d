"""SQLite as a warehouse: facts are read, scratch tables are written, and rules can reach nothing else."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from trigpoint.compile.values.printed import PRINTED
from trigpoint.errors import DiskError, GateError, InputError
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run_report import BadRows
from trigpoint.signals import stop_if_asked
from trigpoint.warehouse.faults import worded
from trigpoint.warehouse.functions import register
from trigpoint.warehouse.gathered import Gathered
from trigpoint.warehouse.layout import check_layout

SCRATCH = "scratch"
# What a rule may make SQLite call: the functions that the emitters print, those of expressions of plugins, and no other.
FUNCTIONS = frozenset(
    "abs coalesce count date instr json_extract json_group_array json_object julianday lead length max min nullif rank replace "
    "round sign strftime substr sum trim "
    "tp_as_day tp_as_moment tp_ceil tp_cells tp_earliest tp_exp tp_floor tp_latest tp_ln tp_lower tp_mod tp_months_between tp_percentile "
    "tp_period tp_period_end tp_period_start tp_power tp_round tp_sqrt tp_stddev tp_upper".split()
).union(PRINTED)
# Reading is a scan: a larger cache, or mapped pages, would only grow with the facts (measured: no faster).
_PRAGMAS = ("trusted_schema = OFF", "cache_size = -8192")
_LONGEST = 4_000_000  # bytes of a text or of a row: no expression can fill the memory
_TICKS = 100_000  # virtual machine steps between two looks at the clock


@frozen
class SqliteWarehouse:
    """A file of facts, opened for reading. Close it with `with`."""

    path: Path
    connection: sqlite3.Connection

    def __enter__(self) -> SqliteWarehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def check(self, ruleset: Ruleset) -> None:
        """Raises InputError with each declared table that was never loaded, or loaded under another declaration."""
        if problems := check_layout(self.connection, ruleset):
            raise InputError(*problems)

    def skipped(self) -> frozenset[str]:
        """The tables whose source failed and was skipped: what they hold says nothing about today."""
        rows = self.connection.execute("SELECT table_name FROM _loads WHERE status = 'skipped'")
        return frozenset(name for (name,) in rows)

    def quarantined(self, source: str, most: int) -> tuple[BadRows, ...]:
        """The commonest reasons for which rows of a source were kept aside, each with an example."""
        sql = (
            "SELECT reason, count(*), "
            "min(file || ' row ' || row || CASE excerpt WHEN '' THEN '' ELSE ' (' || excerpt || ')' END) "
            "FROM _quarantine WHERE source = ? GROUP BY reason ORDER BY count(*) DESC, reason LIMIT ?"
        )
        return tuple(BadRows(source, *row) for row in self.connection.execute(sql, (source, most)))

    @contextmanager
    def session(self, scratch: Path, timezone: str, seconds: float) -> Iterator[Session]:
        """Rules at work on the facts, writing to a new file `scratch`, for at most `seconds` in all."""
        register(self.connection, timezone)
        self.connection.execute(f"ATTACH DATABASE ? AS {SCRATCH}", (f"{scratch.absolute().as_uri()}?mode=rwc",))
        try:
            # Nobody reads the file before it is whole, and a broken one is thrown away: no journal, no waiting.
            for pragma in (
                "journal_mode = OFF",
                "cache_size = -12288",
                "synchronous = OFF",
                "locking_mode = EXCLUSIVE",
            ):
                self.connection.execute(f"PRAGMA {SCRATCH}.{pragma}").fetchall()
            session = Session(self.connection, time.monotonic() + seconds)
            session.gathered.register(self.connection)
            yield session
            if self.connection.in_transaction:
                self.connection.commit()
        finally:
            self.connection.set_authorizer(None)
            self.connection.set_progress_handler(None, 0)
            if self.connection.in_transaction:
                self.connection.rollback()
            self.connection.execute(f"DETACH DATABASE {SCRATCH}")


@frozen
class Session:
    """The connection of one evaluation. Our own DDL first; after `confine` only the compiled statements run."""

    connection: sqlite3.Connection
    deadline: float
    gathered: Gathered = field(factory=Gathered)

    def create(self, ddl: str) -> None:
        """Make a scratch table."""
        self.connection.execute(ddl)

    def fill(self, table: str, rows: Iterable[tuple[str, ...]], columns: int) -> None:
        """Put rows into a scratch table."""
        marks = ", ".join("?" * columns)
        self.connection.execute("BEGIN")
        self.connection.executemany(f"INSERT INTO {SCRATCH}.{table} VALUES ({marks})", rows)
        self.connection.execute("COMMIT")

    def put(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Put rows into a scratch table while the compiled statements run. A row whose key is there already is left out."""
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self.connection.executemany(f"INSERT OR IGNORE INTO {SCRATCH}.{table} VALUES ({marks})", rows)

    def rows(self, statement: str, what: str, listed: str = "") -> Iterator[tuple[Any, ...]]:
        """The rows of a feed, one after the other: key, n, newest, and a list of cells, or JSON, for each input.

        Where the JSON of one subject is longer than a text may be, the rest comes from the statement `listed`, which has the
        same rows with lists alone. Raises as `run` does.
        """
        self.gathered.lists.clear()  # of a feed that was given up
        done = 0
        try:
            for row in self.connection.execute(statement):
                if row[1]:  # the company is one subject, with or without rows
                    done += 1
                    yield self.gathered.fetched(row, 3)
        except sqlite3.Error as error:
            if not listed or getattr(error, "sqlite_errorname", "") != "SQLITE_TOOBIG":
                raise _explained(error, what, self._late()) from error
            yield from islice(self.rows(listed, what), done, None)

    def confine(self, tables: Collection[str]) -> None:
        """The third wall: from here on, reads of `tables` and scratch, writes to scratch, and listed functions only."""
        declared = frozenset(tables)

        def allow(action: int, first: str | None, second: str | None, schema: str | None, _: str | None) -> int:
            match action:
                case sqlite3.SQLITE_SELECT:
                    allowed = True
                case sqlite3.SQLITE_READ:
                    allowed = _readable(first, schema, declared)
                case sqlite3.SQLITE_FUNCTION:
                    allowed = second in FUNCTIONS
                case sqlite3.SQLITE_INSERT:
                    allowed = schema == SCRATCH and not _internal(first)
                case sqlite3.SQLITE_TRANSACTION:
                    allowed = True
                case _:
                    allowed = False
            return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

        # One transaction: a load that ends in the meantime does not give one metric other facts than the next.
        self.connection.execute("BEGIN")
        self.connection.set_authorizer(allow)
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)
        self.connection.set_progress_handler(self._late, _TICKS)

    def _late(self) -> bool:
        return time.monotonic() > self.deadline

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """What runs inside takes no longer than that. Raises GateError (TP506) if it would."""
        limited = evolve(self, deadline=min(self.deadline, time.monotonic() + seconds))
        self.connection.set_progress_handler(limited._late, _TICKS)
        try:
            yield
        except GateError as error:
            # An interrupt may be somebody's Ctrl-C, too.
            if error.problems[0].code == "TP505" and limited._late() and not self._late():
                raise GateError.of("TP506", f"it took longer than {seconds:g} seconds, and was ended") from error
            raise
        finally:
            self.connection.set_progress_handler(self._late, _TICKS)

    def run(self, statement: str, what: str) -> list[tuple[object, ...]]:
        """One compiled statement; its rows, if it is a question. Raises GateError naming `what`, or DiskError."""
        try:
            return self.connection.execute(statement).fetchall()
        except sqlite3.Error as error:
            raise _explained(error, what, self._late()) from error


def open_warehouse(path: Path) -> SqliteWarehouse:
    """Open a file of facts for reading. Raises InputError if there is none, ConfigError if it is not one, LockedError if it is busy."""
    if not path.exists():
        raise InputError.of(
            "TP501", f"there are no facts yet: {path.name} is missing", hint="run `trigpoint load` first"
        )
    try:
        _roll_back(path)
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise worded(path, error) or error from error
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        connection.close()
        raise worded(path, error) or error from error
    return SqliteWarehouse(path, connection)


def _roll_back(path: Path) -> None:
    """Undo what a killed load left half-done. That needs writing, which the reading connection may not."""
    journal = path.with_name(f"{path.name}-journal")
    if journal.exists():
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _readable(table: str | None, schema: str | None, declared: frozenset[str]) -> bool:
    """Declared tables of the facts, and what the evaluation itself made. Levels of a query have no schema."""
    if _internal(table):
        return False
    return schema in (None, SCRATCH) or table in declared


def _internal(table: str | None) -> bool:
    return table is not None and table.startswith(("sqlite_", "_"))


def _explained(error: sqlite3.Error, what: str, late: bool) -> DiskError | GateError:
    stop_if_asked()  # an exception that SQLite swallowed in one of our functions
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return DiskError.of("TP503", f"no room to evaluate {what}: {error}", hint="free some space and run again")
    if late and name == "SQLITE_INTERRUPT":
        return GateError.of(
            "TP504", f"{what} took too long and was stopped", hint="shorten its windows, or raise the limit"
        )
    return GateError.of(
        "TP505", f"{what} could not be evaluated: {error}", hint="`trigpoint compile` shows the statement"
    )
