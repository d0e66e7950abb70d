"""The row of a judgement: outcome, score, band, points, guards and reasons, as they are written."""

from __future__ import annotations

from collections.abc import Mapping

from trigpoint.compile import sql
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.judgements.bands import band
from trigpoint.compile.judgements.guards import Guards
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Measure, Scorecard


def columns(card: Scorecard) -> dict[str, str]:
    """The columns of the row with their SQLite types."""
    found = {"key": "TEXT PRIMARY KEY NOT NULL", "label": "TEXT", "outcome": "TEXT NOT NULL"}
    found |= {"score": "REAL", "score_before_guards": "REAL", "band": "TEXT", "coverage": "REAL"}
    found |= dict.fromkeys(_pointed(card), "REAL")
    found |= {"guards": "TEXT NOT NULL", "guards__unjudged": "TEXT NOT NULL", "reasons": "TEXT NOT NULL"}
    return found | dict.fromkeys(("reason_1", "reason_2", "reason_3"), "TEXT")


def outputs(ruleset: Ruleset, engine: Engine, card: Scorecard) -> dict[str, str]:
    """What each column of the row is, from the columns of the levels."""
    guards = Guards(card, engine)
    found = {
        "key": "row__key",
        "label": "row__label",
        "outcome": "CASE WHEN row__state <> 'ok' THEN row__state WHEN total__score IS NULL THEN 'insufficient_data' ELSE 'scored' END",
        "score": "total__score",
        "score_before_guards": "total__before",
        "band": band(card, engine),
        "coverage": "CASE WHEN row__state = 'ok' THEN total__coverage END",
    }
    for name in _pointed(card):
        found[name] = f"CASE WHEN row__state = 'ok' THEN points__{name} END"
    found |= {"guards": guards.acted(), "guards__unjudged": guards.unjudged(), "reasons": "total__reasons"}
    texts = " ".join(f"WHEN '{name}' THEN {sql.text(reason)}" for name, reason in _texts(ruleset, card).items())
    for k in range(3):
        found[f"reason_{k + 1}"] = f"CASE {engine.reason('total__reasons', k)} {texts} END"
    return found


def _pointed(card: Scorecard) -> list[str]:
    return [*(group.name for group in card.groups), *(measure.name for measure in card.measures)]


def _texts(ruleset: Ruleset, card: Scorecard) -> Mapping[str, str]:
    """The reason of each measure; for a gate's group its title."""
    texts = {measure.name: reason(ruleset, measure) for measure in card.measures}
    return texts | {
        group.name: group.text.title or f"{group.name}: the gate is closed" for group in card.groups if group.gate
    }


def reason(ruleset: Ruleset, measure: Measure) -> str:
    """What a measure says when it costs points: its `reason`, else its title, else the metric's title, else its name."""
    metric = ruleset.metrics.get(measure.metric or "")
    title = metric.text.title if metric else None
    return measure.reason or measure.text.title or title or measure.name
