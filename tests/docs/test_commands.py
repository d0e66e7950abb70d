"""Every command and option of the program is in the documentation, and nothing that is not in the program."""

from __future__ import annotations

import importlib
import re

import click
import pytest

from support.pages import CHECKOUT, PAGES, blocks, steps
from trigpoint.cli.catalogue import EXIT_CODES, SUMMARIES

REFERENCE = CHECKOUT / "docs" / "reference" / "cli.md"


def command(name: str) -> click.Command:
    """The command as click knows it."""
    found: click.Command = importlib.import_module(f"trigpoint.cli.{name}").main
    return found


def section(name: str) -> str:
    """What the reference says about a command."""
    text = REFERENCE.read_text(encoding="utf-8")
    found = re.search(rf"^## {name}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_option_is_in_the_reference(name: str) -> None:
    """The reference has a section for each command, with exactly its options."""
    options = {option for each in command(name).params for option in each.opts if option.startswith("--")}
    written = set(re.findall(r"^\| `(--[a-z-]+)", section(name), re.MULTILINE))
    assert section(name)
    assert written == options - {"--project", "--no-plugins", "--help"}


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_usage_is_in_the_reference(name: str) -> None:
    """The reference shows how each command is called, with its arguments."""
    called = command(name)
    arguments = [each.make_metavar(click.Context(called)) for each in called.params if isinstance(each, click.Argument)]
    assert f"\n    {' '.join(['trigpoint', name, *arguments])}\n" in section(name)


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_command_is_shown_at_work(name: str) -> None:
    """Some page runs each command; a reader sees it done."""
    shown = [
        step.command for page in PAGES for block in blocks(page) if block.language == "console" for step in steps(block)
    ]
    assert any(re.search(rf"\btrigpoint {name}\b", line) for line in shown)


def test_each_exit_code_is_told() -> None:
    """The page on running at night tells each exit code."""
    text = (CHECKOUT / "docs" / "howto" / "run-at-night.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d, ]+) \|", text, re.MULTILINE)
    assert {int(code) for row in rows for code in row.split(",")} == set(EXIT_CODES)
