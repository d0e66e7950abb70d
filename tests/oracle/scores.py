"""Values -> judgements: one scorecard, one subject at a time."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from oracle import days, functions, scales
from oracle.expressions import evaluate
from oracle.tree import Tree
from oracle.values import SubjectContext, Values

MIDDLE, WORST = 50.0, 0.0


class State(NamedTuple):
    """How a measure stands: does it apply, its own points, the points it is combined with, is it truly missing."""

    applies: bool
    own: float | None = None  # as shown, and as `points.NAME`
    used: float | None = None  # own points, or a stand-in
    covers: bool = False
    fails: bool = False  # `missing = "fail"`, and it is missing


class Judge:
    """Judges subjects by one scorecard. `applicable` are the keys for which it is the one that applies."""

    def __init__(self, values: Values, scorecard, as_of: dt.date, applicable: list[str]) -> None:
        self.values, self.card, self.as_of, self.applicable = values, scorecard, as_of, applicable
        self.facts = values.facts
        self.known_values: dict = {}

    def subject(self, key: str, points=None) -> SubjectContext:
        return self.values.at(self.card.subject, key, self.as_of, points)

    # -- measures

    def reading(self, measure, key: str):
        """The reading of a measure: of its metric, or of its unnamed formula."""
        if measure.metric:
            return self.values.read(measure.metric, self.card.subject, key, self.as_of)
        return self.values.read_formula(measure.value, self.card.subject, key, self.as_of)

    def value(self, measure, key: str):
        """The value that enters a scale: remembered, for `rank` looks at everyone's."""
        at = (measure.name, key)
        if at not in self.known_values:
            self.known_values[at] = self.value_for_scale(measure, key)
        return self.known_values[at]

    def value_for_scale(self, measure, key: str):
        """Rounded (semantics 10); None without data, or with fewer than `min_n` rows (semantics 8)."""
        context = self.subject(key)
        reading = self.reading(measure, key)
        if measure.when is not None and evaluate(measure.when.tree, context) is not True:
            return None
        if measure.min_n is not None:
            least = functions.number(evaluate(measure.min_n.tree, context))
            if least is None or reading.n < least:
                return None
        return functions.rounded(reading.value)

    def points(self, measure, key: str) -> float | None:
        """0 to 100 by the measure's scale."""
        value = self.value(measure, key)
        if value is None:
            return None
        if type(measure.scale).__name__ == "Rank":
            return self.rank(measure, key, value)
        context = self.subject(key)

        def number(expression):
            return functions.number(evaluate(expression.tree, context))

        return scales.points(measure.scale, value, number)

    def rank(self, measure, key: str, value: float) -> float | None:
        """Semantics 18: 100 x those with a worse value / (their number - 1), among those who share the parent."""
        parent = self.parent(key, measure.scale.parent)
        if parent is None:
            return None
        peers = [
            self.value(measure, other)
            for other in self.applicable
            if self.parent(other, measure.scale.parent) == parent
        ]
        peers = [each for each in peers if each is not None]
        if len(peers) < measure.scale.peers or len(peers) < 2:
            return None
        higher = measure.scale.better == "higher"
        worse = [each for each in peers if (each < value if higher else each > value)]
        return 100.0 * len(worse) / (len(peers) - 1)

    def parent(self, key: str, parent: str) -> str | None:
        table = self.facts.ruleset.subjects[self.card.subject].table
        if table is None:
            return parent  # only the company is above a subject without a table
        row = self.facts.own_row(self.card.subject, key, self.as_of)
        return self.facts.owner_of(table, row, parent, {}, self.as_of)

    def state(self, measure, key: str) -> State:
        """Semantics 15, 16, 19: what a measure brings into its group."""
        if measure.when is not None and evaluate(measure.when.tree, self.subject(key)) is False:
            return State(applies=False)
        if measure.stale in ("skip", "worst") and self.value(measure, key) is not None and self.is_stale(measure, key):
            points = WORST if measure.stale == "worst" else None  # whatever `missing` says, and before any scale
            return State(applies=True, own=points, used=points)
        own = self.points(measure, key)
        if own is None:
            missing = self.card.missing_of(measure)
            stand_in = {"middle": MIDDLE, "worst": WORST}.get(missing)
            return State(applies=True, used=stand_in, fails=missing == "fail")
        return State(applies=True, own=own, used=own, covers=True)

    def is_stale(self, measure, key: str) -> bool:
        """Semantics 19: the newest fact lies on or before as_of - valid_for."""
        newest = self.reading(measure, key).newest
        if measure.valid_for is None or newest is None:
            return False
        limit = days.later(self.as_of, -measure.valid_for.count, measure.valid_for.unit)
        return newest <= limit

    # -- the whole row

    def row(self, key: str, band_before: str | None) -> dict:
        """Semantics 20: points -> groups (gates) -> combine -> set -> floor -> cap -> band."""
        tree = Tree(self, key)
        coverage = functions.rounded(tree.coverage())
        root = tree.score()
        enough = coverage > 0 and coverage >= self.card.min_coverage
        failed = any(state.fails for state in tree.states.values())
        before = functions.rounded(root) if enough and not failed and root is not None else None
        score, guards, unjudged = self.guarded(before, self.subject(key, tree.shown))
        return {
            "outcome": "insufficient_data" if score is None else "scored",
            "score": score,
            "score_before_guards": before,
            "band": None if score is None else self.band(score, band_before),
            "coverage": coverage,
            "points": {each.name: tree.shown(each.name) for each in (*self.card.groups, *self.card.measures)},
            "guards": guards,
            "guards__unjudged": unjudged,
            "reasons": [] if before is None else tree.reasons(),
            "lost": {} if before is None else tree.lost(),
        }

    def guarded(self, score: float | None, context: SubjectContext) -> tuple[float | None, list[str], list[str]]:
        """Semantics 20: the lowest set, then the highest floor, then the lowest cap: a cap wins."""
        met: dict[str, dict[str, float]] = {}
        unjudged = []
        for guard in self.card.guards:
            condition = evaluate(guard.when.tree, context)
            numbers = {
                kind: functions.number(evaluate(expression.tree, context))
                for kind in ("set", "floor", "cap")
                if (expression := getattr(guard, kind)) is not None
            }
            if condition is None or (condition and None in numbers.values()):
                unjudged.append(guard.name)
            elif condition:
                met[guard.name] = numbers
        sets = [numbers["set"] for numbers in met.values() if "set" in numbers]
        if sets:
            score = min(sets)
        if score is None:  # floors and caps act on scored only
            bound = {guard.name for guard in self.card.guards if guard.floor is not None or guard.cap is not None}
            return None, [name for name in met if name not in bound], unjudged
        score = max([score, *(numbers["floor"] for numbers in met.values() if "floor" in numbers)])
        score = min([score, *(numbers["cap"] for numbers in met.values() if "cap" in numbers)])
        return score, list(met), unjudged

    def band(self, score: float, before: str | None) -> str | None:
        """The lower edge belongs to the band; `hold` raises the edges above the band before and lowers the others."""
        names = [band.name for band in self.card.bands]
        found = names[0] if names else None
        for place, band in enumerate(self.card.bands):
            edge = band.edge
            if before in names:
                edge += self.card.hold if place > names.index(before) else -self.card.hold
            if functions.rounded(score) >= edge:
                found = band.name
        return found
