"""Settings: values of rule files that know where they were written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import cast

from attrs import field, frozen

from trigpoint.errors import Place

TOLD = frozenset({"title", "why", "advice", "reason", "unit", "citation"})  # keys of what people read, and no rule is
Scalar = str | int | float | bool | dt.date | dt.datetime | dt.time


@frozen
class Broken:
    """Stands for a value that was already reported: what needs it is left out, without a second message."""


@frozen
class Removed:
    """Stands for `name = false` until it is known what the table is based on; `done` if it has removed something."""

    done: bool = False


@frozen
class Setting:
    """A value as it was written: a scalar, a list or a table of settings; `key` is the place of its name."""

    value: Scalar | tuple[Setting, ...] | dict[str, Setting] | Broken | Removed
    place: Place
    key: Place
    raw: str = field(default="", eq=False)  # of a text: as it stands in the file, with its quotes
    replaces: bool = False  # a table with `replace = true`: it starts from nothing

    @property
    def table(self) -> dict[str, Setting]:
        """The entries of a table; empty where it is none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> tuple[Setting, ...]:
        """The items of a list; empty where it is none."""
        return self.value if isinstance(self.value, tuple) else ()

    def at(self, offset: int) -> Place:
        """The place of one character of a text, escapes and line breaks taken into account."""
        if self.place.line is None or self.place.column is None or not self.raw:
            return self.place
        line, column = self.place.line, self.place.column
        position = _position(self.raw, offset)
        before = self.raw[:position]
        breaks = before.count("\n")
        column = position - before.rfind("\n") if breaks else column + position
        return Place(self.place.file, line + breaks, column)


def plain(setting: Setting) -> object:
    """The value without places; dates as ISO texts."""
    match setting.value:
        case dict() as table:
            return {name: plain(each) for name, each in table.items()}
        case tuple() as items:
            return [plain(each) for each in items]
        case dt.date() | dt.datetime() | dt.time() as moment:
            return moment.isoformat()
        case value:
            return value


def setting_of(value: object, place: Place) -> Setting:
    """A plain value as a setting that was written at one place."""
    if isinstance(value, Mapping):
        return Setting({str(key): setting_of(each, place) for key, each in value.items()}, place, place)
    if isinstance(value, list | tuple):
        return Setting(tuple(setting_of(each, place) for each in value), place, place)
    return Setting(cast(Scalar, value), place, place)


def walk(setting: Setting, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Setting]]:
    """Every named setting with its path, tables before what they hold."""
    for name, each in setting.table.items():
        yield (*path, name), each
        yield from walk(each, (*path, name))


def _position(raw: str, offset: int) -> int:
    """Where in `raw`, quotes included, the character number `offset` of the value begins."""
    quotes = 3 if raw[:3] in ('"""', "'''") else 1
    position = quotes + (1 if quotes == 3 and raw[3:4] == "\n" else 0)
    if raw[0] == "'":
        return position + offset
    for _ in range(offset):
        position += _skipped(raw, position)
        position += {"u": 6, "U": 10}.get(raw[position + 1], 2) if raw[position] == "\\" else 1
    return position + _skipped(raw, position)


def _skipped(raw: str, position: int) -> int:
    """How many characters a backslash at the end of a line takes out of a text, up to its next word."""
    if raw[position] != "\\" or raw[position + 1] not in " \t\n":
        return 0
    rest = raw[position + 1 :]
    return 1 + len(rest) - len(rest.lstrip())
