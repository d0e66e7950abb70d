"""The reference of hooks says what the program says."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import attrs
import pytest

import trigpoint
from support.hooks_page import HOOKS, PAGE, RECORDS, signature_of
from support.pages import CHECKOUT
from trigpoint import hookspecs
from trigpoint.testing import MetricContract

TEXT = PAGE.read_text(encoding="utf-8")


def hooks_of(file: Path) -> set[str]:
    """The hooks that a plugin's module has, each marked with `@hookimpl`."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        each.name
        for each in tree.body
        if isinstance(each, ast.FunctionDef) and any(ast.unparse(mark) == "hookimpl" for mark in each.decorator_list)
    }


@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_is_documented(hook: str) -> None:
    """The page has the hook's exact signature, and every line of its docstring."""
    assert f"\n    {signature_of(hook)}\n" in TEXT
    for line in (inspect.getdoc(getattr(hookspecs, hook)) or "").splitlines():
        assert line in TEXT


@pytest.mark.parametrize("name", [name for _, names in RECORDS for name in names])
def test_each_field_is_documented(name: str) -> None:
    """The page has each field of each record, with its type."""
    made = getattr(trigpoint, name)
    section = TEXT.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
    for each in attrs.fields(made) if attrs.has(made) else ():
        kind = str(each.type).replace("|", "\\|")
        assert f"| `{each.name}` | `{kind}` |" in section


@pytest.mark.parametrize("name", trigpoint.__all__)
def test_each_public_name_is_documented(name: str) -> None:
    """The page names it; what is called or made has a section or is an example."""
    assert (
        f"\n### {name}\n" in TEXT
        or f"`{name}`" in TEXT
        or f"`@{name}`" in TEXT
        or f"{name}()" in TEXT
        or (f"trigpoint.{name}`" in TEXT)
    )


def test_each_check_of_the_contract_is_documented() -> None:
    """The page says what each check of a metric proves."""
    for name in vars(MetricContract):
        if name.startswith("test_"):
            assert f"| `{name}` | " in TEXT


def test_the_example_plugin_uses_each_hook() -> None:
    """The stranger's project that CI installs beside the wheel has all of them."""
    assert hooks_of(CHECKOUT / "tests" / "example_plugin" / "src" / "example_plugin" / "__init__.py") == set(HOOKS)
