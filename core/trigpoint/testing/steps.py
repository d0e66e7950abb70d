"""Counts the steps that SQLite takes for an evaluation: the same number each time."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from trigpoint.evaluate import evaluate
from trigpoint.model.ruleset import Ruleset
from trigpoint.warehouse import SqliteWarehouse
from trigpoint.workers import Workers


class _Counting(sqlite3.Connection):
    """Looks at the clock at no step, and counts each."""

    steps = 0

    def set_progress_handler(self, progress_handler: Callable[[], int | None] | None, n: int) -> None:  # noqa: ARG002  # sqlite3's
        """Count from now on, or no longer."""
        counting = None if progress_handler is None else self._step
        super().set_progress_handler(counting, 1)

    def _step(self) -> None:
        self.steps += 1


def steps_of_sqlite(facts: Path, ruleset: Ruleset, as_of: dt.date, workers: Workers) -> int:
    """The steps of all statements of a ruleset as of a date; what SQLite sorts and hashes is not seen."""
    scratch = facts.with_name("steps.db")
    scratch.unlink(missing_ok=True)
    address = f"{facts.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None, factory=_Counting)) as connection:
        evaluate(ruleset, SqliteWarehouse(facts, connection), as_of, scratch, workers=workers)
        return connection.steps
