"""The ready-made rulesets: what there is, what each stands on, and the tables that they want."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from attrs import frozen

from trigpoint.resources import bundled, bundled_names
from trigpoint.rules.files import BUNDLED


@frozen
class ReadyMade:
    """A bundled ruleset: its name, and its first line of comment as its title."""

    name: str
    title: str


def bundled_rulesets() -> tuple[ReadyMade, ...]:
    """The rulesets to start from, by name; the parts that they are made of lie in folders and are left out."""
    names = [name for name in bundled_names("rulesets") if "/" not in name]
    return tuple(ReadyMade(name, title_of(name)) for name in names)


@cache
def content(name: str) -> Mapping[str, Any]:
    """What stands in the file of a bundled ruleset, without what it extends."""
    return tomllib.loads(_text(name))


def standing_on(name: str) -> tuple[str, ...]:
    """The bundled rulesets below one, the lowest first, and itself."""
    found: dict[str, None] = {}
    for entry in content(name).get("extends", ()):
        found |= dict.fromkeys(standing_on(entry.removeprefix(BUNDLED)))
    return (*found, name)


def tables_of(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The tables that rulesets declare, with the types of the columns that a source gives."""
    tables: dict[str, dict[str, str]] = {}
    for each in dict.fromkeys(each for name in names for each in standing_on(name)):
        for table, settings in content(each).get("tables", {}).items():
            if isinstance(settings, dict):
                tables.setdefault(table, {}).update(settings.get("columns", {}))
            else:
                tables.pop(table, None)
    return {table: {name: kind for name, kind in columns.items() if kind} for table, columns in tables.items()}


def title_of(name: str) -> str:
    """The first line of comment of a bundled ruleset, which says what it is."""
    for line in _text(name).splitlines():
        said = line.lstrip("# ").strip()
        if line.startswith("#") and not line.startswith("#:") and said:
            return said
    return ""


def _text(name: str) -> str:
    return (bundled("rulesets") / f"{name}.toml").read_text("utf-8")
