"""What one more would do: the same scorecard, once more, with one loss fewer."""

from __future__ import annotations

from attrs import evolve

from trigpoint.compile.occurrences import measured
from trigpoint.explain.levels import Levels, levels_if
from trigpoint.explain.shares import share_of
from trigpoint.model.explanation import OneMore
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Measure, Scorecard, Target
from trigpoint.store import Run, Store


def one_more(
    store: Store, run: Run, ruleset: Ruleset, card: Scorecard, measure: Measure, levels: Levels
) -> OneMore | None:
    """What a share of n with a target would be with one more of average size, and what that would make of the score.

    One of n rows that is lost and of average size takes 1 / n from a share: sum(renewed) / sum(due), with one more
    renewal, is greater by average due / sum(due) = 1 / n. None where the measure is no such share, or is full already.
    """
    column = measured(card, measure)
    value, n = levels.row.columns.get(column), levels.row.n(column)
    share = share_of(ruleset, measure.value)
    if not isinstance(measure.scale, Target) or share is None or share.metric.better == "lower":
        return None
    if not isinstance(value, int | float) or not n or value >= 1:
        return None
    raised = min(1.0, value + 1 / n)
    then = levels_if(store, run, ruleset, card, evolve(levels.row, columns={**levels.row.columns, column: raised}))
    gates = [group.name for group in card.groups if group.gate]
    return OneMore(
        n=n,
        value=raised,
        points=then.number(f"points__{measure.name}"),
        score=then.number("score"),
        band=then.text("band"),
        opens=tuple(name for name in gates if levels.truth(f"open__{name}") is False and then.truth(f"open__{name}")),
    )
