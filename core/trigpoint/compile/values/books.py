"""Whose book a subject is in: its own rows, and its way up, as of a day.

What has to be worked out first lies in scratch tables, which `prepared.py` writes for the statements that name them:
`keys__` the keys of a subject without a table, `now__` the rows of a history as of a day, `held__` who held whom from
when to when, `holder__` who held whom on a day. Names of the rules hold no '__', so theirs are nobody else's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from trigpoint.compile import sql
from trigpoint.compile.dates import DAY, Dates
from trigpoint.compile.sql import identifier
from trigpoint.compile.statement import SCRATCH
from trigpoint.model.metric import Holder
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.subject import COMPANY
from trigpoint.model.table import Table
from trigpoint.model.window import Stretch
from trigpoint.rules.roads import Road, Step, ancestors

Up = tuple[str, str | None, str | None]  # joins, the SQL of the key above (None: company), the SQL of the weight


def alias(ruleset: Ruleset, subject: str) -> str:
    """The name under which a FROM clause knows a subject's own rows."""
    return identifier(ruleset.subjects[subject].table or f"keys__{subject}")


def key_of(ruleset: Ruleset, subject: str) -> str:
    """The key in a subject's own rows; of the company its name, for it has none."""
    if subject == COMPANY:
        return sql.text(COMPANY)
    return f"{alias(ruleset, subject)}.{identifier(ruleset.subjects[subject].key)}"


def own_rows(ruleset: Ruleset, subject: str, day: dt.date, name: str | None = None) -> str:
    """A subject's own rows as of a day, as an item of a FROM clause, under their alias or another name."""
    own = ruleset.subjects[subject]
    if own.table is not None and own.history:
        return f"{SCRATCH}.now__{own.table}__{stamp(day)} AS {name or identifier(own.table)}"
    item = identifier(own.table) if own.table is not None else f"{SCRATCH}.keys__{subject}"
    if own.table is None and changes(ruleset, subject):
        item, name = f"{item}__{stamp(day)}", name or f"keys__{subject}"
    return f"{item} AS {name}" if name else item


def changes(ruleset: Ruleset, subject: str) -> bool:
    """Whether there are others of this kind as of another day: by their history, or where their names are found."""
    own = ruleset.subjects[subject]
    if own.table is not None or subject == COMPANY:
        return own.history
    return any(each.history or subject in each.dated for each in ruleset.subjects.values() if subject in each.parents)


def alias_at(ruleset: Ruleset, subject: str, day: dt.date) -> str:
    """The name of a subject's own rows as of a day beside those of the as-of date."""
    return f"{ruleset.subjects[subject].table}__{stamp(day)}"


def own_source(ruleset: Ruleset, subject: str, as_of: dt.date, days: Collection[dt.date]) -> tuple[str, str]:
    """The text after FROM for each subject with its own rows, and their key; those of a history as of other days too."""
    if subject == COMPANY:
        return "(SELECT 1)", sql.text(COMPANY)
    text, own = own_rows(ruleset, subject, as_of), ruleset.subjects[subject]
    for day in sorted(days) if own.history else ():
        if day != as_of:
            name = alias_at(ruleset, subject, day)
            on = f"{name}.{identifier(own.key)} = {key_of(ruleset, subject)}"
            text += f"\nLEFT JOIN {own_rows(ruleset, subject, day, name)} ON {on}"
    return text, key_of(ruleset, subject)


def rows_of(ruleset: Ruleset, table: Table, day: dt.date) -> str:
    """The rows of any table as an item of a FROM clause: a history is read as of the day."""
    own = next((each.name for each in ruleset.subjects.values() if each.table == table.name), None)
    return identifier(table.name) if own is None else own_rows(ruleset, own, day)


def stamp(day: dt.date) -> str:
    """A day in the name of a table."""
    return f"{day:%Y_%m_%d}"


def moves(ruleset: Ruleset, table: Table, via: Mapping[str, str]) -> bool:
    """Whether the rows of a table, or their way up, are others as of another day."""
    owners = {*table.belongs_to, *via}
    above = owners.union(*(ancestors(ruleset.subjects, name) for name in owners))
    return any(changes(ruleset, name) or ruleset.subjects[name].dated for name in above)


def held(ruleset: Ruleset, step: Step, day: dt.date) -> str:
    """The table of who held whom from when to when, as known on a day."""
    child = ruleset.subjects[step.child or ""]
    table = ruleset.tables[child.dated[step.subject].table]
    known = child.history or table.known or table.visible_by is not None
    return f"held__{child.name}__{step.subject}" + (f"__{stamp(day)}" if known else "")


