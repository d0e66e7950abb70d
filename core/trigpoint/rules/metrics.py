"""Metrics of the rules, each after those it is computed from."""

from __future__ import annotations

from typing import cast

from attrs import evolve

from trigpoint.model.expression import Aggregate, Expression
from trigpoint.model.metric import Better, FormulaMetric, PluginMetric, RollupMetric, TableMetric
from trigpoint.model.table import Table
from trigpoint.rules.downwards import check_bound, seen_from
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.graph import circles, in_order, shown
from trigpoint.rules.mentions import bare, dotted
from trigpoint.rules.plugin_metrics import read_plugin_metric
from trigpoint.rules.reaching import meant_for, reached, refuse_unreached
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.roads import lowest, upwards
from trigpoint.rules.rollups import read_rollup
from trigpoint.rules.scopes import (
    check_row_names,
    check_shifts,
    check_subject_names,
    everywhere_scope,
    row_scope,
    scorecards_of,
    series,
    subject_scope,
)
from trigpoint.rules.score_words import check_score_words
from trigpoint.rules.setting import Setting
from trigpoint.rules.subjects import own_columns
from trigpoint.rules.tables import read_via, refuse_reserved
from trigpoint.rules.windows import read_window
from trigpoint.rules.wording import listed

TABLE_KEYS = ("where", "window", "at", "empty", "via")
NO_METRIC = ("key", "label")  # columns of every result
# `<metric>__n` would be taken for a column of the value row that is ours.
OURS = ("parent", "band_before", "benchmark", "lookup", "in_force", "own")
DEEPEST = 100  # formulas on the way from a metric down to the facts


def read_metrics(draft: Draft) -> None:
    """Every metric: first those over tables, then formulas and rollups in the order in which they need each other."""
    readers = dict(draft.readers("metrics"))
    for name, reader in readers.items():
        _check_name(name, reader)
        if reader.has("plugin"):
            with draft.making("metric", name):
                draft.add_metric(_plugin_metric(name, reader, draft))
        elif reader.has("from") and not reader.has("over"):
            with draft.making("metric", name):
                draft.add_metric(_table_metric(name, reader, draft))
    formulas = {
        name: reader
        for name, reader in readers.items()
        if (reader.has("over") or not reader.has("from"))
        and not reader.has("plugin")
        and ("metric", name) not in draft.broken
    }
    needs = {
        name: {part for key in ("value", "where", "at") for part, _ in bare(reader.setting.table.get(key))}
        & set(formulas)
        for name, reader in formulas.items()
    }
    for circle in circles(needs):
        place = formulas[circle[0]].place("value")
        draft.problems.add("TP114", f"metrics need each other in a circle: {shown(circle)}", place)
    ordered = in_order(needs)
    draft.broken |= {("metric", name) for name in formulas if name not in ordered}
    for name in ordered:
        with draft.making("metric", name):
            read = _rollup if formulas[name].has("over") else _formula
            draft.add_metric(read(name, formulas[name], draft))
            _check_depth(draft, name, formulas[name])
    draft.metrics = {name: draft.metrics[name] for name in readers if name in draft.metrics}


def _check_depth(draft: Draft, name: str, reader: Reader) -> None:
    depth = draft.traits[name].depth
    if depth > DEEPEST:
        text = f"{reader.what} stands on a chain of {depth} formulas, and {DEEPEST} are enough"
        reader.refuse("TP169", text, reader.setting.key, "compute it from what stands lower in the chain")


def _check_name(name: str, reader: Reader) -> None:
    refuse_reserved(reader, name, reader.setting.key)
    if name in NO_METRIC:
        text = f"a metric cannot be called '{name}': every result has a column of that name"
        reader.problems.add("TP116", text, reader.setting.key, "choose another name")
    elif name in OURS:
        text = f"a metric cannot be called '{name}': columns that begin so are ours"
        reader.problems.add("TP116", text, reader.setting.key, "choose another name")


def _table_metric(name: str, reader: Reader, draft: Draft) -> TableMetric:
    table = _table(reader, draft)
    via = read_via(reader, table, draft.subjects)
    below = seen_from(reader, draft, table, via)
    window, at, where, value, empty = None, None, None, None, None
    with going_on():
        window, at = read_window(reader, table, draft)
    with going_on():
        check_row_names(draft, table, via, reader.get("where"), reader, below)
        where = reader.expression("where", row_scope(draft, table, via, below=below), "boolean")
        if below:
            check_bound(reader, draft, table, below, where)
    with going_on():
        found = reader.need("value", "write an aggregate such as count(*) or sum(x)")
        check_row_names(draft, table, via, found, reader, below)
        value = reader.bound(found, row_scope(draft, table, via, aggregates=True, below=below))
        empty = _empty(reader, value)
    if value is None:
        raise Unusable
    metric = TableMetric(
        name, table.name, value, where, window, at, empty, via, better=_better(reader), text=reader.words()
    )
    if below:
        draft.reached[name] = (below,)
        return evolve(metric, subjects=(below,))
    return evolve(metric, subjects=_subjects(reader, draft, metric))


def _plugin_metric(name: str, reader: Reader, draft: Draft) -> PluginMetric:
    metric = read_plugin_metric(name, reader, draft)
    if metric.subjects:
        return metric
    found = evolve(metric, subjects=_subjects(reader, draft, metric))
    if not found.subjects and not draft.gaps:
        meant = " and ".join(meant_for(draft, metric))
        text = f"{metric.plugin} is meant for {meant}, and no road leads there from table '{metric.table}'"
        reader.refuse(
            "TP173", text, reader.place("plugin"), "see `belongs_to` of the table and `parents` of the subjects"
        )
    return found


