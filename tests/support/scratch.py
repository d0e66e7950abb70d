"""Evaluations made by hand: a small ruleset, and the scratch file that evaluating it would have written."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from trigpoint.model.expression import Expression, MetricValue, number
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.model.run import Evaluation, Finding
from trigpoint.model.scorecard import Band, Group, Linear, Measure, Scorecard
from trigpoint.model.subject import Subject
from trigpoint.model.table import Table

Row = Mapping[str, object]
FIXED = ("key", "label", "outcome", "score", "score_before_guards", "band", "coverage")
TAIL = ("guards", "guards__unjudged", "reasons", "reason_1", "reason_2", "reason_3")


def a_measure(name: str, metric: str, group: str | None = None, weight: float = 1.0) -> Measure:
    """A measure of one metric with a straight scale."""
    value = Expression(metric, MetricValue(metric, type="number"), "number")
    return Measure(name, value, Linear(number(0), number(100)), group=group, metric=metric, weight=weight)


def a_scorecard(
    name: str = "health",
    measures: Sequence[Measure] | None = None,
    groups: Sequence[Group] = (),
    family: str | None = None,
    priority: float = 0.0,
) -> Scorecard:
    """A scorecard of accounts with two bands."""
    chosen = (a_measure("adoption", "active_users"), a_measure("seats", "seat_use")) if measures is None else measures
    bands = (Band("at_risk", 0), Band("healthy", 70))
    return Scorecard(
        name, "account", "skip", tuple(chosen), tuple(groups), bands=bands, family=family, priority=priority
    )


def a_ruleset(
    *scorecards: Scorecard, fingerprint: str = "f" * 64, settings: Mapping[str, object] | None = None
) -> Ruleset:
    """A ruleset of accounts; without scorecards given, the one called health."""
    cards = scorecards or (a_scorecard(),)
    return Ruleset(
        Calendar("Europe/Berlin"),
        {"account": Subject("account", "accounts", "account_id"), "company": Subject("company", None, "key")},
        {"accounts": Table("accounts", {"account_id": "text"})},
        {},
        {card.name: card for card in cards},
        fingerprint,
        settings or {"scorecards": {card.name: {} for card in cards}},
    )


def value_row(key: str, **columns: object) -> Row:
    """A value row of an account."""
    return {"key": key, "label": key.title(), **columns}


def score_row(key: str, score: float | None, outcome: str | None = None, **columns: object) -> Row:
    """A judged account; the band follows from the score, everything else may be given."""
    outcome = outcome or ("insufficient_data" if score is None else "scored")
    band = None if score is None else "healthy" if score >= 70 else "at_risk"
    row = {"key": key, "label": key.title(), "outcome": outcome, "score": score, "score_before_guards": score}
    row |= {"band": band, "coverage": 1.0, "guards": "[]", "guards__unjudged": "[]"}
    return row | columns


def reasons(*found: tuple[str, float, float]) -> str:
    """The JSON of reasons: (measure, points, lost)."""
    return json.dumps([{"measure": name, "points": points, "lost": lost} for name, points, lost in found])


def write_sheet(connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """One table of a scratch file."""
    others = ", ".join(f'"{name}"' for name in columns if name != "key")
    connection.execute(f'CREATE TABLE "{table}" (key TEXT PRIMARY KEY, {others})')
    marks = ", ".join("?" * len(columns))
    names = ", ".join(f'"{name}"' for name in columns)
    cells = [[row.get(name) for name in columns] for row in rows]
    connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', cells)


def an_evaluation(
    scratch: Path,
    as_of: dt.date,
    ruleset: Ruleset | None = None,
    values: Mapping[str, Sequence[Row]] | None = None,
    scores: Mapping[str, Sequence[Row]] | None = None,
    findings: Sequence[Finding] = (),
) -> Evaluation:
    """An evaluation with the given rows per subject and scorecard; the columns of values are those of the rows."""
    ruleset = ruleset or a_ruleset()
    scratch.unlink(missing_ok=True)
    with closing(sqlite3.connect(scratch)) as connection, connection:
        for subject, rows in (values or {}).items():
            names = dict.fromkeys(["key", "label", *(name for row in rows for name in row)])
            write_sheet(connection, f"values_{subject}", list(names), rows)
        for card in ruleset.scorecards.values():
            points = [*(group.name for group in card.groups), *(measure.name for measure in card.measures)]
            write_sheet(connection, f"scores_{card.name}", [*FIXED, *points, *TAIL], (scores or {}).get(card.name, ()))
    return Evaluation(ruleset, as_of, scratch, tuple(findings), {"evaluate": 0.25})


def a_portfolio(
    scratch: Path, as_of: dt.date, stamp: float, subjects: int = 40, ruleset: Ruleset | None = None
) -> Evaluation:
    """An evaluation in which every figure says `stamp`: half of one and half of another would be seen."""
    keys = [f"a-{number:05}" for number in range(subjects)]
    ruleset = ruleset or a_ruleset()
    values = [value_row(key, active_users=stamp, active_users__n=3, active_users__newest=str(as_of)) for key in keys]
    scores = [score_row(key, stamp, adoption=stamp, seats=stamp, reason_1=f"stamp {stamp}") for key in keys]
    found = [Finding("orphans", "usage", f"stamp {stamp}", subjects)]
    return an_evaluation(scratch, as_of, ruleset, {"account": values}, dict.fromkeys(ruleset.scorecards, scores), found)
