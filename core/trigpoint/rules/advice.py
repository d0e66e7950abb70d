"""Warnings: rules that work, and mislead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from trigpoint.errors import Place
from trigpoint.model.expression import Aggregate, AsOf, Call, Column, Expression, MetricValue, Node, walk
from trigpoint.model.lookup import Lookup
from trigpoint.model.metric import Metric, PluginMetric, TableMetric
from trigpoint.model.scorecard import Linear, Measure, Scorecard, Target, families
from trigpoint.rules.bands import warn_of_bands
from trigpoint.rules.draft import Draft
from trigpoint.rules.files import BUNDLED
from trigpoint.rules.scopes import parts
from trigpoint.rules.weights import shares

SURVEYS = frozenset({"survey", "surveys", "nps", "csat", "ces"})
MOST_OF_ONE_SURVEY = 0.25
Surveys = Mapping[str, frozenset[str]]  # metric -> the survey tables behind it
_DURATIONS = ("days_between", "hours_between", "months_between")


def advise(draft: Draft) -> None:
    """Note the warnings of a whole ruleset."""
    surveys: dict[str, frozenset[str]] = {}
    for metric in draft.metrics.values():
        _surveys_behind(draft, metric, surveys)
    for card in draft.scorecards.values():
        warn_of_bands(draft, card)
        _warn_of_surveys(draft, card, surveys)
        for measure in card.measures:
            _warn_of_direction(draft, card, measure)
            if card.missing_of(measure) in ("skip", "middle") and measure.missing is None:
                _warn_of_never(draft, card, measure)
    for metric in draft.metrics.values():
        if isinstance(metric, TableMetric):
            _warn_of_unfinished(draft, metric)
    for cards in families(draft.scorecards.values()).values():
        _warn_of_unreachable(draft, cards)
    for lookup in draft.lookups.values():
        _warn_of_scans(draft, lookup)


def _warn_of_scans(draft: Draft, lookup: Lookup) -> None:
    """A table that lies by its owner is found by the owner's key; by another one it is read from end to end."""
    owners = list(draft.tables[lookup.table].belongs_to.values())
    own = next((each.key for each in draft.subjects.values() if each.table == lookup.table), None)
    if owners and owners[0] not in lookup.key and own not in lookup.key:
        place = draft.settings.table["lookups"].table[lookup.name].key
        text = f"lookup '{lookup.name}' reads the whole of '{lookup.table}' for each row, which lies by '{owners[0]}'"
        hint = f"take '{owners[0]}' into its key, here and in the table, or leave belongs_to out"
        draft.problems.add("TP187", text, place, hint, "warning")


def _warn_of_direction(draft: Draft, card: Scorecard, measure: Measure) -> None:
    """A scale that gives more points for what the metric calls worse."""
    tree = measure.value.tree
    better = draft.metrics[tree.metric].better if isinstance(tree, MetricValue) else None
    match measure.scale:
        case Linear(low, high) | Target(high, low):
            worst, best = low.constant, high.constant
        case _:
            return
    if better not in ("higher", "lower") or not isinstance(worst, float) or not isinstance(best, float):
        return
    if (best > worst) != (better == "higher"):
        written = draft.settings.table["scorecards"].table[card.name].table["measures"].table[measure.name]
        text = f"measure '{measure.name}' has its best points at {best:g} and its worst at {worst:g}, and {better} is better"
        hint = "turn the scale around; a target where lower is better needs zero_at above it"
        draft.problems.add("TP185", text, written.key, hint, "warning")


def _warn_of_unreachable(draft: Draft, cards: Sequence[Scorecard]) -> None:
    """After a scorecard without `when` no other of its family is ever used.

    A ready-made one is left alone: it may be there as the base of the one that applies.
    """
    always = next((place for place, card in enumerate(cards) if card.when is None), len(cards))
    for card in cards[always + 1 :]:
        place = draft.settings.table["scorecards"].table[card.name].key
        if place.file.startswith(BUNDLED):
            continue
        text = (
            f"'{card.name}' never applies: '{cards[always].name}' comes before it and applies to every {card.subject}"
        )
        draft.problems.add("TP186", text, place, "give one of them a `when`, or other priorities", "warning")


