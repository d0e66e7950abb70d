"""docs/reference/cli.md says what the program does: commands, arguments, options, exit codes."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click
import pytest

import trigpoint
from trigpoint import errors
from trigpoint.cli import catalogue
from trigpoint.run import DEGRADED, MATCHED

PAGE = Path(trigpoint.__file__).parents[2] / "docs" / "reference" / "cli.md"
if not PAGE.exists():
    pytest.skip("the tests run against the installed wheel, which has no docs", allow_module_level=True)
TEXT = PAGE.read_text(encoding="utf-8")


def _section(title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"cli.md has no section '{title}'"
    return found[1]


def _rows(text: str) -> dict[str, str]:
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, re.MULTILINE)
    return {name: meaning for name, meaning in rows if name not in ("option", "code", "key", "command", "variable")}


def test_the_page_lists_the_commands() -> None:
    """The table of commands is the catalogue: the same names, order and words."""
    table = re.findall(r"^\| \[`trigpoint (\w+)`\]\(#\1\) \| (.+) \|$", TEXT, re.MULTILINE)
    assert table == list(catalogue.SUMMARIES.items())


@pytest.mark.parametrize("name", catalogue.SUMMARIES)
def test_the_page_tells_every_option(name: str) -> None:
    """Each option of a command stands in its section, and no other; the usage line is the command's own."""
    section = _section(name)
    command: click.Command = importlib.import_module(f"trigpoint.cli.{name}").main
    options = {
        option: parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name not in ("project", "no_plugins", "help")
        for option in parameter.opts
    }
    told = {row.strip("`").split()[0]: row for row in _rows(section) if row.startswith("`--")}
    assert set(told) == set(options)
    usage = [
        parameter.make_metavar(click.Context(command))
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    ]
    assert f"\n    {' '.join(['trigpoint', name, *usage])}\n" in section


@pytest.mark.parametrize("name", catalogue.SUMMARIES)
def test_the_page_tells_every_format(name: str) -> None:
    """The formats of a command are the ones that the page names."""
    command: click.Command = importlib.import_module(f"trigpoint.cli.{name}").main
    formats = next((parameter.type for parameter in command.params if parameter.opts == ["--format"]), None)
    told = _rows(_section(name)).get("`--format`")
    assert (told is None) == (formats is None)
    if isinstance(formats, click.Choice):
        assert re.findall(r"`(\w+)`", told or "") == list(formats.choices)


def test_the_page_tells_every_exit_code() -> None:
    """The exit codes of the page are those of the program's errors, and the words are the program's own."""
    told = {int(code): meaning for code, meaning in _rows(_section("Exit codes")).items() if code.isdigit()}
    assert told == catalogue.EXIT_CODES
    classes = [
        each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.TrigpointError)
    ]
    assert {each.exit_code for each in classes} | {0, DEGRADED, MATCHED, 130, 143} == set(told)
