"""A source whose plugin cannot be loaded fails like any load: its `on_error` says what comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.packages import Packages

SOUND = """
from trigpoint import Batch, hookimpl

class Desk:
    name = "{name}"
    schema = {{"type": "object"}}
    def read(self, request):
        yield Batch("desk", 1, ("survey_id", "account_id", "day", "mood"), [("S1", "A1", "2026-03-01", "green")])

@hookimpl
def trigpoint_sources():
    return [Desk()]
"""


@pytest.fixture
def desk(small: Path, packages: Packages) -> Path:
    """A project whose surveys come from an enabled plugin; answers the plugin's file."""
    settings = small / "trigpoint.toml"
    text = settings.read_text().replace('plugin = "files"\npath = "data/surveys.csv"', 'plugin = "desk"')
    settings.write_text(f'{text}on_error = "stale"\n[plugins]\nenabled = ["acme"]\n', encoding="utf-8")
    return packages.add("acme", SOUND.format(name="desk"))


def change(small: Path, old: str, new: str) -> None:
    """Put something else into the project file."""
    settings = small / "trigpoint.toml"
    settings.write_text(settings.read_text().replace(old, new), encoding="utf-8")


def status_of(answer: dict[str, list[dict[str, str]]]) -> str:
    """How the load of the surveys ended."""
    return next(each["status"] for each in answer["sources"] if each["source"] == "surveys")


@pytest.mark.parametrize(
    ("on_error", "code", "status"), [("fail", 4, None), ("stale", 3, "stale"), ("skip", 3, "skipped")]
)
def test_on_error_decides(
    desk: Path, small: Path, packages: Packages, command_line: CommandLine, on_error: str, code: int, status: str | None
) -> None:
    """fail: nothing is published; stale: the last good load is used; skip: its table is empty. The plugin is named."""
    change(small, '"stale"', f'"{on_error}"')
    assert command_line("run").code == 0
    desk.write_text("raise RuntimeError('no licence')", encoding="utf-8")
    packages.forget()
    answer = command_line("run", "--format", "json")
    assert answer.code == code
    told = "plugin 'acme' (acme-trigpoint 1.2) cannot be imported: RuntimeError: no licence"
    assert told in answer.out
    if status is None:
        assert answer.problems[0].startswith(f"{desk}:1: TP707 source 'surveys': {told}")
    else:
        assert status_of(answer.json) == status


def test_check_tells_a_failure_once(desk: Path, command_line: CommandLine) -> None:
    """`check` tells of a plugin that cannot be loaded, and not that nobody offers its source."""
    desk.write_text("1 / 0", encoding="utf-8")
    answer = command_line("check")
    assert answer.code == 65
    told = [line for line in answer.out.splitlines() if "TP7" in line]
    assert len(told) == 1
    assert told[0].startswith(f"{desk}:1: TP707 plugin 'acme' (acme-trigpoint 1.2) cannot be imported: ZeroDivision")


def test_a_source_of_the_failed_plugins_own_name_blames_that_one(
    small: Path, packages: Packages, command_line: CommandLine
) -> None:
    """Where a failed plugin has the name that the source asks for, others that failed are not blamed for it."""
    packages.add("desk", "1 / 0")
    packages.add("other", "1 / 0")
    change(small, 'plugin = "files"\npath = "data/surveys.csv"', 'plugin = "desk"')
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["other", "desk"]\n')
    answer = command_line("load", "surveys")
    assert (answer.code, answer.codes) == (4, ["TP707"])
    assert "source 'surveys': plugin 'desk' (desk-trigpoint 1.2) cannot be imported" in answer.err
