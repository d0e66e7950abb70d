"""The titles of measures, as the rules of the runs had them."""

from __future__ import annotations

from collections.abc import Sequence

from trigpoint.explain.tree import text_of
from trigpoint.history import Moment
from trigpoint.rules import build_ruleset
from trigpoint.store import Store, ruleset_of, run_of


def measure_titles(store: Store, moments: Sequence[Moment]) -> dict[str, str]:
    """The titles of the measures of a history, by the newest rules that have them."""
    titles: dict[str, str] = {}
    newest = {moment.ruleset: moment.as_of for moment in moments}
    names = {(moment.ruleset, moment.judged.scorecard): None for moment in moments}
    for fingerprint, as_of in newest.items():
        kept = ruleset_of(store, run_of(store, as_of))
        ruleset = build_ruleset(kept.settings, kept.calendar, kept.origins)
        cards = [ruleset.scorecards[name] for of, name in names if of == fingerprint]
        found = {measure.name: text_of(ruleset, measure).title for card in cards for measure in card.measures}
        titles |= {name: title for name, title in found.items() if title}
    return titles
