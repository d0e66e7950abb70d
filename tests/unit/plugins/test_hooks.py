"""Each hook at work: what it offers arrives in the registry, by the name that rules use, with its owner."""

from __future__ import annotations

from pathlib import Path

from support.packages import SHEETS, Packages, project
from trigpoint import hookspecs
from trigpoint.plugins import commands_of, installed_plugins, load_commands, load_offers, load_plugins

METRICS = """
from trigpoint import FunctionMetric, Input, QueryMetric, hookimpl, rows

def longest(rows, request):
    for key, cells in rows.subjects():
        yield key, max(cells["days"], default=None)

@hookimpl
def trigpoint_metrics():
    yield FunctionMetric("longest", longest, (Input("days"),), meaning="The longest.", no_data="No rows.")
    yield QueryMetric("shortest", rows().value("min(days)"), (Input("days"),), meaning="The shortest.", no_data="No rows.")
"""
FUNCTIONS = """
from trigpoint import NUMERIC, Function, Parameter, hookimpl

def double(x):
    return None if x is None else x * 2

@hookimpl
def trigpoint_functions():
    return [Function("double", (Parameter("x", NUMERIC),), "number", "Twice x.", templates={"*": "x * 2"}, oracle=double)]
"""
RULESETS = """
from pathlib import Path
from trigpoint import RuleFile, hookimpl

@hookimpl
def trigpoint_rulesets():
    return [RuleFile("usage", Path(__file__).with_suffix(".toml"))]
"""
COMMANDS = """
import click
from trigpoint import hookimpl

@click.command("sheets")
def sheets():
    print("sheets here")

@hookimpl
def trigpoint_commands():
    return [sheets]
"""


def test_trigpoint_sources(tmp_path: Path, packages: Packages) -> None:
    """A source goes by its own name."""
    packages.add("acme", SHEETS.format(name="sheets"))
    registry = load_plugins(project(tmp_path, enabled=("acme",)))
    assert registry.sources["sheets"].schema == {"type": "object"}
    assert registry.owners["source", "sheets"] == registry.plugins["acme"]


def test_trigpoint_metrics(tmp_path: Path, packages: Packages) -> None:
    """A metric goes by PLUGIN.NAME; a hook may be a generator."""
    packages.add("acme", METRICS)
    registry = load_plugins(project(tmp_path, enabled=("acme",)))
    assert list(registry.metrics) == ["acme.longest", "acme.shortest"]
    assert registry.owners["metric", "acme.longest"].name == "acme"
    assert registry.plugins["acme"].hooks == ("trigpoint_metrics",)


def test_trigpoint_functions(tmp_path: Path, packages: Packages) -> None:
    """A function goes by its own name, which is that of the whole project."""
    packages.add("acme", FUNCTIONS)
    registry = load_plugins(project(tmp_path, enabled=("acme",)))
    assert registry.functions["double"].signature == "double(x)"
    assert registry.owners["function", "double"].name == "acme"


def test_trigpoint_rulesets(tmp_path: Path, packages: Packages) -> None:
    """A rule file goes by PLUGIN:NAME."""
    file = packages.add("acme", RULESETS).with_suffix(".toml")
    file.write_text("", encoding="utf-8")
    registry = load_plugins(project(tmp_path, enabled=("acme",)))
    assert registry.rulesets == {"acme:usage": file}
    assert registry.owners["ruleset", "acme:usage"].name == "acme"


def test_trigpoint_commands(tmp_path: Path, packages: Packages) -> None:
    """Commands are known by name from the metadata; the hook is called when they are asked for."""
    packages.add("acme", COMMANDS, commands=["sheets"])
    registry = load_plugins(project(tmp_path, enabled=("acme",)))
    assert registry.plugins["acme"].hooks == ("trigpoint_commands",)
    assert commands_of(registry.plugins["acme"]) == ("sheets",)
    assert [each.name for each in load_commands(registry.plugins["acme"])] == ["sheets"]


def test_each_hook_is_used_by_a_bundled_plugin() -> None:
    """A hook that nothing of ours uses would be a guess."""
    used = {hook for plugin in installed_plugins() if plugin.bundled for hook in load_offers(plugin).hooks}
    assert used == {name for name in vars(hookspecs) if name.startswith("trigpoint_")}


def test_each_hook_has_a_test_of_its_name() -> None:
    """A hook that comes without a test is seen here."""
    hooks = {name for name in vars(hookspecs) if name.startswith("trigpoint_")}
    assert hooks == {name.removeprefix("test_") for name in globals() if name.startswith("test_trigpoint_")}
