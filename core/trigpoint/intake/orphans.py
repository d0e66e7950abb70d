"""Facts without an owner: how many rows, under which keys, and what those keys were probably meant to be."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping

from attrs import frozen

from trigpoint.intake.cells import EXCERPT
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Finding
from trigpoint.model.table import Table
from trigpoint.warehouse.layout import noted, quoted

SHOWN_KEYS = 5
LOOKED_THROUGH = 200_000  # keys of owners that are searched for a likeness: a hint is not worth more time
_BESIDE_THE_POINT = re.compile(r"[\W_]+|(?<!\d)0+(?=\d)")


@frozen
class Orphans:
    """The rows of a table that belong to none: `keys` are the unknown keys with most rows, of `unknown` in all."""

    rows: int
    blank: int
    unknown: int
    keys: Mapping[str, int]


def find_orphans(connection: sqlite3.Connection, ruleset: Ruleset, table: Table) -> tuple[Finding, ...]:
    """Facts of a table whose owner is blank or not among the subjects: they count nowhere."""
    findings = []
    for subject, column in table.belongs_to.items():
        owner = ruleset.subjects.get(subject)
        if owner is None or owner.table is None or owner.table == table.name:
            continue
        if noted(connection, f"table:{owner.table}") is None:
            continue  # never loaded: then all would be orphans, and that is told elsewhere
        orphans = _count(connection, table.name, column, owner.table, owner.key)
        if orphans.rows:
            meant = likenesses(orphans.keys, _owner_keys(connection, owner.table, owner.key)) if orphans.keys else {}
            findings.append(Finding("orphans", table.name, worded(orphans, subject, meant), orphans.rows))
    return tuple(findings)


def worded(orphans: Orphans, subject: str, meant: Mapping[str, str]) -> str:
    """What is said of them: the keys by their number of rows, with the keys they may stand for."""
    parts = []
    for key, rows in orphans.keys.items():
        hint = f" (did you mean '{_shown(meant[key])}'?)" if key in meant else ""
        parts.append(f"'{_shown(key)}' {rows:,}{hint}")
    if (more := orphans.unknown - len(orphans.keys)) > 0:
        rest = orphans.rows - orphans.blank - sum(orphans.keys.values())
        parts.append(f"{more:,} other key{'' if more == 1 else 's'} {rest:,}")
    if orphans.blank:
        parts.append(f"blank {orphans.blank:,}")
    verb = "1 row belongs" if orphans.rows == 1 else f"{orphans.rows:,} rows belong"
    counts = "counts" if orphans.rows == 1 else "count"
    return f"{verb} to no {subject} and {counts} nowhere: {', '.join(parts)}"


def likenesses(unknown: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """For unknown keys the known one that is the same but for case, spaces, signs and leading zeros, if it is one only."""
    wanted = {_folded(key): key for key in unknown}
    found: dict[str, list[str]] = {}
    for key in known:
        if (folded := _folded(key)) in wanted:
            found.setdefault(wanted[folded], []).append(key)
    return {key: candidates[0] for key, candidates in found.items() if len(candidates) == 1}


def _folded(key: str) -> str:
    return _BESIDE_THE_POINT.sub("", key.casefold())


def _shown(key: str) -> str:
    return key if len(key) <= EXCERPT else key[: EXCERPT - 3] + "..."


def _owner_keys(connection: sqlite3.Connection, owners: str, key: str) -> Iterable[str]:
    query = f"SELECT {quoted(key)} FROM {quoted(owners)} LIMIT {LOOKED_THROUGH}"  # noqa: S608  # checked names
    return (row[0] for row in connection.execute(query))


def _count(connection: sqlite3.Connection, table: str, column: str, owners: str, key: str) -> Orphans:
    """All in one pass: the sums stand beside each of the few keys that are read."""
    name = quoted(column)
    found = connection.execute(
        f"SELECT owner, n, sum(n) OVER (), count(*) OVER () "  # noqa: S608  # checked names
        f"FROM (SELECT {name} AS owner, count(*) AS n FROM {quoted(table)} GROUP BY {name}) "
        f"WHERE NOT EXISTS (SELECT 1 FROM {quoted(owners)} AS o WHERE o.{quoted(key)} = owner) "
        f"ORDER BY coalesce(owner, '') = '' DESC, n DESC, owner LIMIT {SHOWN_KEYS + 1}"
    ).fetchall()
    if not found:
        return Orphans(0, 0, 0, {})
    blank = found[0][1] if found[0][0] in (None, "") else 0
    keys = {row[0]: row[1] for row in (found[1:] if blank else found)[:SHOWN_KEYS]}
    return Orphans(found[0][2], blank, found[0][3] - (1 if blank else 0), keys)
