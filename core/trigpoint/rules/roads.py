"""Roads from a row of a table up to the subjects it counts for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from trigpoint.errors import Problem, RulesError
from trigpoint.model.subject import COMPANY, Subject
from trigpoint.model.table import Table

Subjects = Mapping[str, Subject]
_NO_CHOICE: Mapping[str, str] = {}


@frozen
class Step:
    """One step up: to `subject`, whose key is in `column` of what comes before (None: the company, which has no key).

    Where `subject` is a dated parent, `child` is the subject below: the column is then of the table that says who held it.
    """

    subject: str
    column: str | None
    child: str | None = None


Road = tuple[Step, ...]


def roads(subjects: Subjects, table: Table, to: str, via: Mapping[str, str] = _NO_CHOICE) -> tuple[Road, ...]:
    """All roads from a row of `table` up to `to`. To the company one is taken, by the first owner: they all end there."""
    starts = _starts(subjects, table, via)
    if to == COMPANY:
        first = next(iter(_starts(subjects, table, _NO_CHOICE).items()), None)
        return ((*([Step(*first)] if first else []), Step(COMPANY, None)),)
    found = [road for subject, column in starts.items() for road in _up(subjects, (Step(subject, column),), to, via)]
    return tuple(dict.fromkeys(found))


def road(subjects: Subjects, table: Table, to: str, via: Mapping[str, str] = _NO_CHOICE) -> Road | None:
    """The road from a row of `table` up to the subject `to`; None if there is none, RulesError if there are several.

    From a row of usage to account: `(Step("subscription", "subscription_id"), Step("account", "account_id"))`.
    """
    found = roads(subjects, table, to, via)
    if len(found) > 1:
        text = f"several roads lead from table '{table.name}' to '{to}': {' and '.join(told(each) for each in found)}"
        raise RulesError(Problem("TP124", text, hint=f'choose with via = {{ {to} = "column" }}'))
    return found[0] if found else None


def reach(subjects: Subjects, table: Table, via: Mapping[str, str] = _NO_CHOICE) -> tuple[str, ...]:
    """The subjects to which exactly one road leads, each before its parents; the company last."""
    return tuple(name for name in upwards(subjects) if len(roads(subjects, table, name, via)) == 1)


def upwards(subjects: Subjects) -> tuple[str, ...]:
    """All subjects, each before its parents, else in order of declaration; the company last."""
    left = [name for name in subjects if name != COMPANY]
    ordered: list[str] = []
    while left:
        above = {parent for name in left for parent in subjects[name].parents}
        lowest = [name for name in left if name not in above] or left
        ordered += lowest
        left = [name for name in left if name not in lowest]
    return (*ordered, *(name for name in subjects if name == COMPANY))


def ancestors(subjects: Subjects, name: str) -> frozenset[str]:
    """All subjects above one."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        parents = subjects[waiting.pop()].parents.keys() - found
        found |= parents
        waiting += parents
    return frozenset(found if name == COMPANY else found | {COMPANY})


def lowest(subjects: Subjects, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `names` that are above no other of them."""
    above = frozenset[str]().union(*(ancestors(subjects, name) for name in names))
    return tuple(name for name in names if name not in above)


def handovers(steps: Road) -> Road:
    """The steps of a road that lead to a dated parent."""
    return tuple(step for step in steps if step.child)


def told(steps: Road) -> str:
    """A road in words: csm_id, or account_id -> csm_id."""
    return " -> ".join(step.column or step.subject for step in steps)


def _starts(subjects: Subjects, table: Table, via: Mapping[str, str]) -> dict[str, str]:
    """The first steps from a row: what it belongs to. A subject's own row goes up by the subject itself."""
    own = next((each for each in subjects.values() if each.table == table.name), None)
    if own is None:
        return {**table.belongs_to, **via}
    stored = {name: column for name, column in own.parents.items() if name not in own.dated}
    other = {name: column for name, column in table.belongs_to.items() if stored.get(name) != column}
    return {own.name: own.key, **other, **via}


def _up(subjects: Subjects, steps: Road, to: str, via: Mapping[str, str]) -> Iterator[Road]:
    last = steps[-1].subject
    if last == to:
        yield steps
        return
    for parent, column in subjects[last].parents.items():
        # What a metric has chosen with `via` is reached from the row itself and by no other road.
        if parent in subjects and parent not in via and all(step.subject != parent for step in steps):
            child = last if parent in subjects[last].dated else None
            yield from _up(subjects, (*steps, Step(parent, column, child)), to, via)
