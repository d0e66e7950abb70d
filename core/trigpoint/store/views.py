"""Views for people: the run that counts now, and each family as one table.

`current_<scorecard>`, `current_<family>`, `current_values_<subject>` show the current run; `family_<family>` shows all
runs. Tables begin with `values_` or `scores_`, so none of these names can be a table's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from trigpoint.model.ruleset import Ruleset
from trigpoint.store.sheets import APPLIES, Sheet, quote, stored

_NOW = 'WHERE run = (SELECT run FROM "current")'
_HEAD = ("run", "as_of", "ruleset", "key", "label")
_COMMON = ("outcome", "score", "score_before_guards", "band", "coverage")
_TAIL = ("guards", "guards__unjudged", "reasons", "reason_1", "reason_2", "reason_3")


def refresh_views(connection: sqlite3.Connection, ruleset: Ruleset, sheets: Sequence[Sheet]) -> None:
    """Makes the views fit the current run, within the transaction that is open. Views of what is gone stay, empty."""
    have = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())
    for name, select in wanted(ruleset, sheets).items():
        sql = f"CREATE VIEW {quote(name)} AS {select}"
        if have.get(name) != sql:
            connection.execute(f"DROP VIEW IF EXISTS {quote(name)}")
            connection.execute(sql)


def wanted(ruleset: Ruleset, sheets: Sequence[Sheet]) -> dict[str, str]:
    """Each view's name and query."""
    scores = {sheet.of: sheet for sheet in sheets if sheet.kind == "scores"}
    found = {f"current_values_{each.of}": _values(each) for each in sheets if each.kind == "values"}
    for name, sheet in scores.items():
        found[view_of(name, found)] = _scores(sheet)
    for family, cards in ruleset.families.items():
        members = {card.name: scores[card.name] for card in cards}
        found[view_of(family, found)] = _family(members, family, _NOW)
        found[f"family_{family}"] = _family(members, family, "")
    return found


def view_of(name: str, taken: Mapping[str, str]) -> str:
    """The view of a scorecard or family; one called `values_account` makes way for the values of accounts."""
    return f"current_{name}" if f"current_{name}" not in taken else f"current__{name}"


def _values(sheet: Sheet) -> str:
    columns = ", ".join(quote(stored(name)) for name in ("key", "label", *sheet.columns))
    return f"SELECT run, {columns} FROM {quote(sheet.table)} {_NOW}"  # noqa: S608  # names are quoted


def _scores(sheet: Sheet) -> str:
    columns = ", ".join(map(quote, (*_HEAD, *sheet.columns)))
    return f"SELECT {columns} FROM {quote(sheet.table)} {_NOW}"  # noqa: S608  # names are quoted


def _family(members: Mapping[str, Sheet], family: str, where: str) -> str:
    """One row per subject and run: that of the scorecard which applied, with the points of all members side by side.

    A scorecard may join or leave a family: each run is asked for what its own rules said.
    """
    beside = {*_HEAD, *_COMMON, *_TAIL}
    points = tuple(dict.fromkeys(name for sheet in members.values() for name in sheet.columns if name not in beside))
    parts = []
    for name, sheet in members.items():
        chosen = [f"'{name}' AS scorecard", *(f"s.{quote(each)}" for each in (*_HEAD, *_COMMON))]
        chosen += [f"s.{quote(each)}" if each in sheet.columns else f"NULL AS {quote(each)}" for each in points]
        chosen += [f"s.{quote(each)}" for each in _TAIL]
        belongs = f"c.ruleset = s.ruleset AND c.scorecard = '{name}' AND c.family = '{family}'"
        parts.append(
            f"SELECT {', '.join(chosen)} FROM {quote(sheet.table)} s JOIN scorecards c ON {belongs} "  # noqa: S608  # names are quoted, or match [a-z0-9_]+
            f"WHERE s.{APPLIES} = 1"
        )
    union = " UNION ALL ".join(parts)
    return f"SELECT * FROM ({union}) {where}".rstrip()  # noqa: S608  # as above
