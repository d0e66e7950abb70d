"""What metrics and scorecards need of each other: a score that waits for itself is refused."""

from __future__ import annotations

from collections.abc import Iterator

from trigpoint.errors import Place
from trigpoint.model.expression import Expression, MetricValue, ScoreValue, walk
from trigpoint.model.metric import expressions
from trigpoint.rules.draft import Draft
from trigpoint.rules.graph import circles, shown


def check_strata(draft: Draft) -> None:
    """Refuse circles of metrics and scorecards. Those of metrics alone, and of gates, were told when they were read."""
    families: dict[str, list[str]] = {}
    for card in draft.scorecards.values():
        families.setdefault(card.family or card.name, []).append(card.name)
    needs: dict[str, list[str]] = {}
    for metric in draft.metrics.values():
        needs[metric.name] = [name for each in expressions(metric) for name in _read(each, families)]
    for card in draft.scorecards.values():
        eligible = draft.subjects[card.subject].eligible
        read = [*card.expressions, *([] if eligible is None else [eligible])]
        needs[card.name] = [name for each in read for name in _read(each, families)]
    for circle in circles(needs):
        cards = [name for name in circle if name in draft.scorecards]
        if cards:
            text = f"a score waits for itself: {shown(circle)}"
            draft.problems.add("TP114", text, _place(draft, cards[0]), "let one of them look at something else")


def _read(expression: Expression, families: dict[str, list[str]]) -> Iterator[str]:
    """The metrics and scorecards that an expression looks at; for a family all of its scorecards."""
    for node in walk(expression.tree):
        if isinstance(node, MetricValue):
            yield node.metric
        elif isinstance(node, ScoreValue):
            yield from families.get(node.scorecard, [node.scorecard])


def _place(draft: Draft, card: str) -> Place:
    return draft.settings.table["scorecards"].table[card].key
