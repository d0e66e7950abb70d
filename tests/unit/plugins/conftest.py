"""A place for packages with plugins, and a project that can use them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.packages import Packages

SMALL = Path(__file__).parents[1] / "cli" / "small"


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    """A place for packages that is gone after the test."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    found = Packages(folder)
    yield found
    found.forget()
    for module in [name for name in sys.modules if name.startswith("trigpoint_local_")]:
        del sys.modules[module]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project `small`, not yet loaded; the working folder."""
    root = tmp_path / "small"
    shutil.copytree(SMALL, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, in whichever folder the test is."""
    for name in ("TRIGPOINT_PROJECT", "TRIGPOINT_DEBUG", "TRIGPOINT_TRACE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return CommandLine(capsys)
