"""Which scorecard applies to a subject, and what each says of it: judged when somebody asks, and once."""

from __future__ import annotations

from collections.abc import Mapping

from oracle.expressions import is_true
from oracle.functions import rounded
from oracle.scores import Judge
from oracle.values import Values

PARTS = ("score", "band", "coverage", "outcome")


class Scores:
    """The judgements of one evaluation. `bands` are those of the run before, by (series, key)."""

    def __init__(self, values: Values, bands: Mapping) -> None:
        self.values, self.bands = values, bands
        self.cards = values.ruleset.scorecards
        self.standings: dict[tuple[str, str], str | None] = {}
        self.judges: dict[str, Judge] = {}
        self.rows: dict[tuple[str, str], dict] = {}

    def row(self, name: str, key: str) -> dict:
        """Semantics 21: not eligible, not applicable, error, and then what the judge says."""
        if (name, key) not in self.rows:
            card, outcome = self.cards[name], self.standing(name, key)
            before = self.bands.get((card.series, key))
            self.rows[name, key] = self.judge(name).row(key, before) if outcome is None else unscored(card, outcome)
        return self.rows[name, key]

    def judge(self, name: str) -> Judge:
        """The judge of a scorecard; it knows all for whom the scorecard is the one that applies."""
        if name not in self.judges:
            keys = self.values.facts.keys(self.cards[name].subject, self.values.as_of)
            applicable = [key for key in keys if self.standing(name, key) is None]
            self.judges[name] = Judge(self.values, self.cards[name], self.values.as_of, applicable)
        return self.judges[name]

    def standing(self, name: str, key: str) -> str | None:
        """None where a scorecard is the one that applies to a subject, else the outcome.

        Of a family the first that applies, the lowest `priority` first; of two with one priority neither: an error.
        """
        if (name, key) not in self.standings:
            self.standings[name, key] = self._standing(name, key)
        return self.standings[name, key]

    def _standing(self, name: str, key: str) -> str | None:
        card, facts, as_of = self.cards[name], self.values.facts, self.values.as_of
        context = self.values.at(card.subject, key, as_of)
        if not facts.holds(card.subject, key, as_of) or not is_true(
            facts.ruleset.subjects[card.subject].eligible, context
        ):
            return "not_eligible"
        family = [each for each in self.cards.values() if card.family and each.family == card.family] or [card]
        applying = [each for each in family if is_true(each.when, context)]
        first = [each for each in applying if each.priority == min(rival.priority for rival in applying)]
        if card not in first:
            return "not_applicable"
        return None if len(first) == 1 else "error"

    def part(self, name: str, key: str, part: str):
        """What stands after the dot of a scorecard, or of a family: then of the one that applies."""
        if name in self.cards:
            found = self.row(name, key)
        else:
            family = [card.name for card in self.cards.values() if card.family == name]
            rows = [self.row(each, key) for each in sorted(family, key=lambda each: self.cards[each].priority)]
            applying = [row for row in rows if row["outcome"] != "not_applicable"]
            if not applying:
                return "not_applicable" if part == "outcome" else None
            found = applying[0]
        return found[part] if part in PARTS else rounded(found["points"].get(part))


def unscored(card, outcome: str) -> dict:
    """A row without a judgement."""
    return {
        "outcome": outcome,
        "score": None,
        "score_before_guards": None,
        "band": None,
        "coverage": None,
        "points": {each.name: None for each in (*card.groups, *card.measures)},
        "guards": [],
        "guards__unjudged": [],
        "reasons": [],
        "lost": {},
    }
