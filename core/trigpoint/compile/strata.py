"""Strata: what is computed before a scorecard, and what after it because it reads its scores.

A subject without such a reader has one stratum: all values, then all scorecards. Children are done before their
parents, so only what lies at one subject can make a new stratum there.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from trigpoint.compile.occurrences import Found, Occurrence, parts, score_column, value_column
from trigpoint.model.expression import Expression, MetricValue, ScoreValue, walk
from trigpoint.model.metric import FormulaMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Scorecard


@frozen
class Strata:
    """The stratum of each occurrence and scorecard, counted from 0. The rules have no circles."""

    ruleset: Ruleset
    found: Found
    known: dict[tuple[str, str], int] = field(factory=dict)

    def of(self, occurrence: Occurrence) -> int:
        """The stratum in which an occurrence is computed."""
        at = (occurrence.subject, occurrence.column)
        if at not in self.known:
            stratum = 0
            if isinstance(occurrence.metric, FormulaMetric):
                below = {value_column(each.metric, each.shift) for each in parts(occurrence)}
                formulas = [each for each in self.found[occurrence.subject] if each.column in below]
                scores = self._after([occurrence.metric.value])
                stratum = max([scores, *(self.of(each) for each in formulas)])
            self.known[at] = stratum
        return self.known[at]

    def of_card(self, card: Scorecard) -> int:
        """The stratum in which a scorecard is judged: when all that it looks at is there."""
        at = ("", card.name)
        if at not in self.known:
            eligible = self.ruleset.subjects[card.subject].eligible
            read = [*card.expressions, *([] if eligible is None else [eligible])]
            names = {value_column(node.metric, node.shift) for node in _metrics(read)}
            values = [each for each in self.found[card.subject] if each.column in names]
            self.known[at] = max([self._after(read), *(self.of(each) for each in values)])
        return self.known[at]

    def last(self, subject: str) -> int:
        """The stratum after which the value row is complete."""
        here = [self.of(each) for each in self.found.get(subject, ())]
        cards = self.ruleset.scorecards_of(subject)
        return max([0, *here, *(self.of_card(card) for card in cards)])

    def scores_read(self, subject: str, stratum: int) -> dict[str, ScoreValue]:
        """The columns that become known when the scorecards of a stratum are judged: those that somebody here reads."""
        cards = self.ruleset.scorecards_of(subject)
        eligible = self.ruleset.subjects[subject].eligible
        formulas = [each.metric.value for each in self.found.get(subject, ()) if isinstance(each.metric, FormulaMetric)]
        read = [*formulas, *(each for card in cards for each in card.expressions)]
        nodes = [node for each in [*read, *([eligible] if eligible else [])] for node in walk(each.tree)]
        scores = [node for node in nodes if isinstance(node, ScoreValue)]
        return {score_column(node): node for node in scores if self._known_from(node) == stratum + 1}

    def _after(self, read: Iterable[Expression]) -> int:
        """The first stratum in which the scores that are read are known."""
        nodes = [node for each in read for node in walk(each.tree)]
        return max([0, *(self._known_from(node) for node in nodes if isinstance(node, ScoreValue))])

    def _known_from(self, node: ScoreValue) -> int:
        return 1 + max(self.of_card(card) for card in members(self.ruleset, node.scorecard))


def members(ruleset: Ruleset, name: str) -> tuple[Scorecard, ...]:
    """The scorecards that a name before a dot stands for: one, or those of a family in the order of trial."""
    return ruleset.families.get(name) or (ruleset.scorecards[name],)


def _metrics(read: Iterable[Expression]) -> list[MetricValue]:
    return [node for each in read for node in walk(each.tree) if isinstance(node, MetricValue)]
