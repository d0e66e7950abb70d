"""RavenStack: the files as published, where the machine has them, and a project that has scored them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="session")
def ravenstack_files() -> Path:
    """The folder of the CSV files; skips where it is absent."""
    data = Path(os.environ.get("TRIGPOINT_DATA") or ROOT.parent / "shared" / "data").resolve()
    folder = data / "ravenstack"
    if not folder.is_dir():
        pytest.skip(f"no RavenStack files in {folder}: name their folder's parent in TRIGPOINT_DATA")
    return folder


def trigpoint(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program, run inside a project folder."""
    command = [sys.executable, "-m", "trigpoint", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture(scope="session")
def ravenstack_project(ravenstack_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project over the files, loaded, scored and published as of its date."""
    root = tmp_path_factory.mktemp("ravenstack")
    shutil.copytree(HERE / "project", root, dirs_exist_ok=True)
    settings = root / "trigpoint.toml"
    text = settings.read_text(encoding="utf-8").replace("{data}", ravenstack_files.as_posix())
    settings.write_text(text, encoding="utf-8")
    ended = trigpoint(root, "run", "--format", "json")
    assert ended.returncode == 0, ended.stderr
    (root / "run.json").write_text(ended.stdout, encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def ask(ravenstack_project: Path) -> Callable[..., str]:
    """Runs a command in the scored project and gives what it prints."""

    def output(*arguments: str) -> str:
        ended = trigpoint(ravenstack_project, *arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return output
