"""A ruleset becomes SQL: statement 1 (facts -> values) for each subject, statement 2 (values -> judgements) for each scorecard."""

from __future__ import annotations

import datetime as dt

from attrs import evolve

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines import engine_of
from trigpoint.compile.findings import findings
from trigpoint.compile.handovers import handovers
from trigpoint.compile.judgements.statement import judgements
from trigpoint.compile.occurrences import occurrences
from trigpoint.compile.statement import Feed, Program, Query, Statement
from trigpoint.compile.strata import Strata
from trigpoint.compile.values.prepared import prepared
from trigpoint.compile.values.statement import values
from trigpoint.model.metric import RollupMetric
from trigpoint.model.ruleset import Ruleset

__all__ = ["Feed", "Program", "Query", "Statement", "compile_ruleset", "explain_statement"]


def compile_ruleset(ruleset: Ruleset, as_of: dt.date, absent: frozenset[str] = frozenset()) -> Program:
    """The program of a ruleset as of a date. Needs no connection. Metrics of `absent` tables and lookups into them are no data."""
    ruleset = evolve(
        ruleset, lookups={name: each for name, each in ruleset.lookups.items() if each.table not in absent}
    )
    engine = engine_of(ruleset)
    dates = Dates(as_of, ruleset.calendar.timezone, ruleset.calendar.year_start)
    found = occurrences(ruleset)
    judged = {card.subject for card in ruleset.scorecards.values()}
    judged |= {each.subject for each in ruleset.asserts.values()}
    over = {each.metric.over for above in found.values() for each in above if isinstance(each.metric, RollupMetric)}
    written = {subject: each for subject, each in found.items() if each or subject in judged | over}
    strata = Strata(ruleset, written)
    statements: list[Statement | Feed] = []
    for subject, each in values(ruleset, engine, dates, written, strata, absent).items():
        for stratum, pair in enumerate(each):
            partial = stratum if stratum < strata.last(subject) else None
            cards = [card for card in ruleset.scorecards_of(subject) if strata.of_card(card) == stratum]
            statements += [*pair, *(judgements(ruleset, engine, dates, card, stratum=partial) for card in cards)]
    questions = (*findings(ruleset, engine, dates), *handovers(ruleset, dates, written, absent))
    asked = [*(each.select for each in statements), *(each.select for each in questions)]
    first = prepared(ruleset, dates, asked)
    # Plugins are asked before anything is judged: one that fails for CSMs is an error for accounts too.
    plugged = [each for each in statements if each.metric is not None]
    others = [each for each in statements if each.metric is None]
    return Program(as_of, tuple(ruleset.tables), (*first, *plugged, *others), questions)


def explain_statement(ruleset: Ruleset, scorecard: str, as_of: dt.date) -> str:
    """Statement 2 of a scorecard with every column on the way, to run over stored value rows as `scratch.values_...`."""
    dates = Dates(as_of, ruleset.calendar.timezone, ruleset.calendar.year_start)
    return judgements(ruleset, engine_of(ruleset), dates, ruleset.scorecards[scorecard], detail=True).select
