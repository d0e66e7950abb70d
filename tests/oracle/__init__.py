"""A naive evaluator of the rule language: plain Python, row by row, no SQL.

It shares no code with the compiler, the warehouse or the evaluation; of `trigpoint` it reads the frozen records only.
Obviously right comes before fast: it is what the compiled SQL is compared with. The numbers in its comments are the
lines of docs/reference/semantics.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from oracle.expressions import evaluate as evaluate_tree
from oracle.facts import Facts
from oracle.findings import findings
from oracle.placing import computed, own_columns, shifted
from oracle.roads import COMPANY
from oracle.standing import Scores
from oracle.values import Reading, Values
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
    reasons (all of them, the dearest first) and lost (of every measure, zero and negative ones too). Beside them stand
    `{"asserts": {name: {"false": [key, ...], "unjudged": [key, ...]}}, "findings": {(kind, where): count}}`.
    """
    values = Values(Facts(ruleset, tables, as_of))
    values.scores = Scores(values, {(series, key): band for series, key, band in bands_before})
    keys = {subject: values.facts.keys(subject, as_of) for subject in ruleset.subjects}
    return {
        "values": {
            subject: {key: value_row(values, subject, key, names, as_of) for key in keys[subject]}
            for subject, names in computed(values.facts).items()
        },
        "scores": {
            name: {key: values.scores.row(name, key) for key in keys[card.subject]}
            for name, card in ruleset.scorecards.items()
        },
        "asserts": {each.name: judged(values, each, keys[each.subject]) for each in ruleset.asserts.values()},
        "findings": dict(findings(values.facts, as_of)),
    }


def judged(values: Values, each, keys: list[str]) -> dict[str, list[str]]:
    """The subjects for which an assert is false, and those for which nobody can say."""
    said = {key: evaluate_tree(each.that.tree, values.at(each.subject, key, values.as_of)) for key in keys}
    return {
        "false": [key for key in keys if said[key] is False],
        "unjudged": [key for key in keys if said[key] is None],
    }


def value_row(values: Values, subject: str, key: str, names: set[str], as_of: dt.date) -> dict:
    """Semantics 25: one complete row per subject, for everything that a scorecard may look at."""
    row: dict = {}

    def note(column: str, reading: Reading) -> None:
        row[column], row[f"{column}__n"], row[f"{column}__newest"] = reading

    for name in names:
        note(name, values.read(name, subject, key, as_of))
    context = values.at(subject, key, as_of)
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


__all__ = ["COMPANY", "evaluate"]
