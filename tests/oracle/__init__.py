"""A naive evaluator of the rule language: plain Python, row by row, no SQL.

It shares no code with the compiler, the warehouse or the evaluation; of `trigpoint` it reads the frozen records only.
Obviously right comes before fast: it is what the compiled SQL is compared with. The numbers in its comments are the
lines of docs/reference/semantics.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from oracle.expressions import is_true
from oracle.facts import COMPANY, Facts
from oracle.scores import Judge
from oracle.values import Reading, SubjectContext, Values, computed, own_columns, shifted
from trigpoint.model.expression import MetricValue


def evaluate(
    ruleset,
    tables: Mapping[str, list[dict]],
    as_of: dt.date,
    bands_before: Iterable[tuple[str, str, str]] = (),
) -> dict[str, dict]:
    """The values and scores of every subject as of a date.

    `tables` are typed rows in file order: text, float, bool, date, aware datetime in UTC, None. `bands_before` are
    (series, key, band) of the run before. Returns `{"values": {subject: {key: {column: value}}}, "scores": {scorecard:
    {key: row}}}`; a row holds outcome, score, score_before_guards, band, coverage, points, guards, guards__unjudged,
    reasons (all of them, the dearest first) and lost (of every measure, zero and negative ones too).
    """
    facts = Facts(ruleset, tables)
    values = Values(facts, as_of)
    bands = {(series, key): band for series, key, band in bands_before}
    return {
        "values": {subject: value_rows(values, subject, names, as_of) for subject, names in computed(facts).items()},
        "scores": score_rows(values, as_of, bands),
    }


def value_rows(values: Values, subject: str, names: set[str], as_of: dt.date) -> dict[str, dict]:
    """Semantics 25: one complete row per subject, for everything that a scorecard may look at."""
    return {key: value_row(values, subject, key, names, as_of) for key in values.facts.keys(subject)}


def value_row(values: Values, subject: str, key: str, names: set[str], as_of: dt.date) -> dict:
    row: dict = {}

    def note(column: str, reading: Reading) -> None:
        row[column], row[f"{column}__n"], row[f"{column}__newest"] = reading

    for name in names:
        note(name, values.read(name, subject, key, as_of))
    context = SubjectContext(values, subject, key, as_of)
    for name in own_columns(values.facts, subject):
        row[name] = context.column(name, None)
    for card in values.ruleset.scorecards_of(subject):
        for name, shift in shifted(card):
            note(name + suffix(shift), values.read(name, subject, key, as_of, shift))
        for measure in card.measures:
            if not isinstance(measure.value.tree, MetricValue):
                note(f"{card.name}__{measure.name}", values.read_formula(measure.value, subject, key, as_of))
    return row


def suffix(shift) -> str:
    """The end of the column of a shifted value: `__previous`, `__ago_12_months`, `__ago_start_of_quarter_to_date`."""
    start = "start_of_" if hasattr(shift.ago, "kind") else ""
    ago = "" if shift.ago is None else f"__ago_{start}{str(shift.ago).replace(' ', '_')}"
    return ago + ("__previous" if shift.previous else "")


def score_rows(values: Values, as_of: dt.date, bands: Mapping) -> dict[str, dict[str, dict]]:
    """Semantics 21: not eligible, not applicable, error, and then what the judge says."""
    outcomes = {}
    for subject in values.ruleset.subjects:
        for key in values.facts.keys(subject):
            for card, outcome in standing(values, subject, key, as_of).items():
                outcomes[card, key] = outcome
    found: dict[str, dict[str, dict]] = {}
    for card in values.ruleset.scorecards.values():
        applicable = [key for key in values.facts.keys(card.subject) if outcomes[card.name, key] is None]
        judge = Judge(values, card, as_of, applicable)
        found[card.name] = {
            key: judge.row(key, bands.get((card.series, key)))
            if outcomes[card.name, key] is None
            else unscored(card, outcomes[card.name, key])
            for key in values.facts.keys(card.subject)
        }
    return found


def standing(values: Values, subject: str, key: str, as_of: dt.date) -> dict[str, str | None]:
    """For each scorecard of a subject: None where it is the one that applies, else the outcome.

    Of a family the first that applies, the lowest `priority` first; of two with one priority neither: an error.
    """
    context = SubjectContext(values, subject, key, as_of)
    cards = values.ruleset.scorecards_of(subject)
    if not is_true(values.ruleset.subjects[subject].eligible, context):
        return {card.name: "not_eligible" for card in cards}
    applying = [card for card in cards if is_true(card.when, context)]
    found: dict[str, str | None] = {}
    for card in cards:
        rivals = [each for each in applying if each is card or (card.family and each.family == card.family)]
        first = [each for each in rivals if each.priority == min(rival.priority for rival in rivals)]
        if card not in applying or card not in first:
            found[card.name] = "not_applicable"
        else:
            found[card.name] = None if len(first) == 1 else "error"
    return found


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


__all__ = ["COMPANY", "evaluate"]
