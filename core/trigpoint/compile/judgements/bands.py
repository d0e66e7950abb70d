"""Bands: named ranges of scores, whose edges are held by the band of the run before so that nothing flaps."""

from __future__ import annotations

from collections.abc import Sequence

from trigpoint.compile.engines.base import Engine
from trigpoint.compile.sql import text
from trigpoint.model.scorecard import Band, Scorecard


def band(card: Scorecard, engine: Engine) -> str:
    """The band of `total__score`. Edges above the band before are raised by `hold`, edges at or below it lowered."""
    if not card.bands:
        return "NULL"
    plain = _ladder(card.bands, engine, [band.edge for band in card.bands])
    if not card.hold:
        return f"CASE WHEN total__score IS NOT NULL THEN {plain} END"
    held = []
    for before in card.bands:
        edges = [each.edge + (card.hold if each.edge > before.edge else -card.hold) for each in card.bands]
        held.append(f"WHEN {text(before.name)} THEN {_ladder(card.bands, engine, edges)}")
    return f"CASE WHEN total__score IS NOT NULL THEN CASE row__band_before {' '.join(held)} ELSE {plain} END END"


def _ladder(bands: Sequence[Band], engine: Engine, edges: Sequence[float]) -> str:
    """The highest band whose edge is reached; the lowest takes the rest."""
    rungs = list(zip(bands, edges, strict=True))
    branches = [
        f"WHEN total__score >= {engine.number(edge)} THEN {text(each.name)}" for each, edge in reversed(rungs[1:])
    ]
    lowest = text(rungs[0][0].name)
    return f"CASE {' '.join(branches)} ELSE {lowest} END" if branches else lowest
