"""`--no-plugins`: what does not come with trigpoint is never imported."""

from __future__ import annotations

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
    for who in ("plugin 'acme' (acme-trigpoint 1.2)", "plugin 'ours' (this project)"):
        assert f"{who} is switched off by --no-plugins" in answer.out
    assert command_line("run").code == 0
    assert telltale.exists()


def test_what_is_refused_is_switched_off_too(tmp_path: Path, packages: Packages) -> None:
    """A plugin that is not installed, or has two owners, stops no run that wants none; bundled ones stay."""
    packages.add("one", "trigpoint_source = 1", point="acme")
    packages.add("two", "1 / 0", point="acme")
    given = project(tmp_path, enabled=("gone", "acme", "files"), local=("../out.py",))
    registry = open_plugins(given, foreign=False).registry()
    assert set(registry.failed) == {"gone", "acme", "out"}
    assert list(registry.sources) == ["files"]
    assert all("TP707" in str(each.failure) for each in registry.failed.values())
