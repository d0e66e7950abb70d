"""Evaluating is not publishing: facts -> values -> judgements, written to a scratch file that is thrown away or published."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from trigpoint.compile import Program, compile_ruleset
from trigpoint.model.metric import TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Evaluation, Finding
from trigpoint.warehouse import Session, SqliteWarehouse

BANDS_BEFORE = "CREATE TABLE scratch.bands_before (series TEXT, key TEXT, band TEXT, PRIMARY KEY (series, key)) STRICT, WITHOUT ROWID"
BandBefore = tuple[str, str, str]  # (family or scorecard, key, band)


def evaluate(
    ruleset: Ruleset,
    warehouse: SqliteWarehouse,
    as_of: dt.date,
    scratch: Path,
    bands_before: Iterable[BandBefore] = (),
    *,
    unfilled: Collection[str] = (),
    seconds: float = 3600.0,
) -> Evaluation:
    """Value rows and judgements of every subject and scorecard as of a date, in a new file `scratch`.

    `unfilled` are tables that no source fills: their metrics, like those of a table whose source was skipped, are no
    data, whatever `empty` says, because nobody knows that nothing happened. Raises InputError if a declared table was never loaded, or
    loaded under another declaration, GateError if a statement fails or takes longer than
    `seconds` in all, DiskError if there is no room.
    """
    began = time.monotonic()
    warehouse.check(ruleset)
    program = compile_ruleset(ruleset, as_of, warehouse.skipped() | frozenset(unfilled))
    compiled = time.monotonic()
    with warehouse.session(scratch, ruleset.calendar.timezone, seconds) as session:
        _prepare(session, program, bands_before)
        session.confine(program.tables)
        for statement in program.values:
            session.run(statement.insert, statement.title)
        valued = time.monotonic()
        for statement in program.judgements:
            session.run(statement.insert, statement.title)
        found = (*_unfilled(ruleset, unfilled), *_findings(session, program))
    judged = time.monotonic()
    timings = {"compile": compiled - began, "values": valued - compiled, "judgements": judged - valued}
    return Evaluation(ruleset, as_of, scratch, found, timings)


def _prepare(session: Session, program: Program, bands_before: Iterable[BandBefore]) -> None:
    session.create(BANDS_BEFORE)
    for statement in (*program.values, *program.judgements):
        session.create(statement.create)
    session.fill("bands_before", bands_before, 3)


def _unfilled(ruleset: Ruleset, tables: Collection[str]) -> Iterator[Finding]:
    """One finding for each table without a source that metrics look at."""
    for table in sorted(tables):
        metrics = [
            each.name for each in ruleset.metrics.values() if isinstance(each, TableMetric) and each.table == table
        ]
        if metrics:
            text = f"no source fills this table: {', '.join(metrics)} {'has' if len(metrics) == 1 else 'have'} no data"
            yield Finding("no source", table, text, len(metrics))


def _findings(session: Session, program: Program) -> tuple[Finding, ...]:
    found = []
    for query in program.findings:
        ((count, example),) = session.run(query.select, query.where)
        if count:
            found.append(Finding(query.kind, query.where, f"{query.text}: e.g. '{example}'", int(str(count))))
    return tuple(found)
