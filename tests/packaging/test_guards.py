"""The guards of `make check` fail where something is wrong: each is shown failing once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.pages import CHECKOUT

CONTRACTS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
PLANTED = {  # a file, the line that does not belong there, and the contract that says so
    "core/trigpoint/model/window.py": ("import trigpoint.cli", "imports run down only"),
    "plugins/trigpoint_demo/source.py": (
        "import trigpoint_files",
        "core never imports a plugin; plugins never each other",
    ),
    "core/trigpoint/run.py": ("import trigpoint_demo", "the core does not know its bundled plugins"),
    "core/trigpoint/compile/sql.py": ("import sqlite_utils", "only the store speaks sqlite_utils"),
}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A tool of the environment, in a folder with the project's settings."""
    sources = os.pathsep.join(str(folder / root) for root in ("core", "plugins"))
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": sources, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The sources and the settings, to be spoilt."""
    for name in ("core", "plugins"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """What `make imports` does."""
    call = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    (folder / "lint_imports_here.py").write_text(call, encoding="utf-8")
    return run(folder, "lint_imports_here")


def test_each_import_contract_can_fail(clone: Path) -> None:
    """An import against each contract is caught, and the contract named."""
    for name, (line, _) in PLANTED.items():
        with (clone / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    done = lint_imports(clone)
    assert done.returncode != 0
    broken = {line.partition(" BROKEN")[0] for line in done.stdout.splitlines() if " BROKEN" in line}
    assert broken == {contract for _, contract in PLANTED.values()}


def test_a_module_without_a_layer_is_caught(clone: Path) -> None:
    """A new package must be given its place in the order."""
    (clone / "core" / "trigpoint" / "newcomer.py").write_text('"""New."""\n', encoding="utf-8")
    done = lint_imports(clone)
    assert done.returncode != 0
    assert "newcomer" in done.stdout + done.stderr


def test_every_contract_is_shown_to_fail() -> None:
    """A contract that is added needs an import above that breaks it."""
    assert {contract["name"] for contract in CONTRACTS} == {contract for _, contract in PLANTED.values()}


def test_contracts_name_what_is_there() -> None:
    """Every module that a contract names exists: a contract about nothing would always hold."""
    for contract in CONTRACTS:
        layers = [f"trigpoint.{name}" for layer in contract.get("layers", ()) for name in layer.split(" | ")]
        named = [*layers, *contract.get("source_modules", ()), *contract.get("modules", ())]
        assert named, contract["name"]
        missing = [name for name in named if not _there(name)]
        assert missing == [], contract["name"]


def _there(module: str) -> bool:
    path = Path(*module.split("."))
    roots = (CHECKOUT / "core" / path, CHECKOUT / "plugins" / path)
    return any(root.is_dir() or root.with_suffix(".py").is_file() for root in roots)


@pytest.mark.parametrize(
    ("tool", "text", "said"),
    [
        (("mypy", "planted.py"), "def double(x):\n    return x + x\n", "no-untyped-def"),
        (("ruff", "check", "planted.py"), "import core.trigpoint\n\nprint(core.trigpoint)\n", "TID251"),
        (("ruff", "format", "--check", "planted.py"), "x  =  1\n", "would be reformatted"),
        (
            ("pytest", "-p", "no:cacheprovider", "planted.py"),
            "import warnings\n\n\ndef test_it():\n    warnings.warn('old')\n",
            "UserWarning: old",
        ),
    ],
    ids=["types", "lint", "format", "warnings"],
)
def test_each_tool_can_fail(tmp_path: Path, tool: tuple[str, ...], text: str, said: str) -> None:
    """With the project's settings each tool refuses what it is there to refuse."""
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    for name in ("core", "plugins", "tests"):
        (tmp_path / name).mkdir()
    (tmp_path / "planted.py").write_text(text, encoding="utf-8")
    done = run(tmp_path, *tool)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def test_ci_runs_make_check() -> None:
    """CI runs `make check`, and that is made of all the parts."""
    assert "make check" in (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
    done = subprocess.run(["make", "--dry-run", "check"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    for part in ("ruff check", "ruff format --check", "mypy", "lint-imports", "-m pytest"):
        assert part in done.stdout
