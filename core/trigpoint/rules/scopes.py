"""What the names of an expression may mean: on a row of a table, and on a subject."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import cast

from attrs import evolve, frozen

from trigpoint.language import Scope
from trigpoint.model.expression import Expression, MetricValue, ValueType, number, walk
from trigpoint.model.metric import Metric, PluginMetric, TableMetric
from trigpoint.model.subject import COMPANY
from trigpoint.model.table import Table
from trigpoint.rules.downwards import shared_parents
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.lookups import known_lookups
from trigpoint.rules.mentions import bare, dotted, looked_up
from trigpoint.rules.reaching import reached, refuse_unreached
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.roads import reach
from trigpoint.rules.score_words import check_score_words
from trigpoint.rules.setting import Setting
from trigpoint.rules.subjects import own_columns


def row_scope(
    draft: Draft, table: Table, via: Mapping[str, str], aggregates: bool = False, below: str | None = None
) -> Scope:
    """Names on a row: its columns, and after a dot those of the subjects above it, or `below` it where it is seen from."""
    above = [name for name in reach(draft.subjects, table, via) if name != COMPANY]
    elsewhere = dict.fromkeys(draft.declared("metrics"), "a metric")
    elsewhere |= dict.fromkeys(draft.subjects, f"a subject to which no single road leads from table {table.name}")
    dots = [name for name in above if draft.subjects[name].table != table.name] + ([below] if below else [])
    return Scope(
        columns=draft.columns_of(table),
        owners={name: own_columns(draft, name) for name in dots},
        lookups=known_lookups(draft, table),
        elsewhere=elsewhere,
        aggregates=aggregates,
        in_force=table.in_force is not None,
        latest=_no_latest(table),
        functions=draft.functions,
    )


def check_row_names(
    draft: Draft,
    table: Table,
    via: Mapping[str, str],
    setting: Setting | None,
    reader: Reader,
    below: str | None = None,
) -> None:
    """Refuse names of subjects below the rows other than `below`, and what needs something broken."""
    if looked_up(setting) & draft.names("lookup"):
        raise Unusable
    for name, _ in bare(setting):
        if ("column", f"{table.name}.{name}") in draft.broken:
            raise Unusable
    for owner, name, place in dotted(setting):
        own = draft.subjects[owner].table if owner in draft.subjects else None
        if ("subject", owner) in draft.broken or ("column", f"{own}.{name}") in draft.broken:
            raise Unusable
        if own is not None and owner != below and shared_parents(draft.subjects, table, owner, via):
            text = f"'{owner}.{name}' lies below the rows of table '{table.name}', each of which may have several"
            hint = f'a metric with subject = "{owner}" sees the table from each {owner}'
            reader.refuse("TP159", text, place, hint)


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
        check_score_words(self.draft, value, setting, reader)
        plain = expect == "number" and isinstance(value.constant, float)
        return number(cast(float, value.constant)) if plain else value


def check_shifts(draft: Draft, value: Expression, setting: Setting, reader: Reader) -> None:
    """Refuse ago() of a metric that looks back by ago() itself, or at scores, which are those of the day."""
    for node in parts(value):
        if node.shift.ago is not None and draft.traits[node.metric].shifted:
            text = f"ago({node.metric}, ...): '{node.metric}' is computed with ago() itself, and ago() does not nest"
            reader.refuse("TP136", text, setting.at(node.span[0]), "write one ago() over the metric below it")
        if node.shift and draft.traits[node.metric].scored:
            text = (
                f"'{node.metric}' looks at a scorecard, whose scores are those of the day: they are not computed again"
            )
            reader.refuse("TP160", text, setting.at(node.span[0]), "`trigpoint history` tells what they were")


def subject_scope(
    draft: Draft,
    subject: str,
    points: Collection[str] | None = None,
    *,
    aggregates: bool = False,
    latest: str | None = None,
) -> Scope:
    """Names on a subject: its metrics, own columns and scorecards; in gates and guards its points too.

    With `aggregates` it is one of many children, over which a rollup goes.
    """
    fitting = {name: each for name, each in draft.metrics.items() if subject in reached(draft, each)}
    columns = own_columns(draft, subject)
    elsewhere = {
        name: f"a column of table {table.name}" for table in draft.tables.values() for name in draft.columns_of(table)
    }
    elsewhere |= dict.fromkeys(draft.subjects, "a subject")
    cards = scorecards_of(draft, subject)
    elsewhere |= {name: f"no scorecard of {subject}" for name in series(draft) if name not in cards}
    return Scope(
        columns=columns,
        metrics={name: each.type for name, each in fitting.items()},
        previous={name for name, each in fitting.items() if _looks_back(each)},
        points=points,
        scorecards=cards,
        elsewhere={name: what for name, what in elsewhere.items() if name not in columns},
        lookups=known_lookups(draft),
        shifts=True,
        aggregates=aggregates,
        latest=latest,
        functions=draft.functions,
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
    cards = {name: parts for subject in draft.subjects for name, parts in scorecards_of(draft, subject).items()}
    return Scope(
        free,
        metrics,
        previous,
        scorecards=cards,
        lookups=known_lookups(draft),
        elsewhere=elsewhere,
        shifts=True,
        functions=draft.functions,
    )


def series(draft: Draft) -> set[str]:
    """The names of scorecards and families."""
    families = {reader.setting.table.get("family") for _, reader in draft.readers("scorecards")}
    named = {each.value for each in families if each is not None and isinstance(each.value, str)}
    return {*draft.declared("scorecards"), *named}


def scorecards_of(draft: Draft, subject: str) -> dict[str, set[str]]:
    """The scorecards, and families, of one kind of subject, each with its groups and measures; as they are written."""
    if (known := draft.scored_by.get(subject)) is not None:
        return known
    found: dict[str, set[str]] = {}
    for name, reader in draft.readers("scorecards"):
        settings = reader.setting.table
        if "subject" in settings and settings["subject"].value == subject:
            parts = {part for key in ("groups", "measures") if key in settings for part in settings[key].table}
            family = settings.get("family")
            for each in [name, *([family.value] if family is not None and isinstance(family.value, str) else [])]:
                found.setdefault(each, set()).update(parts)
    draft.scored_by[subject] = found
    return found


def check_subject_names(draft: Draft, subject: str, setting: Setting | None, reader: Reader) -> None:
    """Refuse metrics that cannot be computed at a subject, and what needs something broken."""
    columns = own_columns(draft, subject)
    table = draft.subjects[subject].table
    if looked_up(setting) & draft.names("lookup"):
        raise Unusable
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


def parts(expression: Expression) -> Iterator[MetricValue]:
    """The metrics an expression reads."""
    return (node for node in walk(expression.tree) if isinstance(node, MetricValue))


def _no_latest(table: Table) -> str | None:
    """Why latest(x) cannot be used on a table; None: it can."""
    if table.time is None:
        return f"table {table.name} has no time"
    return None if table.key else f"table {table.name} has no key, which would break ties"


def _looks_back(metric: Metric) -> bool:
    return isinstance(metric, TableMetric | PluginMetric) and metric.window is not None and metric.window.kind != "next"
