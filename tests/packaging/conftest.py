"""The wheel, built from the sdist once, and installed into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from support.installed import Installed
from support.pages import CHECKOUT


def _call(*command: str | Path) -> None:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist and not from the checkout; nothing is downloaded for it."""
    folder = tmp_path_factory.mktemp("built")
    _call("-m", "build", "--no-isolation", "--outdir", folder, CHECKOUT)
    assert len(list(folder.glob("*.tar.gz"))) == 1
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh environment, which sees the other packages of this one but not the checkout."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    _call("-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel)
    (site,) = home.glob("lib/python*/site-packages")
    # a path file inside a folder named by a path file is not read: the editable install does not come along
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return Installed(python, tmp_path_factory.mktemp("elsewhere"))
