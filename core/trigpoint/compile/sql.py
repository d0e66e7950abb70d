"""Text of SQL: identifiers, and queries as levels of named columns that are printed once, formatted and commented."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

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
_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_PLAIN = re.compile(r"[\w.\"]+|'[^']*'")  # a column or a literal, which costs nothing to copy
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
    """One query over the level before (or over `source`): its new columns, with a comment for the reader.

    Columns of levels below that somebody above needs are passed on, unless `carry` is False.
    """

    name: str
    columns: Mapping[str, str]
    comment: str = ""
    source: str | None = None  # the text after FROM; the level before, where None
    carry: bool = True
    group_by: str | None = None

    @property
    def words(self) -> Counter[str]:
        """How often each word stands in its expressions."""
        return Counter(word for text in (*self.columns.values(), self.source or "") for word in _WORD.findall(text))


def query(levels: Sequence[Level], fence: str, carry_all: bool = False) -> str:
    """One query in levels, each reading the one before it.

    A level is closed by the fence where an expression of it is read more than once above: the engine would copy it to
    each of those places. Columns that no level above reads are left out on the way, unless `carry_all`.
    """
    carried = _carried(levels, carry_all)
    parts, before = [], None
    for position, level in enumerate(levels[:-1]):
        closing = fence if _read_twice(level, levels[position + 1 :]) else ""
        parts.append(_part(level, _select(level, before, carried[position], closing)))
        before = level.name
    last = _select(levels[-1], before, carried[-1], "")
    comment = f"-- {levels[-1].comment}\n" if levels[-1].comment else ""
    return ("WITH\n" + ",\n".join(parts) + "\n" if parts else "") + comment + last


def _read_twice(level: Level, above: Sequence[Level]) -> bool:
    reads = sum((each.words for each in above), Counter())
    return any(reads[name] > 1 for name, text in level.columns.items() if not _PLAIN.fullmatch(text))


def _carried(levels: Sequence[Level], everything: bool) -> list[list[str]]:
    """For each level the columns of levels before it that it or a later one reads, in the order they were made."""
    made: dict[str, int] = {}
    for position, level in enumerate(levels):
        for name in level.columns:
            made.setdefault(name, position)
    passed: list[list[str]] = []
    wanted = set(made) if everything else set()
    for position in range(len(levels) - 1, -1, -1):
        level = levels[position]
        passed.append([name for name in made if name in wanted and made[name] < position] if level.carry else [])
        if not everything:
            wanted |= {name for name in level.words if name in made}
    return passed[::-1]


def _select(level: Level, before: str | None, carried: Sequence[str], fence: str) -> str:
    columns = [identifier(name) for name in carried]
    columns += [
        identifier(name) if text == name else f"{text} AS {identifier(name)}" for name, text in level.columns.items()
    ]
    lines = ["SELECT", ",\n".join(INDENT + column for column in columns), f"FROM {level.source or before}"]
    lines += [f"GROUP BY {level.group_by}"] if level.group_by else []
    return "\n".join([*lines, fence] if fence else lines)


def _part(level: Level, body: str) -> str:
    comment = f"-- {level.comment}\n" if level.comment else ""
    inner = "\n".join(INDENT + line for line in body.splitlines())
    return f"{comment}{identifier(level.name)} AS (\n{inner}\n)"
