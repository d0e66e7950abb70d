"""Commands that plugins bring: known by name from metadata, imported when they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

import trigpoint
from support.command_line import CommandLine
from support.packages import SHEETS, Packages

COMMANDS = """
import click
import trigpoint

from pathlib import Path
Path({ran!r}).touch()

@click.command("sheets")
@click.option("--count", default=1)
def sheets(count):
    "Count the sheets."
    print("sheets of", trigpoint.current_project().root.name, count)
    return 7

@click.group("desk")
def desk():
    "A group."

@desk.command("open")
def open_():
    raise RuntimeError("jammed")

@desk.command("stop")
def stop():
    raise KeyboardInterrupt

@desk.command("fail")
def fail():
    raise trigpoint.InputError.of("TP420", "no sheet", hint="make one")

@trigpoint.hookimpl
def trigpoint_commands():
    return [sheets, desk]
"""


@pytest.fixture
def ran(small: Path, packages: Packages) -> Path:
    """An installed plugin with two commands, not yet enabled; answers the file that its import writes."""
    names = ["sheets", "desk", "promised"]
    packages.add("acme", COMMANDS.format(ran=str(small / "ran")), commands=names)
    return small / "ran"


@pytest.fixture
def enabled(ran: Path, small: Path) -> Path:
    """The project that enables it."""
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["acme"]\n')
    return small


def test_an_enabled_plugins_command_runs(
    enabled: Path, ran: Path, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has options of its own, knows the project wherever that is named, and its answer is the exit code."""
    answer = command_line("sheets", "--count", "3")
    assert (answer.code, answer.out) == (7, "sheets of small 3\n")
    monkeypatch.chdir(enabled.parent)
    for arguments in (
        ("--project", "small", "sheets"),
        ("sheets", "--project", "small"),
        ("sheets", "--project=small"),
    ):
        assert command_line(*arguments).out == "sheets of small 1\n"
    monkeypatch.setenv("TRIGPOINT_PROJECT", str(enabled))
    assert command_line("sheets").out == "sheets of small 1\n"
    assert "--project DIR" in command_line("sheets", "--help").out
    assert trigpoint.current_project().root == enabled


def test_one_that_is_not_enabled_is_not_imported(small: Path, ran: Path, command_line: CommandLine) -> None:
    """The command line is told the line to write; nor does a project file that cannot be read enable anything."""
    for text in ("", '[plugins]\nenabled = "acme"\n', "plugins = 3 # enabled\n", "enabled = [\n", "[x]\n"):
        (small / "trigpoint.toml").write_text(text, encoding="utf-8")
        answer = command_line("sheets")
        told = (
            "TP385 command 'sheets' comes with plugin 'acme' (acme-trigpoint 1.2), which this project does not enable"
        )
        assert answer.problems == [f'{told} (write enabled = ["acme"] in [plugins] of trigpoint.toml)']
        assert answer.code == 2
    (small / "trigpoint.toml").write_bytes(b"enabled = \xff")
    assert command_line("sheets").codes == ["TP385"]
    assert not ran.exists()


def test_no_plugins_leaves_it_out(enabled: Path, ran: Path, command_line: CommandLine) -> None:
    """With --no-plugins, wherever that stands, no command of a plugin is imported."""
    for arguments in (("--no-plugins", "sheets"), ("sheets", "--no-plugins")):
        answer = command_line(*arguments)
        assert (answer.code, answer.codes) == (2, ["TP385"])
        assert "is switched off by --no-plugins" in answer.err
    assert not ran.exists()


def test_help_lists_what_is_enabled(enabled: Path, ran: Path, command_line: CommandLine) -> None:
    """The overview names the commands of enabled plugins without importing them."""
    out = command_line("--help").out
    assert "\nOf plugins:\n" in out
    assert "  sheets      A command of plugin 'acme'.\n" in out
    assert out.count("  check ") == 1
    assert command_line("--project", ".", "--help").out == out
    assert not ran.exists()
    assert command_line("sheats").problems == ["TP340 unknown command 'sheats' (did you mean 'sheets'?)"]


