"""Plugins, a stranger's and our own, know nothing of trigpoint but its public names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import trigpoint
import trigpoint.testing
from support.pages import CHECKOUT

EXAMPLE = CHECKOUT / "tests" / "example_plugin"
PUBLIC = {"trigpoint": set(trigpoint.__all__), "trigpoint.testing": set(trigpoint.testing.__all__)}
FILES = [
    *sorted((CHECKOUT / "plugins").rglob("*.py")),
    *sorted(EXAMPLE.rglob("*.py")),
    *sorted((CHECKOUT / "core" / "trigpoint" / "draft" / "new_plugin").glob("*.py.in")),
]


def others(text: str) -> Iterator[str]:
    """What a module imports of trigpoint that is not public."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module in PUBLIC:
                yield from (f"{node.module}.{each.name}" for each in node.names if each.name not in PUBLIC[node.module])
            elif node.module.startswith("trigpoint."):
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith("trigpoint."))


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_plugins_import_public_names_only(file: Path) -> None:
    """Each import of trigpoint is of a name in `__all__`."""
    text = file.read_text(encoding="utf-8").replace("$package", "package").replace("$name", "name")
    assert list(others(text)) == []


def test_tests_alone_import_what_is_for_tests() -> None:
    """`trigpoint.testing` needs pytest: no plugin imports it outside of its tests."""
    for file in FILES:
        if not file.name.startswith(("test_", "conftest")):
            assert "trigpoint.testing" not in file.read_text(encoding="utf-8"), file


def test_what_is_not_public_is_found() -> None:
    """The check can fail: a module of ours, a name that is not public, either way to import."""
    text = "import trigpoint.run\nfrom trigpoint.model import x\nfrom trigpoint import rows, secret\nimport trigpoint_files"
    assert list(others(text)) == ["trigpoint.run", "trigpoint.model", "trigpoint.secret"]


@pytest.mark.parametrize("package", [trigpoint, trigpoint.testing], ids=lambda package: package.__name__)
def test_public_names_are_documented(package: object) -> None:
    """Each public name is there, and stands in the docstring of its package."""
    names = [name for name in package.__all__ if not name.startswith("__")]  # type: ignore[attr-defined]
    for name in names:
        assert getattr(package, name) is not None
        assert f"`{name}" in (package.__doc__ or ""), name
