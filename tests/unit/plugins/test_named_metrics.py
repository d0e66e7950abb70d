"""Rules that name what a loaded plugin does not offer, or settings that it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import CommandLine

METRIC = """
from trigpoint import FunctionMetric, Input, hookimpl

def rows_of(rows, request):
    for key, cells in rows.subjects():
        yield key, len(cells["n"])

@hookimpl
def trigpoint_metrics():
    settings = {"type": "object", "properties": {"least": {"type": "integer"}}MORE}
    return [FunctionMetric("rows", rows_of, (Input("n"),), meaning="How many.", no_data="No rows.", settings=settings)]
"""


def check(small: Path, command_line: CommandLine, metric: str) -> list[str]:
    """The problems of the project with one more metric."""
    (small / "rules" / "more.toml").write_text(f'[metrics.more]\nfrom = "usage"\n{metric}\n', encoding="utf-8")
    return command_line("check").out.splitlines()[:-1]


@pytest.mark.parametrize("name", ["math.rows", "math"])
def test_a_plugin_without_metrics(small: Path, command_line: CommandLine, name: str) -> None:
    """One that is there, and offers functions alone, is not to be enabled: it is told what it offers."""
    if name == "math":
        with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
            settings.write('[plugins]\nenabled = ["math"]\n')
    (told,) = [each for each in check(small, command_line, f'plugin = "{name}"') if "TP170" in each]
    assert "more.toml:3:10: TP170 plugin 'math' offers no metrics (it offers functions " in told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", ["rules/more.toml:4:28: TP171 unknown key 'lest' (did you mean 'least'?)"]),
        (', "additionalProperties": True', []),
    ],
)
def test_a_schema_that_does_not_say_whether_it_takes_more(
    small: Path, command_line: CommandLine, more: str, told: list[str]
) -> None:
    """A mistyped setting is refused, unless the author says that others are taken."""
    (small / "acme.py").write_text(METRIC.replace("MORE", more), encoding="utf-8")
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nlocal = ["acme.py"]\n')
    found = check(small, command_line, 'plugin = "acme.rows"\nsettings = { n = "events", lest = 3 }')
    assert [each for each in found if "TP171" in each] == told
