"""Evaluating is not publishing: facts -> values -> judgements, written to a scratch file that is thrown away or published."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from trigpoint.compile import Feed, Program, Query, compile_ruleset
from trigpoint.compile.failures import CREATE as FAILURES
from trigpoint.compile.failures import lost
from trigpoint.compile.values.printed import UnfitTextError, printed_select
from trigpoint.errors import GateError
from trigpoint.model.expression import ValueType
from trigpoint.model.metric import PluginMetric, TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Evaluation, Finding
from trigpoint.warehouse import Session, SqliteWarehouse
from trigpoint.workers import PluginFailedError, Workers
from trigpoint.workers.printing import checked, printed
from trigpoint.workers.values import UnfitError

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
    workers: Workers | None = None,
    seconds: float = 3600.0,
) -> Evaluation:
    """Value rows and judgements of every subject and scorecard as of a date, in a new file `scratch`.

    `unfilled` are tables that no source fills: their metrics, like those of a table whose source was skipped, are no
    data, whatever `empty` says, because nobody knows that nothing happened. `workers` run the functions of plugins; a
    metric whose plugin fails is a finding, and the scorecards that need it are an error. Raises InputError if a declared table was never loaded, or
    loaded under another declaration, GateError if a statement fails or takes longer than
    `seconds` in all, DiskError if there is no room.
    """
    began = time.monotonic()
    warehouse.check(ruleset)
    program = compile_ruleset(ruleset, as_of, warehouse.skipped() | frozenset(unfilled))
    timings = {"compile": time.monotonic() - began, "values": 0.0, "judgements": 0.0}
    with warehouse.session(scratch, ruleset.calendar.timezone, seconds) as session:
        _prepare(session, program, bands_before)
        session.confine(program.tables)
        plugged = list(_not_loaded(session, ruleset))
        for statement in program.statements:
            started = time.monotonic()
            if isinstance(statement, Feed):
                plugged += _fill(session, statement, workers)
            else:
                session.run(statement.text, statement.title)
            timings[statement.stage] += time.monotonic() - started
        found = (*_unfilled(ruleset, unfilled), *_once(plugged), *_findings(session, program))
    return Evaluation(ruleset, as_of, scratch, found, timings)


def _prepare(session: Session, program: Program, bands_before: Iterable[BandBefore]) -> None:
    session.create(BANDS_BEFORE)
    for statement in program.statements:
        session.create(statement.create)
    session.create(FAILURES)
    session.fill("bands_before", bands_before, 3)


def _not_loaded(session: Session, ruleset: Ruleset) -> Iterator[Finding]:
    """The metrics, and functions, whose plugins could not be loaded."""
    for name, text in lost(ruleset).items():
        yield _failed(session, name, text)


def _fill(session: Session, feed: Feed, workers: Workers | None) -> Iterator[Finding]:
    """Asks a plugin's function for its values. All of them are taken, or, where anything is wrong, none."""
    if feed.metric.failed is not None:
        return
    if workers is None:
        yield _failed(session, feed.metric.name, f"nobody is there to compute {feed.metric.plugin}")
        return
    if feed.metric.printed:
        yield from _run_printed(session, feed, workers)
        return
    try:
        computed = workers.values(feed, session.rows(feed.select, feed.title))
    except PluginFailedError as error:
        yield _failed(session, feed.metric.name, str(error))
        return
    session.put(feed.table, computed.rows)
    yield from computed.findings


def _run_printed(session: Session, feed: Feed, workers: Workers) -> Iterator[Finding]:
    """Runs the SQL that a plugin prints. What the warehouse refuses of it is a fault of the plugin."""
    whose = f"the SQL of {feed.metric.plugin}"
    try:
        computed = checked(feed, session.run(printed_select(feed, printed(workers, feed)), feed.title))
    except PluginFailedError as error:
        yield _failed(session, feed.metric.name, str(error))
    except (UnfitTextError, UnfitError) as error:
        yield _failed(session, feed.metric.name, f"{whose} {error}")
    except GateError as error:
        if error.problems[0].code != "TP505":
            raise
        yield _failed(session, feed.metric.name, f"{whose} does not run: {error.problems[0].text}")
    else:
        session.put(feed.table, computed.rows)
        yield from computed.findings


def _failed(session: Session, metric: str, text: str) -> Finding:
    session.put("failures", [(metric,)])
    return Finding("plugin failed", metric, text, severity="error")


def _once(found: Sequence[Finding]) -> list[Finding]:
    """A metric that fails at several kinds of subjects, or as of several dates, is told once."""
    return list({(each.kind, each.where): each for each in reversed(found)}.values())[::-1]


def _unfilled(ruleset: Ruleset, tables: Collection[str]) -> Iterator[Finding]:
    """One finding for each table without a source that metrics, lookups or hand-overs look at."""
    for table in sorted(tables):
        readers = [
            each.name
            for each in ruleset.metrics.values()
            if isinstance(each, TableMetric | PluginMetric) and each.table == table
        ]
        readers += [f"lookup {each.name}" for each in ruleset.lookups.values() if each.table == table]
        readers += [
            f"the {parent} of each {each.name}"
            for each in ruleset.subjects.values()
            for parent, holding in each.dated.items()
            if holding.table == table
        ]
        if readers:
            text = f"no source fills this table: {', '.join(readers)} {'has' if len(readers) == 1 else 'have'} no data"
            yield Finding("no source", table, text, len(readers))


def _findings(session: Session, program: Program) -> tuple[Finding, ...]:
    found = []
    for query in program.findings:
        for count, example, *values in session.run(query.select, query.where):
            if count:
                text = f"{query.text}{_counted(query, int(str(count)))}: e.g. '{example}'{_shown(query, values)}"
                found.append(Finding(query.kind, query.where, text, int(str(count)), query.severity))
    return tuple(found)


def _counted(query: Query, count: int) -> str:
    return f" for {count:,} {query.counted}{'' if count == 1 else 's'}" if query.counted else ""


def _shown(query: Query, values: Sequence[object]) -> str:
    """', where arr is 12 and plan is no data'."""
    told = [f"{name} is {_told(kind, value)}" for (name, kind), value in zip(query.shown, values, strict=True)]
    return f", where {' and '.join(told)}" if told else ""


def _told(kind: ValueType | None, value: object) -> str:
    if value is None:
        return "no data"
    if kind == "boolean":
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, int | float) else f"'{value}'"
