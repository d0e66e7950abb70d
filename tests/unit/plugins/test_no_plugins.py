"""`--no-plugins`: what does not come with trigpoint is never imported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.packages import SHEETS, Packages, project
from trigpoint.plugins import open_plugins


@pytest.fixture
def telltale(small: Path, packages: Packages) -> Path:
    """A project with an enabled plugin and a local one, each of which writes a file when it is imported."""
    code = f"from pathlib import Path\nPath({str(small)!r}, 'ran').touch()\n"
    packages.add("acme", code + SHEETS.format(name="sheets"))
    (small / "ours.py").write_text(code + SHEETS.format(name="ours"), encoding="utf-8")
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["acme"]\nlocal = ["ours.py"]\n')
    return small / "ran"


@pytest.mark.parametrize("arguments", [("--no-plugins", "run"), ("run", "--no-plugins")])
def test_a_run_without_plugins(telltale: Path, command_line: CommandLine, arguments: tuple[str, ...]) -> None:
    """They count as failed: the run goes on with what comes with trigpoint, says so and ends with 3."""
    answer = command_line(*arguments, "--format", "json")
    assert answer.code == 3
    assert not telltale.exists()
    for who in (r"plugin 'acme' \(acme-trigpoint 1.2\)", r"plugin 'ours' \(this project, [0-9a-f]{12}\)"):
        assert re.search(f"{who} is switched off by --no-plugins", answer.out)
    assert command_line("run").code == 0
    assert telltale.exists()


def test_what_is_refused_is_switched_off_too(tmp_path: Path, packages: Packages) -> None:
    """A plugin that is not installed, or has two owners, stops no run that wants none; bundled ones stay."""
    packages.add("one", "trigpoint_source = 1", point="acme")
    packages.add("two", "1 / 0", point="acme")
    given = project(tmp_path, "demo", enabled=("gone", "acme", "files"), local=("../out.py", "demo.py"))
    registry = open_plugins(given, foreign=False).registry()
    assert set(registry.failed) == {"gone", "acme", "out"}
    assert list(registry.sources) == ["files", "demo"]
    assert all("TP707" in str(each.failure) for each in registry.failed.values())


METRIC = """
from trigpoint import FunctionMetric, Input, hookimpl

def rows_of(rows, request):
    for key, cells in rows.subjects():
        yield key, len(cells["n"])

@hookimpl
def trigpoint_metrics():
    return [FunctionMetric("rows", rows_of, (Input("n"),), meaning="How many rows.", no_data="No rows.")]
"""
RULES = """
[metrics.row_count]
plugin = "acme.rows"
from = "usage"
settings = { n = "events" }
[scorecards.lines]
subject = "account"
bands = { good = 50, bad = 0 }
missing = "skip"
measures = { rows = { metric = "row_count", linear = [0, 10] } }
"""


def test_what_needs_a_plugin_is_an_error_and_the_others_are_scored(small: Path, command_line: CommandLine) -> None:
    """A scorecard with a metric of a plugin that is not loaded has the outcome error; the others are as before."""
    (small / "acme.py").write_text(METRIC, encoding="utf-8")
    (small / "rules" / "lines.toml").write_text(RULES, encoding="utf-8")
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nlocal = ["acme.py"]\n')
    assert command_line("run").code == 0
    before = rows(command_line, "health")
    assert outcomes(command_line) == {"scored", "insufficient_data", "not_eligible"}
    (small / "acme.py").write_text("1 / 0", encoding="utf-8")
    place = f"{small / 'acme.py'}:1: TP707 plugin 'acme' (this project, "
    way = "division by zero (mend or update it, or take it out of [plugins] local)"
    for arguments in (("run",), ("run", "--no-plugins")):
        answer = command_line(*arguments)
        assert answer.code == 3
        assert arguments != ("run",) or (place in answer.out and way in answer.out)
        assert outcomes(command_line) == {"error", "not_eligible"}
        assert rows(command_line, "health") == before


def outcomes(command_line: CommandLine) -> set[str]:
    """How the subjects of the scorecard `lines` came out."""
    return {each["outcome"] for each in rows(command_line, "lines")}


def rows(command_line: CommandLine, scorecard: str) -> list[dict[str, object]]:
    """The published scores."""
    found: list[dict[str, object]] = command_line("scores", scorecard, "--format", "json").json["rows"]
    return found
