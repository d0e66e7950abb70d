"""The ready-made rulesets: what there is, and the sources that one of them wants."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from trigpoint.draft.toml_text import comment, quoted
from trigpoint.resources import bundled, bundled_names


@frozen
class ReadyMade:
    """A bundled ruleset: its name, and its first line of comment as its title."""

    name: str
    title: str


def bundled_rulesets() -> tuple[ReadyMade, ...]:
    """All bundled rulesets, by name."""
    return tuple(ReadyMade(name, _title(_text(name))) for name in bundled_names("rulesets"))


def sources_of(name: str) -> str:
    """A source for each table of the ruleset, as comments: only the owner knows where the files are."""
    content: dict[str, Any] = tomllib.loads(_text(name))
    lines = ["# One source for each table of the ruleset that you have; take the # away.", ""]
    for table, settings in content.get("tables", {}).items():
        lines += [*_source(table, settings), ""]
    return "\n".join(lines)


def _source(table: str, settings: Mapping[str, Any]) -> list[str]:
    columns = settings.get("columns", {})
    wanted = ", ".join(f"{column} ({kind})" for column, kind in columns.items())
    return [
        comment(f"{table}: {wanted}"),
        f"# [sources.{table}]",
        '# plugin = "files"',
        f"# path = {quoted(f'data/{table}.csv')}",
        f'# columns = {{ {next(iter(columns), "ours")} = "the name in your file, where it differs" }}',
    ]


def _title(text: str) -> str:
    for line in text.splitlines():
        said = line.lstrip("# ").strip()
        if line.startswith("#") and not line.startswith("#:") and said:
            return said
    return ""


def _text(name: str) -> str:
    return (bundled("rulesets") / f"{name}.toml").read_text("utf-8")
