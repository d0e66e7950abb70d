"""The compiled statements grow with the rules, not faster: SQLite's own count of steps is the measure."""

from __future__ import annotations

import datetime as dt

import pytest

from trigpoint.compile import compile_ruleset
from trigpoint.model.ruleset import Calendar
from trigpoint.rules import build_ruleset
from trigpoint.warehouse.functions import register
from trigpoint.warehouse.layout import prepare
from trigpoint.warehouse.load import open_for_load, transaction

AS_OF = dt.date(2026, 3, 31)


def settings(measures: int) -> dict:
    """A scorecard of so many measures in groups of six, each on a formula of its own, with guards and gates."""
    metrics: dict = {"base": {"from": "usage", "value": "sum(events)", "window": "28 days", "empty": 0}}
    inside: dict = {}
    groups: dict = {}
    for k in range(measures):
        group = f"g{k // 6}"
        groups[group] = {"weight": 1, "gate": {"when": f"points.m{k - k % 6} >= 10", "else": 50}}
        metrics[f"t{k}"] = {
            "from": "usage",
            "value": "sum(events)",
            "where": f"events > {k}",
            "window": "28 days",
            "empty": 0,
        }
        metrics[f"f{k}"] = {"value": f"t{k} / base - previous(t{k})"}
        inside[f"m{k}"] = {"group": group, "metric": f"f{k}", "weight": k + 1, "linear": [0, k + 1]}
    guards = {f"c{k}": {"when": f"f{k} > {k}", "cap": 50 + k} for k in range(measures)}
    card = {"subject": "account", "missing": "skip", "bands": {"good": 50, "bad": 0}, "hold": 2}
    return {
        "subjects": {"account": {"table": "accounts", "key": "account_id"}},
        "tables": {
            "accounts": {"columns": {"account_id": "text"}, "key": ["account_id"]},
            "usage": {
                "columns": {"account_id": "text", "day": "date", "events": "integer"},
                "belongs_to": {"account": "account_id"},
                "time": "day",
            },
        },
        "metrics": metrics,
        "scorecards": {"health": {**card, "groups": groups, "measures": inside, "guards": guards}},
    }


def steps(path, measures: int) -> int:
    """How many steps SQLite makes of the two statements."""
    ruleset = build_ruleset(settings(measures), Calendar())
    program = compile_ruleset(ruleset, AS_OF)
    with open_for_load(path) as connection, transaction(connection):
        prepare(connection, ruleset, {})
    with open_for_load(path) as connection:
        register(connection, "UTC")
        connection.execute("ATTACH DATABASE ':memory:' AS scratch")
        connection.execute("CREATE TABLE scratch.bands_before (series TEXT, key TEXT, band TEXT)")
        for statement in program.statements:
            connection.execute(statement.create)
        inserts = [statement.text for statement in program.statements]
        return sum(len(connection.execute(f"EXPLAIN {insert}").fetchall()) for insert in inserts)


def test_steps_grow_in_line_with_the_measures(tmp_path):
    """Each measure adds about as many steps as the one before: no expression is copied from level to level."""
    few, more, many = (steps(tmp_path / f"{count}.db", count) for count in (6, 12, 24))
    assert more - few > 0
    assert (many - more) / 12 == pytest.approx((more - few) / 6, rel=0.25)


def test_the_measure_sees_copied_expressions(tmp_path, monkeypatch):
    """Without the fence SQLite copies expressions upwards, and the count shows it."""
    from attrs import evolve

    from trigpoint.compile import engines

    fenced = steps(tmp_path / "fenced.db", 12)
    monkeypatch.setattr(engines, "SQLITE", evolve(engines.SQLITE, fence=""))
    assert steps(tmp_path / "open.db", 12) > 3 * fenced
