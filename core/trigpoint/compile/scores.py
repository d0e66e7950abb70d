"""Scores as values: how `health.band` reads where the judgements of a scorecard, or of a family, are known."""

from __future__ import annotations

from collections.abc import Iterable

from trigpoint.compile.engines.base import Engine
from trigpoint.compile.sql import identifier
from trigpoint.compile.statement import SCRATCH, scores_table
from trigpoint.compile.strata import members
from trigpoint.language import SCORE_PARTS
from trigpoint.model.expression import ScoreValue
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Scorecard


def judged(ruleset: Ruleset, scores: Iterable[ScoreValue], key: str) -> str:
    """The joins to the judgements that some references need; `key` is the SQL of the subject's key."""
    cards = score_tables(ruleset, scores)
    return "".join(f"\nJOIN {SCRATCH}.{scores_table(name)} ON {scores_table(name)}.key = {key}" for name in cards)


def score_tables(ruleset: Ruleset, scores: Iterable[ScoreValue]) -> tuple[str, ...]:
    """The scorecards whose judgements some references need."""
    return tuple(dict.fromkeys(card.name for node in scores for card in members(ruleset, node.scorecard)))


def score(ruleset: Ruleset, engine: Engine, node: ScoreValue) -> str:
    """What a scorecard says; of a family the one that applies, which is the first that does not say otherwise."""
    cards = members(ruleset, node.scorecard)
    if len(cards) == 1 and cards[0].name == node.scorecard:
        return _part(engine, cards[0], node.part)
    branches = [
        f"WHEN {scores_table(card.name)}.outcome <> 'not_applicable' THEN {_part(engine, card, node.part)}"
        for card in cards
    ]
    none = " ELSE 'not_applicable'" if node.part == "outcome" else ""
    return f"CASE {' '.join(branches)}{none} END"


def _part(engine: Engine, card: Scorecard, part: str) -> str:
    if part in SCORE_PARTS and part != "coverage":  # scores are rounded when they are judged
        return f"{scores_table(card.name)}.{part}"
    names = [*(group.name for group in card.groups), *(measure.name for measure in card.measures)]
    if part not in (*names, "coverage"):
        return "NULL"  # a member of the family that has no such group or measure
    return f"({engine.round9(f'{scores_table(card.name)}.{identifier(part)}')})"
