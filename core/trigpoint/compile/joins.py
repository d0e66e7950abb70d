"""FROM clauses: from the rows of a table up to a subject, and to the owners whose columns are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trigpoint.compile.sql import identifier
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.table import Table
from trigpoint.rules.roads import Step, road


def source(
    ruleset: Ruleset, table: Table, steps: Sequence[Step], owners: Sequence[str], via: Mapping[str, str], seek: bool
) -> str:
    """The middle subjects of the road first, each read in the order of its parent, then the facts, then the owners.

    A fact whose middle subject is unknown drops out; an unknown owner only has no data. With `seek` the subject at the
    end of a road of one step comes first too: its facts are then sought by key and time, not read from end to end.
    """
    climbed = steps if seek and len(steps) == 1 else steps[:-1]
    middle = [step for step in climbed if _table(ruleset, step.subject) != table.name]
    tables = [table.name, *(_table(ruleset, step.subject) for step in middle)]
    text = identifier(tables[-1])
    for step, under in reversed(list(zip(middle, tables, strict=False))):
        text += f"\nCROSS JOIN {identifier(under)} ON {_link(ruleset, step, under)}"
    joined = set(tables)
    for owner in owners:
        under = table.name
        for step in road(ruleset.subjects, table, owner, via) or ():
            above = _table(ruleset, step.subject)
            if above not in joined:
                joined.add(above)
                text += f"\nLEFT JOIN {identifier(above)} ON {_link(ruleset, step, under)}"
            under = above
    return text


def _table(ruleset: Ruleset, subject: str) -> str:
    return ruleset.subjects[subject].table or ""


def _link(ruleset: Ruleset, step: Step, under: str) -> str:
    own = f"{identifier(_table(ruleset, step.subject))}.{identifier(ruleset.subjects[step.subject].key)}"
    return f"{own} = {identifier(under)}.{identifier(step.column or '')}"
