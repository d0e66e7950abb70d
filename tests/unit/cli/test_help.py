"""Help and version: known without importing the commands, the same as the commands say themselves."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import trigpoint
from support.command_line import CommandLine
from trigpoint.cli import catalogue
from trigpoint.cli.command import Command

ROOT = Path(trigpoint.__file__).parents[2]


@pytest.mark.parametrize("name", catalogue.SUMMARIES)
def test_every_command_of_the_catalogue_is_there(name: str) -> None:
    """Each name has a module with a command of that name, whose help starts with the line of the catalogue."""
    command = importlib.import_module(f"trigpoint.cli.{name}").main
    assert isinstance(command, Command)
    assert command.name == name
    assert command.help is not None
    assert command.help.splitlines()[0] == catalogue.SUMMARIES[name]


@pytest.mark.parametrize("name", catalogue.SUMMARIES)
def test_help_of_every_command_shows_an_example(command_line: CommandLine, name: str) -> None:
    """`COMMAND --help` ends with an example of that command."""
    answer = command_line(name, "--help")
    assert answer.code == 0
    assert f"  trigpoint {name}" in answer.out.split("Example")[1]


@pytest.mark.parametrize("option", ["--help", "-h", "help"])
def test_help_lists_the_commands(command_line: CommandLine, option: str) -> None:
    """The overview names each command once, with its line."""
    answer = command_line(option)
    assert answer.code == 0
    for name, summary in catalogue.SUMMARIES.items():
        assert sum(line.split()[:1] == [name] and line.endswith(summary) for line in answer.out.splitlines()) == 1


def test_help_after_a_global_option_is_the_same(command_line: CommandLine) -> None:
    """Where click has to answer, it answers the same."""
    assert command_line("--project", ".", "--help").out == command_line("--help").out


def test_no_command_is_a_mistake(command_line: CommandLine) -> None:
    """Without a command the help goes to stderr and the exit code is 2: a cron line that lost its command is seen."""
    answer = command_line()
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == command_line("--help").out


def test_an_unknown_command_is_answered_with_the_nearest(command_line: CommandLine) -> None:
    """A mistyped command ends with 2 and a suggestion."""
    answer = command_line("scors")
    assert (answer.code, answer.problems) == (2, ["TP340 unknown command 'scors' (did you mean 'scores'?)"])


def test_the_version_is_the_one_of_the_package(command_line: CommandLine) -> None:
    """`--version`, `trigpoint.__version__` and pyproject.toml say the same."""
    assert command_line("--version").out == f"trigpoint {trigpoint.__version__}\n"
    assert command_line("--project", ".", "--version").out == f"trigpoint {trigpoint.__version__}\n"
    pyproject = ROOT / "pyproject.toml"
    if not pyproject.exists():
        pytest.skip("the tests run against the installed wheel, which has no pyproject.toml")
    assert tomllib.loads(pyproject.read_text())["project"]["version"] == trigpoint.__version__


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], ["click", "attrs", "attr", "rich", "sqlite3", "json", "difflib", "re"]),
        (
            ["scores", "--help"],
            ["rich", "jsonschema", "sqlite_utils", "sqlite3", "tree_sitter", "pluggy", "trigpoint.rules"],
        ),
    ],
)
def test_help_imports_nothing_that_takes_time(arguments: list[str], unwanted: list[str]) -> None:
    """What help imports is what it needs: counted in modules, which do not vary as seconds do."""
    code = (
        "import sys; before = set(sys.modules); import trigpoint.__main__ as m; m.main(sys.argv[1:]); "
        f"print('loaded:', *sorted(set({unwanted!r}) & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_public_names_are_all_there() -> None:
    """Every name of `trigpoint.__all__` can be imported, and stands there once."""
    assert len(set(trigpoint.__all__)) == len(trigpoint.__all__)
    for name in trigpoint.__all__:
        assert getattr(trigpoint, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'secret'"):
        _ = trigpoint.secret  # type: ignore[attr-defined]  # that is the test
