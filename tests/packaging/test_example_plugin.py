"""A stranger's project, beside the built wheel: installed, tested by its own tests, and put to use."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.installed import Installed
from support.pages import CHECKOUT
from trigpoint.draft.plugin_project import TEMPLATES

pytestmark = pytest.mark.wheel
EXAMPLE = CHECKOUT / "tests" / "example_plugin"
SETTINGS = """
timezone = "UTC"
rules = ["example:notes"]
[plugins]
enabled = ["example"]
[sources.accounts]
plugin = "files"
path = "accounts.csv"
[sources.notes]
plugin = "example"
path = "notes.txt"
"""
FILES = {
    "trigpoint.toml": SETTINGS,
    "accounts.csv": "account_id,name,seats\nA-1,Albatross,4\nA-2,Beacon,2\n",
    "notes.txt": "2026-03-11 A-1 ***** They love it\n2026-03-31 A-1 ** Down again\n2026-03-30 A-2 * Angry\n",
}
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov")


def install(installed: Installed, project: Path) -> None:
    """As `pip install`, with nothing from anywhere else."""
    options = ("install", "--no-deps", "--no-index", "--no-build-isolation", "--quiet")
    command = [sys.executable, "-m", "pip", "--python", str(installed.python), *options, str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def example(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, built and installed."""
    copy = tmp_path_factory.mktemp("stranger") / "example"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    install(installed, copy)
    return copy


@pytest.fixture
def project(example: Path, tmp_path: Path) -> Path:
    """A project that uses it."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_its_own_tests_pass(installed: Installed, example: Path) -> None:
    """Its suite passes beside the wheel, from another folder, without a warning."""
    done = installed.run("python", "-m", "pytest", *QUIET, "-c", example / "pyproject.toml", example / "tests")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_it_is_listed(installed: Installed, example: Path) -> None:
    """Installed, it is known by its metadata; nobody has enabled it, so nobody has imported it."""
    listed = installed.run("trigpoint", "plugins", "example")
    assert listed.returncode == 0, listed.stderr
    assert "plugin example  example-trigpoint 1.2.0, not enabled, not loaded" in listed.stdout


def test_its_types_hold(installed: Installed, example: Path, tmp_path: Path) -> None:
    """`mypy --strict` finds nothing in it, against the wheel."""
    options = ("--cache-dir", tmp_path, "--python-executable", installed.python)
    done = installed.run("python", "-m", "mypy", "--strict", *options, example / "src", example / "tests")
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_used(installed: Installed, project: Path) -> None:
    """A project scores by its source, its metrics, its function and its rules, and has its command."""
    done = installed.run("trigpoint", "run", "--project", project, "--as-of", "2026-03-31")
    assert done.returncode == 0, done.stdout + done.stderr
    scores = installed.run("trigpoint", "scores", "care", "--project", project, "--format", "json")
    found = {row["key"]: row["score"] for row in json.loads(scores.stdout)["rows"]}
    assert found == {"A-1": pytest.approx(62.5), "A-2": pytest.approx(25)}
    told = installed.run("trigpoint", "plugins", "example", "--project", project)
    assert told.returncode == 0, told.stderr
    for offer in ("example.mood", "example.busiest_day", "per_hundred", "example:notes", "example-notes"):
        assert offer in told.stdout
    counted = installed.run("trigpoint", "example-notes", "--project", project)
    assert (counted.returncode, counted.stdout) == (0, "notes.txt: 3 notes\n"), counted.stderr


def test_a_new_plugin_is_made_and_passes(installed: Installed, example: Path, tmp_path: Path) -> None:
    """`trigpoint plugin new` works from the wheel; what it makes can be built, installed and tested."""
    made = tmp_path / "fresh"
    done = installed.run("trigpoint", "plugin", "new", "fresh", "--folder", made)
    assert done.returncode == 0, done.stderr
    install(installed, made)
    tested = installed.run("python", "-m", "pytest", *QUIET, "-c", made / "pyproject.toml", made / "tests")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_the_templates_are_in_the_wheel(wheel: Path) -> None:
    """Whoever has the wheel can make a plugin."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"trigpoint/draft/new_plugin/{path.name}" for path in TEMPLATES.glob("*.in")} <= set(names)