def test_help_without_a_project_lists_none(
    ran: Path, tmp_path: Path, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is enabled, the commands of strangers are not shown."""
    assert "sheets" not in command_line("--help").out
    monkeypatch.chdir(tmp_path)
    assert "sheets" not in command_line("--help").out


def test_a_bug_in_a_command_is_its_plugins(enabled: Path, command_line: CommandLine) -> None:
    """Whatever a command raises is told with its plugin; an error of our family stays what it is."""
    answer = command_line("desk", "open")
    assert answer.code == 1
    assert "TP709 command 'desk' of plugin 'acme' (acme-trigpoint 1.2) failed: RuntimeError: jammed" in answer.err
    assert command_line("desk", "stop").codes == ["TP709"]
    answer = command_line("desk", "fail")
    assert (answer.code, answer.problems) == (66, ["TP420 no sheet (make one)"])
    assert command_line("desk", "nothing").code == 2


def test_a_command_that_is_only_promised(enabled: Path, command_line: CommandLine) -> None:
    """A name in the metadata for which the hook gives no command is its plugin's fault."""
    answer = command_line("promised")
    assert (answer.code, answer.codes) == (78, ["TP708"])
    assert "has a command 'promised' in its metadata, but its hook trigpoint_commands does not give it" in answer.err


def test_one_name_of_two_plugins_is_refused(enabled: Path, packages: Packages, command_line: CommandLine) -> None:
    """Which of two commands is meant is nobody's guess to make."""
    packages.add("other", "", commands=["sheets"])
    assert command_line("sheets").code == 7
    settings = enabled / "trigpoint.toml"
    settings.write_text(settings.read_text().replace('["acme"]', '["acme", "other"]'), encoding="utf-8")
    answer = command_line("sheets")
    assert (answer.code, answer.codes) == (78, ["TP704"])
    assert "by plugin 'acme' (acme-trigpoint 1.2) and by plugin 'other' (other-trigpoint 1.2)" in answer.err


def test_a_name_of_ours_is_refused_with_both_owners(small: Path, packages: Packages, command_line: CommandLine) -> None:
    """A plugin with a command called like one of ours can give none of its commands; ours stays what it is."""
    code = (
        "import click, trigpoint\n@trigpoint.hookimpl\ndef trigpoint_commands():\n"
        "    return [click.Command('sheets'), click.Command('check')]\n"
    )
    packages.add("acme", code, commands=["sheets", "check"])
    assert command_line("plugins").code == 0  # it is not enabled
    enable(small, "acme")
    told = "TP704 command 'check' is offered twice: by trigpoint itself and by plugin 'acme' (acme-trigpoint 1.2)"
    for arguments in (("sheets",), ("plugins",), ("plugins", "acme", "--format", "json")):
        answer = command_line(*arguments)
        assert (answer.code, answer.codes) == (78, ["TP704"])
        assert f"{told} (its author must rename the command)" in answer.err
    assert command_line("check").code == 0
    assert command_line("--help").out.count("  check ") == 1


def test_two_commands_of_one_name_in_one_plugin_are_refused(
    small: Path, packages: Packages, command_line: CommandLine
) -> None:
    """The second would never be called, without a sign of it."""
    code = (
        "import click, trigpoint\n@trigpoint.hookimpl\ndef trigpoint_commands():\n"
        "    return [click.Command('sheets'), click.Command('sheets')]\n"
    )
    packages.add("acme", code, commands=["sheets"])
    enable(small, "acme")
    answer = command_line("sheets")
    assert (answer.code, answer.codes) == (78, ["TP704"])
    assert "command 'sheets' is offered twice, all by plugin 'acme' (acme-trigpoint 1.2) (its author must" in answer.err


def enable(root: Path, name: str) -> None:
    """Write the plugin into the project file."""
    with (root / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[plugins]\nenabled = ["{name}"]\n')


@pytest.mark.parametrize("offered", ["1", "click.Command(None)"])
def test_what_is_no_command_fails(small: Path, packages: Packages, command_line: CommandLine, offered: str) -> None:
    """The hook has to give click commands that have names."""
    code = f"import click, trigpoint\n@trigpoint.hookimpl\ndef trigpoint_commands():\n    return [{offered}]\n"
    packages.add("acme", code, commands=["sheets"])
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["acme"]\n')
    answer = command_line("sheets")
    assert (answer.code, answer.codes) == (78, ["TP707"])
    assert "is no click command with a name" in answer.err


def test_a_command_without_a_plugin_is_unknown(small: Path, packages: Packages, command_line: CommandLine) -> None:
    """A package that names a command for a module that is no plugin of its own offers none."""
    packages.add("acme", SHEETS.format(name="x"))
    points = packages.root / "acme_trigpoint-1.2.dist-info" / "entry_points.txt"
    points.write_text("[trigpoint]\nacme = acme\n[trigpoint.commands]\nsheets = other\n", encoding="utf-8")
    assert command_line("sheets").codes == ["TP340"]


def test_authors_are_told_of_a_command_that_nobody_finds(
    small: Path, packages: Packages, command_line: CommandLine
) -> None:
    """`trigpoint plugins NAME` compares what the hook gives with what the metadata name; the list imports no command."""
    packages.add("acme", COMMANDS.format(ran=str(small / "ran")), commands=["sheets", "promised"])
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["acme"]\n')
    answer = command_line("plugins", "acme")
    assert (answer.code, answer.codes) == (78, ["TP708", "TP708"])
    assert "gives a command 'desk' that its metadata do not name: nobody finds `trigpoint desk`" in answer.err
    assert 'write desk = "acme" in [project.entry-points."trigpoint.commands"] of its pyproject.toml' in answer.err
    assert "has a command 'promised' in its metadata" in answer.err
    assert [each["code"] for each in command_line("plugins", "acme", "--format", "json").json["problems"]] == [
        "TP708"
    ] * 2
    assert command_line("plugins").code == 0


def test_a_local_plugin_has_no_commands(small: Path, command_line: CommandLine) -> None:
    """A file has no metadata in which its commands could be named."""
    (small / "ours.py").write_text(COMMANDS.format(ran=str(small / "ran")), encoding="utf-8")
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nlocal = ["ours.py"]\n')
    answer = command_line("plugins", "ours")
    assert answer.codes == ["TP708", "TP708"]
    assert "(commands need an installed package)" in answer.err


def test_a_command_called_like_ours_is_told_to_its_author(
    small: Path, packages: Packages, command_line: CommandLine
) -> None:
    """Also before the project enables the plugin."""
    packages.add("acme", "1 / 0", commands=["run"])
    answer = command_line("plugins", "acme")
    assert (answer.code, answer.codes) == (78, ["TP704"])
    assert command_line("plugins").code == 0
