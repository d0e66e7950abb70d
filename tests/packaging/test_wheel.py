"""The program works from a wheel, from another folder, as it does from the checkout."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from support.installed import Installed
from support.pages import CHECKOUT
from trigpoint import __version__

pytestmark = pytest.mark.wheel

PLUGIN = '''"""A stranger's program over the public names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trigpoint import Batch, InputError, Source, SourceRequest, load_project, load_ruleset


class Empty:
    """A source without rows."""

    name = "empty"
    schema: dict[str, object] = {}

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        if not request.root.exists():
            raise InputError
        yield Batch("none", 1, list(request.table.columns), [])


def fingerprint(root: Path) -> str:
    source: Source = Empty()
    return source.name + load_ruleset(load_project(root)).fingerprint
'''


def test_version(installed: Installed) -> None:
    """`trigpoint --version` says the version of the wheel."""
    done = installed.run("trigpoint", "--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"trigpoint {__version__}")


def test_the_wheel_is_what_runs(installed: Installed) -> None:
    """The package comes out of the environment, not out of the checkout."""
    done = installed.run("python", "-c", "import trigpoint, trigpoint_files; print(trigpoint.__file__)")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(installed.python.parents[1])


def test_bundled_files_come_along(installed: Installed) -> None:
    """Rulesets and schemas lie in `_data`; what the checkout has, the wheel has."""
    code = "from trigpoint.resources import *; print(bundled('{0}'), *bundled_names('{0}'), sep='|')"
    for kind in ("rulesets", "schemas"):
        done = installed.run("python", "-c", code.format(kind))
        folder, *names = done.stdout.strip().split("|")
        assert Path(folder).parts[-2:] == ("_data", kind)
        files = (path.relative_to(CHECKOUT / kind) for path in (CHECKOUT / kind).rglob("*.*"))
        there = {path.with_name(path.name.split(".")[0]).as_posix() for path in files if path.parts[0] != "projects"}
        assert set(names) == there


def test_the_wheel_holds_no_tests_and_is_typed(wheel: Path) -> None:
    """Packages, their `py.typed`, rulesets, schemas and the licence: nothing else."""
    names = zipfile.ZipFile(wheel).namelist()
    packages = {"trigpoint", *(path.parent.name for path in (CHECKOUT / "plugins").glob("*/__init__.py"))}
    for package in packages:
        assert f"{package}/py.typed" in names
    roots = {name.split("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == packages
    assert "trigpoint_trend/usage.toml" in names  # a plugin's rule file
    assert any(name.endswith("/LICENSE") for name in names)


def test_rulesets_are_listed(installed: Installed) -> None:
    """`trigpoint rulesets` finds the ready-made ones."""
    done = installed.run("trigpoint", "rulesets")
    assert done.returncode == 0, done.stderr
    assert "b2b-saas" in done.stdout


def test_demo_runs(installed: Installed) -> None:
    """The demo of 50 accounts loads, scores and publishes; its scores can be read."""
    done = installed.run("trigpoint", "demo", "shop", "--accounts", "50")
    assert done.returncode == 0, done.stderr
    scores = installed.run("trigpoint", "--project", "shop", "scores", "health", "--format", "json")
    assert scores.returncode == 0, scores.stderr
    assert len(json.loads(scores.stdout)["rows"]) == 50


def test_types_hold_from_outside(installed: Installed) -> None:
    """A stranger's file over the public names passes a strict type check; one that is wrong does not."""
    for name, text in (("right", PLUGIN), ("wrong", PLUGIN.replace("load_project(root)", "load_project(7)"))):
        (installed.folder / f"{name}.py").write_text(text, encoding="utf-8")
    check = ("python", "-m", "mypy", "--strict", "--no-incremental", "--python-executable", installed.python)
    right, wrong = (installed.run(*check, f"{name}.py") for name in ("right", "wrong"))
    assert right.returncode == 0, right.stdout
    assert wrong.returncode == 1
    assert "arg-type" in wrong.stdout