def _warn_of_surveys(draft: Draft, card: Scorecard, surveys: Surveys) -> None:
    weights: dict[str, float] = {}
    for name, share in shares(card).items():
        measure = next(each for each in card.measures if each.name == name)
        for table in sorted({each for node in parts(measure.value) for each in surveys[node.metric]}):
            weights[table] = weights.get(table, 0.0) + share
    for table, share in weights.items():
        if share > MOST_OF_ONE_SURVEY:
            place = draft.settings.table["scorecards"].table[card.name].key
            text = f"one survey ('{table}') carries {share:.0%} of scorecard '{card.name}'"
            hint = "surveys are one sign among several: keep each at a quarter or less"
            draft.problems.add("TP180", text, place, hint, "warning")


def _surveys_behind(draft: Draft, metric: Metric, known: dict[str, frozenset[str]]) -> frozenset[str]:
    """The survey tables behind a metric: those whose name, or whose metric's name or unit, says so."""
    if metric.name not in known:
        if isinstance(metric, TableMetric | PluginMetric):
            told = {*_words(metric.table or ""), *_words(metric.name), *_words(metric.text.unit or "")}
            behind = [frozenset({metric.table or metric.name} if SURVEYS & told else ())]
        else:
            behind = [_surveys_behind(draft, draft.metrics[node.metric], known) for node in parts(metric.value)]
        known[metric.name] = frozenset[str]().union(*behind)
    return known[metric.name]


def _words(text: str) -> list[str]:
    return re.split(r"[^a-z]+", text.lower())


def _warn_of_never(draft: Draft, card: Scorecard, measure: Measure) -> None:
    if _since_last(draft, measure.value):
        place = draft.settings.table["scorecards"].table[card.name].table["measures"].table[measure.name].key
        text = f"measure '{measure.name}' counts the days since the last time: never at all is no data, and raises the score"
        draft.problems.add("TP181", text, place, 'give the measure its own missing, such as "worst"', "warning")


def _since_last(draft: Draft, value: Expression, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the days since the last time stand in a value, or behind it; `seen` are metrics that were looked at."""
    behind = dict.fromkeys(node.metric for node in parts(value) if node.metric not in seen)
    for node in walk(value.tree):
        if isinstance(node, Call) and node.function == "days_between" and isinstance(node.arguments[1], AsOf):
            return _is_last(draft, node.arguments[0])
    values = [metric.value for name in behind if not isinstance(metric := draft.metrics[name], PluginMetric)]
    return any(_since_last(draft, value, seen | behind.keys()) for value in values)


def _is_last(draft: Draft, node: Node) -> bool:
    match node:
        case Call("as_day" | "as_moment", (inner,)):
            return _is_last(draft, inner)
        case Aggregate("max" | "latest"):
            return True
        case MetricValue(metric):
            found = draft.metrics[metric]
            return not isinstance(found, PluginMetric) and _is_last(draft, found.value.tree)
    return False


def _warn_of_unfinished(draft: Draft, metric: TableMetric) -> None:
    for node in walk(metric.value.tree):
        if isinstance(node, Aggregate) and node.function in ("avg", "percentile") and node.argument is not None:
            for end in _open_ends(draft, metric, node.argument):
                place = _value_place(draft, metric, node)
                text = f"'{metric.name}' averages durations up to '{end}': those not finished yet are left out"
                hint = "the slowest are missing, so it looks faster than it is; count the unfinished ones beside it"
                draft.problems.add("TP182", text, place, hint, "warning")
                return


def _open_ends(draft: Draft, metric: TableMetric, argument: Node) -> Iterator[str]:
    """The columns at the end of a duration that may be blank while it goes on."""
    table = draft.tables[metric.table]
    filled = {table.time if metric.window else None, metric.at, table.visible_by, *table.key}
    for node in walk(argument):
        if isinstance(node, Call) and node.function in _DURATIONS:
            end = node.arguments[1]
            while isinstance(end, Call) and end.function in ("as_day", "as_moment"):
                end = end.arguments[0]
            if isinstance(end, Column) and (end.owner is not None or end.name not in filled):
                yield end.name


def _value_place(draft: Draft, metric: Metric, node: Node) -> Place:
    return draft.settings.table["metrics"].table[metric.name].table["value"].at(node.span[0])
