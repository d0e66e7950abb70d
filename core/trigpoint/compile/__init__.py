"""A ruleset becomes SQL: statement 1 (facts -> values) for each subject, statement 2 (values -> judgements) for each scorecard."""

from __future__ import annotations

import datetime as dt

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.sqlite import SQLITE
from trigpoint.compile.findings import findings
from trigpoint.compile.judgements import judgements
from trigpoint.compile.occurrences import occurrences
from trigpoint.compile.statement import Program, Query, Statement
from trigpoint.compile.values import values
from trigpoint.model.ruleset import Ruleset

__all__ = ["Program", "Query", "Statement", "compile_ruleset", "explain_statement"]


def compile_ruleset(ruleset: Ruleset, as_of: dt.date, absent: frozenset[str] = frozenset()) -> Program:
    """The program of a ruleset as of a date. Needs no connection. Metrics of `absent` tables are no data."""
    dates = Dates(as_of, ruleset.calendar.timezone, ruleset.calendar.year_start)
    found = occurrences(ruleset)
    scored = {card.subject for card in ruleset.scorecards.values()}
    written = {subject: each for subject, each in found.items() if each or subject in scored}
    return Program(
        as_of=as_of,
        tables=tuple(ruleset.tables),
        values=values(ruleset, SQLITE, dates, written, absent),
        judgements=tuple(judgements(ruleset, SQLITE, dates, card) for card in ruleset.scorecards.values()),
        findings=findings(ruleset, SQLITE, dates),
    )


def explain_statement(ruleset: Ruleset, scorecard: str, as_of: dt.date) -> str:
    """Statement 2 of a scorecard with every column on the way, to run over stored value rows as `scratch.values_...`."""
    dates = Dates(as_of, ruleset.calendar.timezone, ruleset.calendar.year_start)
    return judgements(ruleset, SQLITE, dates, ruleset.scorecards[scorecard], detail=True).select