def holder_of(step: Step, day: dt.date, known: dt.date) -> str:
    """The table of who held whom on a day, or was the last to do so before it; as known on another day."""
    name = f"holder__{step.child}__{step.subject}__{stamp(day)}"
    return name if known == day else f"{name}__{stamp(known)}"


def holder_alias(step: Step) -> str:
    """The name under which a FROM clause knows who holds whom as of its day."""
    return f"holder__{step.child}__{step.subject}"


def holders(step: Step, day: dt.date, known: dt.date | None = None) -> str:
    """Who held whom on a day, as an item of a FROM clause under its alias."""
    return f"{SCRATCH}.{holder_of(step, day, known or day)} AS {holder_alias(step)}"


def holder_cell(ruleset: Ruleset, child: str, parent: str, day: dt.date) -> str:
    """The SQL of who holds a child as of a day, beside the child's own rows."""
    step = Step(parent, None, child)
    return f"(SELECT parent FROM {holders(step, day)} WHERE {holder_alias(step)}.key = {key_of(ruleset, child)})"


def above(
    ruleset: Ruleset, dates: Dates, child: str, steps: Road, day: dt.date, holder: Holder, stretch: Stretch | None
) -> Up:
    """The way up from `v`, the value rows of `child`, by `steps` as of `day`: (joins, key above, weight).

    The joins follow after `... AS v` in a FROM clause. The key is NULL or '' where a child has no parent; None stands for
    the company. `steps` are a road from the child's own table; the weight is the share of the days of `stretch`
    that the child was held, None where every child counts once. `stretch` is needed for the holders start and share of days.
    """
    onward = steps[1:] if steps and steps[0].subject == child else steps
    if onward[-1].subject == COMPANY:
        begun = changes(ruleset, child) and day != dates.as_of
        return (_join(ruleset, child, day, "v.key") if begun else ""), None, None
    if holder == "share of days" and stretch is not None and any(step.child for step in onward):
        return _shares(ruleset, child, onward, day, stretch)
    held_on = stretch[0] + DAY if holder == "start" and stretch is not None else day
    text, key, here = "", "v.key", child
    for step in onward:
        if step.child:
            text += f"\nJOIN {holders(step, held_on, day)} ON {holder_alias(step)}.key = {key}"
            key = f"{holder_alias(step)}.parent"
        else:
            text += _join(ruleset, here, day, key)
            key = f"{alias(ruleset, here)}.{identifier(step.column or '')}"
        here = step.subject
    if changes(ruleset, here) and day != dates.as_of:
        text += _join(ruleset, here, day, key)
    return text, key, None


def _join(ruleset: Ruleset, subject: str, day: dt.date, key: str) -> str:
    return f"\nJOIN {own_rows(ruleset, subject, day)} ON {key_of(ruleset, subject)} = {key}"


def _shares(ruleset: Ruleset, child: str, onward: Road, day: dt.date, stretch: Stretch) -> Up:
    """Every child for each of its holders in a stretch, with the share of its days; one step of the road is dated."""
    first, last = sql.text((stretch[0] + DAY).isoformat()), sql.text(stretch[1].isoformat())
    start = key = key_of(ruleset, child)
    text, here, days = own_rows(ruleset, child, day), child, ""
    for step in onward:
        if step.child:
            text += f"\n    JOIN {SCRATCH}.{held(ruleset, step, day)} AS held ON held.key = {key}"
            text += f" AND held.day_from <= {last} AND held.day_to >= {first}"
            until = f"CASE WHEN held.day_to < {last} THEN held.day_to ELSE {last} END"
            since = f"CASE WHEN held.day_from > {first} THEN held.day_from ELSE {first} END"
            days, key = f"sum(julianday({until}) - julianday({since}) + 1.0)", "held.parent"
        else:
            if here != child:
                text += "\n    " + _join(ruleset, here, day, key).strip()
            key = f"{alias(ruleset, here)}.{identifier(step.column or '')}"
        here = step.subject
    if changes(ruleset, here):
        text += "\n    " + _join(ruleset, here, day, key).strip()
    total = float((stretch[1] - stretch[0]).days)
    books = f"SELECT {start} AS key, {key} AS parent, {days} / {total} AS weight\n    FROM {text}\n    GROUP BY {start}, {key}"
    return f"\nJOIN (\n    {books}\n) AS book ON book.key = v.key", "book.parent", "book.weight"
