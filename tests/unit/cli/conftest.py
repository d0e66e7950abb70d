"""A small project, loaded and scored once, and the command line to look at it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.command_line import CommandLine
from trigpoint.rules import load_project
from trigpoint.run import run_project

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project `small`, with a published run as of 2026-03-31; read only."""
    root = tmp_path_factory.mktemp("published") / "small"
    shutil.copytree(HERE / "small", root)
    run_project(load_project(root))
    return root


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project `small`, not yet loaded; the working folder."""
    root = tmp_path / "small"
    shutil.copytree(HERE / "small", root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, in whichever folder the test is."""
    for name in ("TRIGPOINT_PROJECT", "TRIGPOINT_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return CommandLine(capsys)


@pytest.fixture
def look(published: Path, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line inside the published project."""
    monkeypatch.chdir(published)
    return command_line