def _table(reader: Reader, draft: Draft) -> Table:
    name = cast(str, reader.name("from", draft.declared("tables"), "table"))
    if name not in draft.tables:
        raise Unusable
    return draft.tables[name]


def _empty(reader: Reader, value: Expression) -> float | None:
    """The value when no row passes; where a 0 and "no data" are both likely it has to be said."""
    found = reader.get("empty")
    if found is None:
        if isinstance(value.tree, Aggregate) and value.tree.function in ("sum", "count"):
            hint = 'write empty = 0, or empty = "no data"'
            reader.refuse(
                "TP131", f"{reader.what} does not say what it is when no row passes", reader.setting.key, hint
            )
        return None
    if isinstance(found.value, str):
        return None
    if value.type not in ("integer", "number"):
        reader.refuse("TP131", f"'empty' is a number, {reader.what} is {value.type}", found.place, "leave it out")
    return reader.finite(found, "empty")


def _better(reader: Reader) -> Better | None:
    default: Better | None = None
    return reader.word("better", default)


def _rollup(name: str, reader: Reader, draft: Draft) -> RollupMetric:
    metric = evolve(read_rollup(name, reader, draft), better=_better(reader), text=reader.words())
    return evolve(metric, subjects=_subjects(reader, draft, metric))


def _subjects(reader: Reader, draft: Draft, metric: TableMetric | RollupMetric | PluginMetric) -> tuple[str, ...]:
    """Where a metric is computed: where it says; else at the lowest subjects it reaches, a rollup at all of them."""
    draft.reached.pop(metric.name, None)
    places = reached(draft, metric)
    asked = _asked(reader, draft)
    for name, setting in asked.items():
        if name not in places:
            refuse_unreached(draft, reader, metric, name, setting.place)
    return tuple(asked) or (places if isinstance(metric, RollupMetric) else lowest(draft.subjects, places))


def _asked(reader: Reader, draft: Draft) -> dict[str, Setting]:
    """The subjects a metric names itself."""
    found = reader.get("subject")
    if found is None:
        return {}
    asked = {reader.known(each, draft.declared("subjects"), "subject"): each for each in found.items or (found,)}
    if any(name not in draft.subjects for name in asked):
        raise Unusable
    return asked


def _formula(name: str, reader: Reader, draft: Draft) -> FormulaMetric:
    for key in TABLE_KEYS:
        if reader.has(key):
            text = f"'{key}' belongs to metrics over a table, and {reader.what} has no 'from'"
            reader.problems.add("TP130", text, reader.setting.table[key].key, 'name the table with from = "table"')
    setting = reader.need("value", 'write a formula, or name a table with from = "table"')
    asked = _asked(reader, draft)
    if any(part in draft.names("metric") for part, _ in bare(setting)):
        raise Unusable
    places = _places(draft, setting)
    subjects = tuple(asked) or _default_places(reader, draft, setting, places)
    for subject in subjects:
        check_subject_names(draft, subject, setting, reader)
    value, *others = [reader.bound(setting, subject_scope(draft, subject)) for subject in subjects]
    if any(each.type != value.type for each in others):
        text = f"{reader.what} has different types at {listed(subjects)}"
        reader.refuse("TP137", text, setting.place, "make a metric for each of them")
    check_shifts(draft, value, setting, reader)
    check_score_words(draft, value, setting, reader)
    metric = FormulaMetric(name, value, subjects, better=_better(reader), text=reader.words())
    draft.reached[name] = places
    return metric


def _places(draft: Draft, setting: Setting) -> tuple[str, ...]:
    """The subjects at which every name of a formula means something."""
    names = {name for name, _ in bare(setting)}
    metrics = [draft.metrics[name] for name in names if name in draft.metrics]
    columns = {name for name in names if name not in draft.metrics}
    cards = {owner for owner, _, _ in dotted(setting)} & series(draft)
    return tuple(
        subject
        for subject in upwards(draft.subjects)
        if columns <= own_columns(draft, subject).keys()
        and all(subject in reached(draft, each) for each in metrics)
        and cards <= scorecards_of(draft, subject).keys()
    )


def _default_places(reader: Reader, draft: Draft, setting: Setting, places: tuple[str, ...]) -> tuple[str, ...]:
    """Where a formula belongs that does not say it: at its columns' subject, else as low as its parts go.

    One that reads a rollup is, like that, computed everywhere.
    """
    names = dict.fromkeys(name for name, _ in bare(setting))
    columns = [name for name in names if name not in draft.metrics]
    if not places:
        if draft.gaps:
            raise Unusable
        for table in draft.tables.values():
            if any(("column", f"{table.name}.{name}") in draft.broken for name in columns):
                raise Unusable
        reader.bound(setting, everywhere_scope(draft))
        text = f"there is no subject at which {listed(names)} {'are' if len(names) > 1 else 'is'} known"
        reader.refuse("TP137", text, setting.place, "a formula reads metrics and own columns of one subject")
    if columns and len(places) > 1:
        text = f"{listed(columns)} may be of {listed(places, 'or')}"
        reader.refuse("TP137", text, setting.place, f'write subject = "{places[0]}"')
    if any(draft.traits[name].rolls for name in names if name in draft.traits):
        return places
    return lowest(draft.subjects, places)
