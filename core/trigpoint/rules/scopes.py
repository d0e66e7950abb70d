"""What the names of an expression may mean: on a row of a table, and on a subject."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NoReturn, cast

from attrs import evolve, frozen

from trigpoint.errors import Place
from trigpoint.language import ExpressionError, Scope, parse
from trigpoint.model.expression import Expression, MetricValue, Name, ValueType, number, walk
from trigpoint.model.metric import FormulaMetric, Metric, TableMetric
from trigpoint.model.subject import COMPANY
from trigpoint.model.table import Table
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.roads import ancestors, reach, roads, told
from trigpoint.rules.setting import Setting
from trigpoint.rules.subjects import own_columns


@lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[Name, ...]:
    """The names in an expression; none where it cannot be read, which is told when it is bound."""
    try:
        return tuple(node for node in walk(parse(text)) if isinstance(node, Name))
    except ExpressionError:
        return ()


def bare(setting: Setting | None) -> Iterator[tuple[str, Place]]:
    """The names without a dot in the expression of a setting, `as_of` left out."""
    if setting is not None and isinstance(setting.value, str):
        for node in mentions(setting.value):
            if len(node.parts) == 1 and node.parts[0] != "as_of":
                yield node.parts[0], setting.at(node.span[0])


def dotted(setting: Setting | None) -> Iterator[tuple[str, str, Place]]:
    """The names with one dot in the expression of a setting."""
    if setting is not None and isinstance(setting.value, str):
        for node in mentions(setting.value):
            if len(node.parts) == 2:
                yield node.parts[0], node.parts[1], setting.at(node.span[0])


def row_scope(draft: Draft, table: Table, via: Mapping[str, str], aggregates: bool = False) -> Scope:
    """Names on a row: its columns, and after a dot those of the subjects above it."""
    above = [name for name in reach(draft.subjects, table, via) if name != COMPANY]
    elsewhere = dict.fromkeys(draft.declared("metrics"), "a metric")
    elsewhere |= dict.fromkeys(draft.subjects, f"a subject to which no single road leads from table {table.name}")
    return Scope(
        columns=draft.columns_of(table),
        owners={name: own_columns(draft, name) for name in above if draft.subjects[name].table != table.name},
        elsewhere=elsewhere,
        aggregates=aggregates,
        in_force=table.in_force is not None,
        latest=_no_latest(table),
    )


def check_row_names(
    draft: Draft, table: Table, via: Mapping[str, str], setting: Setting | None, reader: Reader
) -> None:
    """Refuse names of subjects below the rows, and what needs something broken."""
    above = reach(draft.subjects, table, via)
    for name, _ in bare(setting):
        if ("column", f"{table.name}.{name}") in draft.broken:
            raise Unusable
    for owner, name, place in dotted(setting):
        own = draft.subjects[owner].table if owner in draft.subjects else None
        if ("subject", owner) in draft.broken or ("column", f"{own}.{name}") in draft.broken:
            raise Unusable
        if own is not None and owner not in above and not ancestors(draft.subjects, owner).isdisjoint(above[:-1]):
            text = f"a table seen from a subject below it ('{owner}.{name}') is not supported yet"
            reader.refuse("TP190", text, place)


@frozen
class AtSubject:
    """The subject at hand, and what names mean there."""

    draft: Draft
    subject: str
    scope: Scope

    @classmethod
    def of(cls, draft: Draft, subject: str) -> AtSubject:
        """A subject with its metrics and own columns."""
        return cls(draft, subject, subject_scope(draft, subject))

    def with_points(self, names: Collection[str]) -> AtSubject:
        """The same in a gate or guard, where `points.NAME` stand too."""
        return evolve(self, scope=evolve(self.scope, points=frozenset(names)))

    def read(self, reader: Reader, key: str, expect: str) -> Expression | None:
        """The expression (or plain number) under a key; None if it is not set."""
        found = reader.get(key)
        return None if found is None else self.bound(reader, found, key, expect)

    def bound(self, reader: Reader, setting: Setting, key: str, expect: str) -> Expression:
        """The expression, or plain number, of a setting."""
        if not isinstance(setting.value, str):
            return number(reader.finite(setting, key))
        check_subject_names(self.draft, self.subject, setting, reader)
        value = reader.bound(setting, self.scope, expect)
        check_shifts(self.draft, value, setting, reader)
        plain = expect == "number" and isinstance(value.constant, float)
        return number(cast(float, value.constant)) if plain else value


def check_shifts(draft: Draft, value: Expression, setting: Setting, reader: Reader) -> None:
    """Refuse ago() of a metric that looks back by ago() itself."""
    for node in parts(value):
        if node.shift.ago is not None and _is_shifted(draft.metrics[node.metric], draft.metrics):
            text = f"ago({node.metric}, ...): '{node.metric}' is computed with ago() itself, and ago() does not nest"
            reader.refuse("TP136", text, setting.at(node.span[0]), "write one ago() over the metric below it")


def _is_shifted(metric: Metric, metrics: Mapping[str, Metric]) -> bool:
    if isinstance(metric, TableMetric):
        return False
    return any(node.shift.ago is not None or _is_shifted(metrics[node.metric], metrics) for node in parts(metric.value))


def subject_scope(draft: Draft, subject: str, points: Collection[str] | None = None) -> Scope:
    """Names on a subject: its metrics and its own columns, in gates and guards its points too."""
    fitting = {name: each for name, each in draft.metrics.items() if subject in reached(draft, each)}
    columns = own_columns(draft, subject)
    elsewhere = {
        name: f"a column of table {table.name}" for table in draft.tables.values() for name in draft.columns_of(table)
    }
    elsewhere |= dict.fromkeys(draft.subjects, "a subject")
    return Scope(
        columns=columns,
        metrics={name: each.type for name, each in fitting.items()},
        previous={name for name, each in fitting.items() if _looks_back(each)},
        points=points,
        scorecards=series(draft),
        elsewhere={name: what for name, what in elsewhere.items() if name not in columns},
        shifts=True,
    )


def everywhere_scope(draft: Draft) -> Scope:
    """The names of all subjects together: to tell what is wrong with a formula that fits none."""
    columns: dict[str, ValueType] = {}
    for name in draft.subjects:
        columns |= own_columns(draft, name)
    metrics = {name: each.type for name, each in draft.metrics.items()}
    previous = {name for name, each in draft.metrics.items() if _looks_back(each)}
    free = {name: kind for name, kind in columns.items() if name not in metrics}
    elsewhere = dict.fromkeys(draft.subjects, "a subject")
    return Scope(free, metrics, previous, scorecards=series(draft), elsewhere=elsewhere, shifts=True)


def series(draft: Draft) -> set[str]:
    """The names of scorecards and families."""
    families = {reader.setting.table.get("family") for _, reader in draft.readers("scorecards")}
    named = {each.value for each in families if each is not None and isinstance(each.value, str)}
    return {*draft.declared("scorecards"), *named}


def reached(draft: Draft, metric: Metric) -> tuple[str, ...]:
    """The subjects at which a metric can be computed."""
    found = draft.reached.get(metric.name)
    if found is None:
        if isinstance(metric, TableMetric):
            found = reach(draft.subjects, draft.tables[metric.table], metric.via)
        else:
            found = metric.subjects
        draft.reached[metric.name] = found
    return found


def check_subject_names(draft: Draft, subject: str, setting: Setting | None, reader: Reader) -> None:
    """Refuse metrics that cannot be computed at a subject, and what needs something broken."""
    columns = own_columns(draft, subject)
    table = draft.subjects[subject].table
    refused = []
    for name, place in bare(setting):
        if ("metric", name) in draft.broken or ("column", f"{table}.{name}") in draft.broken:
            raise Unusable
        if name in draft.metrics and name not in columns and subject not in reached(draft, draft.metrics[name]):
            with going_on():
                refused.append(name)
                refuse_unreached(draft, reader, draft.metrics[name], subject, place)
    if refused:
        raise Unusable


def refuse_unreached(draft: Draft, reader: Reader, metric: Metric, subject: str, place: Place) -> NoReturn:
    """Tell that a metric is wanted where it cannot be computed; not if that may come from what was told already."""
    if not draft.gaps:
        code, text, hint = _unreached(draft, metric, subject)
        reader.problems.add(code, text, place, hint)
    raise Unusable


def _unreached(draft: Draft, metric: Metric, subject: str) -> tuple[str, str, str | None]:
    """Code, text and hint for a metric that is wanted where it cannot be computed."""
    if isinstance(metric, FormulaMetric):
        at = ", ".join(reached(draft, metric))
        return "TP125", f"metric '{metric.name}' can be computed at {at}, not at {subject}", None
    found = roads(draft.subjects, draft.tables[metric.table], subject, metric.via)
    if not found:
        hint = "see `belongs_to` of the table and `parents` of the subjects"
        return "TP125", f"metric '{metric.name}': no road leads from table '{metric.table}' to {subject}", hint
    ways = " and ".join(told(each) for each in found)
    direct = next((road[0].column for road in found if len(road) == 1), "column")
    hint = f'choose in the metric: via = {{ {subject} = "{direct}" }}'
    return "TP124", f"metric '{metric.name}': several roads lead from table '{metric.table}' to {subject}: {ways}", hint


def parts(expression: Expression) -> Iterator[MetricValue]:
    """The metrics an expression reads."""
    return (node for node in walk(expression.tree) if isinstance(node, MetricValue))


def _no_latest(table: Table) -> str | None:
    """Why latest(x) cannot be used on a table; None: it can."""
    if table.time is None:
        return f"table {table.name} has no time"
    return None if table.key else f"table {table.name} has no key, which would break ties"


def _looks_back(metric: Metric) -> bool:
    return isinstance(metric, TableMetric) and metric.window is not None and metric.window.kind != "next"
