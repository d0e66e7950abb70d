"""Evaluating is not publishing: facts -> values -> judgements, written to a scratch file that is thrown away or published."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from trigpoint.compile import Feed, Program, Query, Statement, compile_ruleset
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
OF_PLUGINS = ("TP505", "TP506")  # refused by the warehouse, out of time
INTERRUPTED = ": interrupted"  # how a message ends whose statement was stopped from outside
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
    metric whose plugin fails is a finding, and the scorecards that need it are an error. Raises InputError if a declared
    table was never loaded, or loaded under another declaration, GateError if a statement fails or takes longer than
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
            elif statement.metric is not None:
                plugged += _run_query(session, statement, statement.metric, workers)
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
        computed = workers.values(feed, session.rows(feed.select, feed.title, feed.listed))
    except PluginFailedError as error:
        yield _failed(session, feed.metric.name, str(error))
        return
    session.put(feed.table, computed.rows)
    yield from computed.findings


def _run_query(
    session: Session, statement: Statement, metric: PluginMetric, workers: Workers | None
) -> Iterator[Finding]:
    """Runs the query of a plugin, within the time of any metric of a plugin."""
    try:
        with _plugins_time(session, workers):
            session.run(statement.text, statement.title)
    except GateError as error:
        yield _blamed(session, metric, workers, error)


def _plugins_time(session: Session, workers: Workers | None) -> AbstractContextManager[None]:
    return nullcontext() if workers is None else session.limited(workers.seconds)


def _blamed(session: Session, metric: PluginMetric, workers: Workers | None, error: GateError) -> Finding:
    """What the warehouse refuses of a plugin, or has no time for, is a fault of the plugin; what stops it is not."""
    if error.problems[0].code not in OF_PLUGINS or error.problems[0].text.endswith(INTERRUPTED):
        raise error
    text = f"could not be evaluated: {error.problems[0].text}"
    return _failed(session, metric.name, text if workers is None else str(workers.blame(metric, "raised", text)))


def _run_printed(session: Session, feed: Feed, workers: Workers) -> Iterator[Finding]:
    """Runs the SQL that a plugin prints."""
    try:
        with _plugins_time(session, workers):
            computed = checked(feed, session.run(printed_select(feed, printed(workers, feed)), feed.title))
    except PluginFailedError as error:
        yield _failed(session, feed.metric.name, str(error))
    except (UnfitTextError, UnfitError) as error:
        yield _failed(session, feed.metric.name, str(workers.blame(feed.metric, "unfit", f"gave SQL that {error}")))
    except GateError as error:
        yield _blamed(session, feed.metric, workers, error)
    else:
        session.put(feed.table, computed.rows)
        yield from computed.findings


def _failed(session: Session, metric: str, text: str) -> Finding:
    session.put("failures", [(metric,)])
    return Finding("plugin failed", metric, text, severity="error")


def _once(found: Sequence[Finding]) -> list[Finding]:
    """A metric that fails at several kinds of subjects, or as of several dates, is told once."""
    told = {(each.kind, each.where, each.text if each.severity == "warning" else ""): each for each in reversed(found)}
    return list(told.values())[::-1]


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
