"""FROM clauses of tables seen downwards: each subject, its way up to the shared parent, and down to the parent's facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from trigpoint.compile.books import alias, key_of, own_rows
from trigpoint.compile.joins import Climb
from trigpoint.compile.sql import identifier
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.table import Table
from trigpoint.rules.downwards import sight


def seen(
    ruleset: Ruleset, table: Table, subject: str, owners: Sequence[str], via: Mapping[str, str], day: dt.date
) -> tuple[str, str, str]:
    """The text after FROM, the condition that binds facts to the parent, and what the facts are grouped by.

    The own rows of the subject come first, so that the groups come in their order. Each fact counts for
    every subject under its parent: nothing of it can be merged into, or from, another pass.
    """
    way = sight(ruleset.subjects, ruleset.tables, table, subject, via)
    text, under = own_rows(ruleset, subject, day), subject
    for step in way.up:
        link = f"{key_of(ruleset, step.subject)} = {alias(ruleset, under)}.{identifier(step.column or '')}"
        text += f"\nCROSS JOIN {own_rows(ruleset, step.subject, day)} ON {link}"
        under = step.subject
    taken = frozenset(alias(ruleset, name) for name in (subject, *(step.subject for step in way.up)))
    climb = Climb(ruleset, table, way.facts, day, taken=taken)
    facts, key = climb.source([owner for owner in owners if owner != subject], via)
    order = ruleset.cluster(ruleset.subjects[subject].table or "")
    groups = ", ".join(f"{alias(ruleset, subject)}.{identifier(column)}" for column in order)
    return f"{text}\nCROSS JOIN {facts}", f"{key} = {key_of(ruleset, under)}", groups
