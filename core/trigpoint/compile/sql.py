"""Text of SQL: identifiers, and queries as levels of named columns that are printed once, formatted and commented."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import field, frozen

# Words that SQLite, DuckDB or Spark reserve: a column of that name is quoted. All others print bare, for the reader.
KEYWORDS = frozenset(
    (
        "abort action add after all alter always analyse analyze and anti any array as asc asof attach "
        "autoincrement before begin between both by cascade case cast check collate column commit conflict "
        "constraint create cross current current_date current_time current_timestamp database default deferrable "
        "deferred delete desc describe detach distinct do drop each else end escape except exclude exclusive "
        "exists explain fail false fetch filter first following for foreign from full generated glob grant group "
        "groups having if ignore immediate in index indexed initially inner insert instead intersect interval into "
        "is isnull join key lambda last lateral leading left like limit match materialized minus natural no not "
        "nothing notnull null nulls of offset on only or order others outer over overlaps partition pivot placing "
        "plan positional pragma preceding primary qualify query raise range recursive references regexp reindex "
        "release rename replace restrict returning right rollback row rows savepoint select semi set show similar "
        "some summarize symmetric table temp temporary then ties to trailing transaction trigger true unbounded "
        "union unique unpivot update user using vacuum values variadic view virtual when where window with within "
        "without "
    ).split()
)
_COMPUTED = re.compile(r"\b[a-z][a-z0-9]*__\w+")
INDENT = "  "


def identifier(name: str) -> str:
    """A name of the rules as SQL; quoted where the word is reserved. Names are [a-z0-9_] only, checked when loaded."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise ValueError(f"not a name of the rules: {name!r}")
    return f'"{name}"' if name in KEYWORDS else name


def text(value: str) -> str:
    """A text literal."""
    return "'" + value.replace("'", "''") + "'"


@frozen
class Level:
    """One query over the level before (or over `source`): its new columns, with a comment for the reader."""

    name: str
    columns: Mapping[str, str]
    comment: str = ""
    source: str | None = None  # the text after FROM; the level before, where None
    carry: bool = True  # columns of the level before that are needed above are passed on
    group_by: str | None = None
    notes: Mapping[str, str] = field(factory=dict)  # comments of single columns


def _columns(level: Level, carried: Sequence[str]) -> list[str]:
    lines = [INDENT + identifier(name) for name in carried]
    for name, sql in level.columns.items():
        note = f"  -- {level.notes[name]}" if name in level.notes else ""
        lines.append(f"{INDENT}{sql} AS {identifier(name)}{note}" if sql != name else INDENT + identifier(name) + note)
    return [_with_comma(line) for line in lines[:-1]] + lines[-1:]


def _with_comma(line: str) -> str:
    code, dash, note = line.partition("  -- ")
    return f"{code},{dash}{note}"


def _select(level: Level, before: str | None, carried: Sequence[str], fence: str) -> str:
    lines = ["SELECT", *_columns(level, carried), f"FROM {level.source or before}"]
    if level.group_by:
        lines.append(f"GROUP BY {level.group_by}")
    if fence:
        lines.append(fence)
    return "\n".join(lines)


def _carried(levels: Sequence[Level]) -> list[list[str]]:
    """For each level the computed columns of levels before it that it or a later one uses, in order of appearance."""
    passed: list[list[str]] = [[] for _ in levels]
    made: dict[str, int] = {}
    for position, level in enumerate(levels):
        for name in level.columns:
            made.setdefault(name, position)
    wanted: set[str] = set()
    for position in range(len(levels) - 1, -1, -1):
        level = levels[position]
        passed[position] = [name for name in made if name in wanted and made[name] < position] if level.carry else []
        used = {word for sql in (*level.columns.values(), level.source or "") for word in _COMPUTED.findall(sql)}
        wanted = {name for name in wanted if made[name] < position} | {name for name in used if name in made}
    return passed


def _all(levels: Sequence[Level]) -> list[list[str]]:
    """For each level all columns made before it."""
    made: list[str] = []
    passed = []
    for level in levels:
        passed.append(list(made) if level.carry else [])
        made += [name for name in level.columns if name not in made]
    return passed


def query(prelude: Sequence[Level], levels: Sequence[Level], fence: str, carry_all: bool = False) -> str:
    """One WITH query: `prelude` are queries with a source of their own, each of `levels` reads the one before it.

    A level that another reads is fenced. Columns that no level above reads are left out on the way, unless `carry_all`.
    """
    carried = _all(levels) if carry_all else _carried(levels)
    parts = [_part(level, _select(level, None, (), "")) for level in prelude]
    before: str | None = None
    for level, names in zip(levels[:-1], carried[:-1], strict=True):
        parts.append(_part(level, _select(level, before, names, fence)))
        before = level.name
    last = _select(levels[-1], before, carried[-1], "")
    comment = f"-- {levels[-1].comment}\n" if levels[-1].comment else ""
    return ("WITH\n" + ",\n".join(parts) + "\n" if parts else "") + comment + last


def _part(level: Level, body: str) -> str:
    comment = f"-- {level.comment}\n" if level.comment else ""
    inner = "\n".join(INDENT + line for line in body.splitlines())
    return f"{comment}{identifier(level.name)} AS (\n{inner}\n)"
