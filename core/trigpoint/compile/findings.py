"""What to look out for in the value rows: unlisted choices, scales whose computed numbers cannot be used, ties."""

from __future__ import annotations

from trigpoint.compile import sql
from trigpoint.compile.asserts import asserted
from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.failures import failed, needed_plugins
from trigpoint.compile.judgements.statement import unusable
from trigpoint.compile.occurrences import measured
from trigpoint.compile.statement import SCRATCH, Query, scores_table, values_table
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Choices, Measure, Scorecard, scale_numbers


def findings(ruleset: Ruleset, engine: Engine, dates: Dates) -> tuple[Query, ...]:
    """Questions over the scratch tables. Each gives (count, example); a count of 0 is no finding."""
    found = [query for each in ruleset.asserts.values() for query in asserted(ruleset, engine, dates, each)]
    for card in ruleset.scorecards.values():
        found += [_unlisted(card, measure) for measure in card.measures if _open(measure)]
        computed = [measure for measure in card.measures if _computed(measure)]
        found += [_unusable(card, measure, unusable(ruleset, engine, dates, card, measure)) for measure in computed]
        if card.family:
            found.append(_ties(ruleset, card))
    return tuple(found)


def _open(measure: Measure) -> bool:
    return isinstance(measure.scale, Choices) and measure.scale.otherwise is None and measure.value.type == "text"


def _computed(measure: Measure) -> bool:
    return any(number.constant is None for number in scale_numbers(measure.scale))


def _unusable(card: Scorecard, measure: Measure, select: str) -> Query:
    text = "gives no points where a number of its scale has no data, or the numbers make no scale"
    return Query("unusable scale", f"{card.name}.{measure.name}", text, select)


def _unlisted(card: Scorecard, measure: Measure) -> Query:
    column = f"v.{sql.identifier(measured(card, measure))}"
    scale = measure.scale
    listed = ", ".join(sql.text(str(choice)) for choice, _ in scale.choices) if isinstance(scale, Choices) else ""
    rows = f"{SCRATCH}.{values_table(card.subject)} AS v JOIN {SCRATCH}.{scores_table(card.name)} AS s ON s.key = v.key"
    return Query(
        "unlisted choice",
        f"{card.name}.{measure.name}",
        "has no points for this value",
        f"SELECT count(*), min({column}) FROM {rows}\n"
        f"WHERE {column} NOT IN ({listed}) AND s.outcome IN ('scored', 'insufficient_data')",
    )


def _ties(ruleset: Ruleset, card: Scorecard) -> Query:
    table = f"{SCRATCH}.{scores_table(card.name)}"
    text = f"applies together with another scorecard of the family {card.family} at the same priority"
    where = "outcome = 'error'"
    if needed := needed_plugins(ruleset, card):
        where += f" AND NOT {failed(needed)}"
    return Query("tie", card.name, text, f"SELECT count(*), min(key) FROM {table} WHERE {where}")
