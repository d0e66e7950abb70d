"""Counts the steps that SQLite takes for a program: the same number each time."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from trigpoint.compile import Feed, compile_ruleset
from trigpoint.compile.values.printed import printed_select
from trigpoint.model.ruleset import Ruleset
from trigpoint.warehouse import open_warehouse
from trigpoint.workers import Workers
from trigpoint.workers.printing import printed


def steps_of_sqlite(facts: Path, ruleset: Ruleset, as_of: dt.date, workers: Workers) -> int:
    """The steps of all statements of a ruleset as of a date; what SQLite sorts and hashes is not seen."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    program = compile_ruleset(ruleset, as_of)
    with (
        tempfile.TemporaryDirectory() as name,
        open_warehouse(facts) as warehouse,
        warehouse.session(Path(name) / "scratch.db", ruleset.calendar.timezone, 600.0) as session,
    ):
        for statement in program.statements:
            session.create(statement.create)
        warehouse.connection.set_progress_handler(step, 1)
        for statement in program.statements:
            if not isinstance(statement, Feed):
                session.run(statement.text, statement.title)
            elif statement.metric.printed:
                session.run(printed_select(statement, printed(workers, statement)), statement.title)
    return count
