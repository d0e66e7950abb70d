"""Rule files of plugins as layers: `rules = ["PLUGIN:NAME"]`."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.packages import Packages

OFFER = """
from pathlib import Path
from trigpoint import RuleFile, hookimpl

@hookimpl
def trigpoint_rulesets():
    return [RuleFile(each.stem, each) for each in sorted(Path(__file__).parent.glob("*.toml"))]
"""


@pytest.fixture
def acme(small: Path, packages: Packages) -> Path:
    """The project `small` with a rule file of the enabled plugin `acme` as its first layer; answers the plugin's file."""
    settings = small / "trigpoint.toml"
    text = settings.read_text().replace('rules = ["rules/*.toml"]', 'rules = ["acme:usage", "rules/*.toml"]')
    settings.write_text(f'{text}[plugins]\nenabled = ["acme"]\n', encoding="utf-8")
    file = packages.add("acme", OFFER)
    write(file, "usage", '[metrics.sessions]\nfrom = "usage"\nvalue = "count(*)"\nempty = 0\n')
    return file


def write(file: Path, name: str, text: str) -> None:
    """A rule file beside the plugin."""
    file.with_name(f"{name}.toml").write_text(text, encoding="utf-8")


def test_a_rule_file_is_a_layer(acme: Path, command_line: CommandLine) -> None:
    """Its metrics are there, and what is wrong in it is told by the name of the entry."""
    assert command_line("check").code == 0
    assert "sessions" in command_line("compile").out
    write(acme, "usage", '[metrics.sessions]\nfrom = "usages"\nvalue = "count(*)"\nempty = 0\n')
    assert "acme:usage:2:8: TP1" in command_line("check").out


def test_it_may_extend_its_own_and_ready_made_ones(acme: Path, command_line: CommandLine) -> None:
    """A plugin's file stands on others of that plugin and on ready-made ones, and on nothing of the project."""
    write(acme, "more", '[metrics.more]\nfrom = "usage"\nvalue = "count(*)"\nempty = 0\n')
    write(acme, "usage", 'extends = ["acme:more"]\n')
    assert command_line("check").code == 0
    write(acme, "usage", 'extends = ["trigpoint:nothing", "rules/*.toml", "files:x"]\n')
    told = [line for line in command_line("check").out.splitlines() if "TP110" in line]
    assert told[0].startswith("acme:usage:1:12: TP110 there is no ready-made ruleset 'nothing'")
    assert told[1] == (
        "acme:usage:1:33: TP110 'rules/*.toml' is no rule file of plugin 'acme', and a plugin's one extends no other files "
        "(its own are written acme:NAME, ready-made ones trigpoint:NAME)"
    )
    assert "'files:x' is no rule file of plugin 'acme'" in told[2]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("acme:usag", "TP110 plugin 'acme' (acme-trigpoint 1.2) has no rule file 'usag' (did you mean 'usage'?)"),
        ("idle:usage", "TP110 'idle:usage': plugin 'idle' is not enabled (write enabled = [\"idle\"] in [plugins])"),
        ("acmee:usage", "TP110 'acmee:usage': plugin 'acmee' is not installed (did you mean 'acme'?)"),
        ("files:usage", "TP110 plugin 'files' (trigpoint 0.1.0) has no rule file 'usage'"),
    ],
)
def test_one_that_is_not_there(
    acme: Path, small: Path, packages: Packages, command_line: CommandLine, entry: str, told: str
) -> None:
    """A misspelt name, a plugin that is not enabled or not installed: each is told with the way out."""
    packages.add("idle", OFFER)
    settings = small / "trigpoint.toml"
    settings.write_text(settings.read_text().replace("acme:usage", entry), encoding="utf-8")
    assert f"trigpoint.toml:4:10: {told}" in command_line("check").out


def test_one_of_a_plugin_that_failed(acme: Path, command_line: CommandLine) -> None:
    """Where its plugin cannot be loaded, the layer is missing, and the rules are wrong: the failure is named."""
    acme.write_text("1 / 0", encoding="utf-8")
    answer = command_line("run")
    assert answer.code == 65
    told = "TP110 'acme:usage' is not there: plugin 'acme' (acme-trigpoint 1.2) cannot be imported: ZeroDivisionError"
    assert f"trigpoint.toml:4:10: {told}" in answer.err
