"""Rollup metrics of the rules: aggregates over the children of one kind, at every subject above them."""

from __future__ import annotations

from typing import cast

from attrs import evolve

from trigpoint.model.expression import Aggregate, Expression, walk
from trigpoint.model.metric import Holder, RollupMetric
from trigpoint.model.subject import COMPANY, Subject
from trigpoint.model.window import Window
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.roads import ancestors, handovers, roads, upwards
from trigpoint.rules.scopes import check_shifts, check_subject_names, subject_scope
from trigpoint.rules.score_words import check_score_words
from trigpoint.rules.setting import Setting
from trigpoint.rules.tables import TIMES, read_via
from trigpoint.rules.wording import listed

_UNWEIGHTED = ("percentile", "stddev")  # what has no meaning for a child that counts for a share of the days
_NO_ORDER = "children have no time and no order; use max(...) or min(...)"


def read_rollup(name: str, reader: Reader, draft: Draft) -> RollupMetric:
    """A rollup whose `subjects` and words are still to be read."""
    for key in ("from", "empty"):
        if reader.has(key):
            text = f"'{key}' belongs to metrics over a table, and {reader.what} is over subjects"
            reader.problems.add("TP130", text, reader.setting.table[key].key, "leave it out, or leave 'over' out")
    over = _child(reader, draft)
    via = _via(reader, draft, over)
    where, value, window, at = None, None, None, None
    with going_on():
        where = _bound(draft, over.name, reader, "where", "boolean")
    with going_on():
        reader.need("value", "write an aggregate over the children, such as sum(arr)")
        value = _bound(draft, over.name, reader, "value", "any")
    with going_on():
        window, at = _window(draft, over.name, reader)
    if value is None:
        raise Unusable
    holder: Holder = reader.word("holder", "end")
    if holder == "share of days" and value.type == "integer":
        # A child that counts for half of the days makes half a count.
        value = evolve(value, tree=evolve(value.tree, type="number"), type="number")
    metric = RollupMetric(name, over.name, value, where, window, at, holder, via)
    _check_holder(reader, metric)
    _check_handovers(draft, reader, metric)
    return metric


def _child(reader: Reader, draft: Draft) -> Subject:
    name = cast(str, reader.name("over", draft.declared("subjects"), "subject"))
    if name == COMPANY:
        reader.refuse("TP163", "nothing lies above the company: no metric goes over it", reader.place("over"))
    if name not in draft.subjects:
        raise Unusable
    return draft.subjects[name]


def _via(reader: Reader, draft: Draft, over: Subject) -> dict[str, str]:
    found = reader.get("via")
    if found is None:
        return {}
    table = draft.own_table(over.name)
    if table is None:
        reader.refuse("TP163", f"{over.name} has no table, so there is no column to go by", found.key, "leave via out")
    return read_via(reader, table, draft.subjects)


def _bound(draft: Draft, child: str, reader: Reader, key: str, expect: str) -> Expression | None:
    found = reader.get(key)
    if found is None:
        return None
    return _expression(draft, child, found, reader, expect, aggregates=key == "value")


def _expression(
    draft: Draft, child: str, setting: Setting, reader: Reader, expect: str, aggregates: bool = False
) -> Expression:
    check_subject_names(draft, child, setting, reader)
    scope = subject_scope(draft, child, aggregates=aggregates, latest=_NO_ORDER)
    value = reader.bound(setting, scope, expect)
    check_shifts(draft, value, setting, reader)
    check_score_words(draft, value, setting, reader)
    return value


def _window(draft: Draft, child: str, reader: Reader) -> tuple[Window | None, Expression | None]:
    """The window, and the day of a child that has to lie in it."""
    window, found = reader.window("window"), reader.get("at")
    if window is None:
        if found is not None:
            reader.refuse("TP130", "'at' has no meaning without 'window'", found.key)
        return None, None
    if found is None:
        if not reader.has("holder"):
            hint = 'write at = "a date column or metric of the child"'
            reader.refuse("TP132", "a window over children needs the day that lies in it", reader.place("window"), hint)
        return window, None
    at = _expression(draft, child, found, reader, "any")
    if at.type not in TIMES:
        reader.refuse("TP121", f"'at' must be a date of the {child}: '{found.value}' is {at.type}", found.place)
    return window, at


def _check_holder(reader: Reader, metric: RollupMetric) -> None:
    """Holders other than that of the end need a stretch, and values that can be shared out."""
    if metric.holder == "end":
        return
    if metric.window is None:
        text = f'holder = "{metric.holder}" needs the stretch of days it looks at'
        reader.refuse("TP161", text, reader.place("holder"), 'write window = "quarter to date"')
    if metric.holder != "share of days":
        return
    aggregates = [node for node in walk(metric.value.tree) if isinstance(node, Aggregate)]
    told = sorted({"count(distinct ...)" if each.distinct else each.function for each in aggregates if _whole(each)})
    if told:
        text = f"{listed(told)} cannot be shared out by days"
        reader.refuse("TP162", text, reader.place("value"), "use sum, avg, count(*) or share, or another holder")


def _check_handovers(draft: Draft, reader: Reader, metric: RollupMetric) -> None:
    """One day, or a share of days, cannot be that of two hand-overs one above the other."""
    table, asked = draft.own_table(metric.over), reader.get("subject")
    if metric.holder == "end" or table is None:
        return
    wanted = {each.value for each in asked.items or (asked,)} if asked else ancestors(draft.subjects, metric.over)
    for name in upwards(draft.subjects):
        ways = roads(draft.subjects, table, name, metric.via) if name in wanted else ()
        dated = handovers(ways[0]) if len(ways) == 1 else ()
        if len(dated) > 1:
            both = listed([f"{step.child} -> {step.subject}" for step in dated])
            text = f"on the way to {name} both {both} change hands: it is not clear whose days count"
            hint = 'say with `subject` where it is computed, or write holder = "end"'
            reader.refuse("TP168", text, reader.place("holder"), hint)


def _whole(node: Aggregate) -> bool:
    return node.distinct or node.function in _UNWEIGHTED
