"""Tables seen downwards: each subject sees the facts of a parent that it shares with the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from attrs import frozen

from trigpoint.model.expression import Between, Binary, Column, Expression, Node, walk
from trigpoint.model.function import TIMES
from trigpoint.model.subject import COMPANY
from trigpoint.model.table import Table
from trigpoint.rules.draft import Draft
from trigpoint.rules.reader import Reader
from trigpoint.rules.roads import Road, Subjects, ancestors, lowest, reach, road, roads
from trigpoint.rules.setting import Setting
from trigpoint.rules.wording import listed

_COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})


@frozen
class Sight:
    """The way from a subject up to the nearest parent that it shares with a table, and from the table's rows up to it."""

    subject: str
    up: Road
    facts: Road


def shared_parents(subjects: Subjects, table: Table, subject: str, via: Mapping[str, str]) -> tuple[str, ...]:
    """The nearest parents that a subject shares with a table from which no road leads to it; the company is none."""
    if subject == COMPANY or roads(subjects, table, subject, via):
        return ()
    above = ancestors(subjects, subject)
    return lowest(subjects, tuple(name for name in reach(subjects, table, via) if name in above and name != COMPANY))


def sight(subjects: Subjects, tables: Mapping[str, Table], table: Table, subject: str, via: Mapping[str, str]) -> Sight:
    """How a subject sees a table; the rules were checked."""
    (parent,) = shared_parents(subjects, table, subject, via)
    up = road(subjects, tables[subjects[subject].table or ""], parent) or ()
    facts = road(subjects, table, parent, via) or ()
    return Sight(subject, up[1:] if up[0].subject == subject else up, facts)


def seen_from(reader: Reader, draft: Draft, table: Table, via: Mapping[str, str]) -> str | None:
    """The subject that a metric names and that sees the table from below; None where it is no such metric."""
    found = reader.get("subject")
    asked = () if found is None else found.items or (found,)
    name = asked[0].value if len(asked) == 1 else None
    if not isinstance(name, str) or name not in draft.subjects:
        return None
    parents = shared_parents(draft.subjects, table, name, via)
    if not parents:
        return None
    _check_way(reader, draft, table, name, parents, via, asked[0])
    return name


def _check_way(
    reader: Reader,
    draft: Draft,
    table: Table,
    name: str,
    parents: tuple[str, ...],
    via: Mapping[str, str],
    setting: Setting,
) -> None:
    """One parent, one way up to it, and nothing on the way that changes from day to day."""
    what = f"table '{table.name}' cannot be seen from each {name}"
    if len(parents) > 1:
        reader.refuse("TP159", f"{what}: they share {listed(parents)}, and neither lies below the other", setting.place)
    own = cast(Table, draft.own_table(name))
    ups = roads(draft.subjects, own, parents[0])
    if len(ups) > 1:
        reader.refuse("TP159", f"{what}: several roads lead from {name} to {parents[0]}", setting.place)
    way = sight(draft.subjects, draft.tables, table, name, via)
    for step in (*way.up, *way.facts):
        subject = draft.subjects[step.subject]
        if step.child is not None:
            reader.refuse("TP159", f"{what}: the way leads over a dated parent, {step.subject}", setting.place)
        if subject.table is None:
            reader.refuse("TP159", f"{what}: the way leads over {step.subject}, which has no table", setting.place)
    for each in (name, *(step.subject for step in (*way.up, *way.facts))):
        if draft.subjects[each].history:
            reader.refuse("TP159", f"{what}: the way leads over {each}, which keeps its history", setting.place)


def check_bound(reader: Reader, draft: Draft, table: Table, subject: str, where: Expression | None) -> None:
    """Without a bound between their days, each subject would count all facts of its parent, before and after it alike."""
    if where is not None and any(_compares_days(node, subject) for node in conjuncts(where.tree)):
        return
    own = f"{subject}.{_day_of(draft, cast(Table, draft.own_table(subject)))}"
    text = f"{reader.what} sees table '{table.name}' from each {subject} and does not say on which days"
    hint = f'write where = "days_between({own}, {table.time or _day_of(draft, table)}) between 1 and 28"'
    reader.refuse("TP158", text, reader.place("subject"), hint)


def _day_of(draft: Draft, table: Table) -> str:
    """The first column that holds a day, for an example."""
    return next((name for name, kind in draft.columns_of(table).items() if kind in TIMES), "DAY")


def conjuncts(node: Node) -> Iterator[Node]:
    """What must all hold."""
    if isinstance(node, Binary) and node.operator == "and":
        yield from conjuncts(node.left)
        yield from conjuncts(node.right)
    else:
        yield node


def _compares_days(node: Node, subject: str) -> bool:
    """Whether a comparison looks at a day of the row and at a day of the subject."""
    compares = isinstance(node, Between) or (isinstance(node, Binary) and node.operator in _COMPARISONS)
    owners = {each.owner for each in walk(node) if isinstance(each, Column) and each.type in TIMES}
    return compares and {None, subject} <= owners
