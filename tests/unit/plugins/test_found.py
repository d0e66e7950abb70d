"""Plugins are found by metadata: nothing is imported that a project does not enable."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from types import ModuleType

import pytest

from support.command_line import CommandLine
from support.packages import SHEETS, Packages, project
from trigpoint.errors import ConfigError, TrigpointError
from trigpoint.plugins import installed_plugins, load_plugins, open_plugins, way_to_enable
from trigpoint.plugins.found import file_of

TELLTALE = "from pathlib import Path\nPath({!r}).touch()\n"


def test_a_bundled_plugin_is_enabled_by_being_named(tmp_path: Path) -> None:
    """A plugin that comes with trigpoint is loaded when a source names it, or the caller does, and only then."""
    registry = load_plugins(project(tmp_path, "files"))
    assert list(registry.sources) == ["files"]
    assert str(registry.owners["source", "files"]).startswith("plugin 'files' (trigpoint ")
    assert registry.plugins["files"].hooks == ("trigpoint_sources",)
    host = open_plugins(project(tmp_path))
    assert host.registry().sources == {}
    assert list(host.registry(["demo", "nobody"]).sources) == ["demo"]
    assert list(host.registry().sources) == ["demo"]


def test_a_strangers_plugin_must_be_enabled(tmp_path: Path, packages: Packages) -> None:
    """An installed plugin is listed without being imported, and imported only where the project enables it."""
    packages.add("acme_sheets", TELLTALE.format(str(tmp_path / "ran")) + SHEETS.format(name="sheets"), point="acme")
    (listed,) = [each for each in installed_plugins() if each.name == "acme"]
    assert (listed.owner, listed.version, listed.bundled) == ("acme_sheets-trigpoint", "1.2", False)
    assert listed.file == str(packages.root / "acme_sheets.py")
    registry = load_plugins(project(tmp_path, "acme"))
    assert (registry.sources, "acme" in registry.idle) == ({}, True)
    assert not (tmp_path / "ran").exists()
    registry = load_plugins(project(tmp_path, "sheets", enabled=("acme",)))
    assert str(registry.owners["source", "sheets"]) == "plugin 'acme' (acme_sheets-trigpoint 1.2)"
    assert (tmp_path / "ran").exists()
    assert "acme" not in registry.idle


def test_a_plugin_is_loaded_once(tmp_path: Path, packages: Packages) -> None:
    """However often a host is asked, it imports a plugin once and gives the same objects."""
    (tmp_path / "ours.py").write_text(SHEETS.format(name="ours"), encoding="utf-8")
    host = open_plugins(project(tmp_path, local=("ours.py",)))
    assert host.registry().sources["ours"] is host.registry(["files"]).sources["ours"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("acme", "'acme' comes with acme-trigpoint 1.2: write enabled = [\"acme\"] in [plugins]"),
        ("flies", "did you mean 'files'?"),
        ("xyz", "others must be named in [plugins] enabled"),
    ],
)
def test_a_source_without_a_plugin_is_told_the_way_out(
    tmp_path: Path, packages: Packages, name: str, told: str
) -> None:
    """A plugin that no enabled one offers is told with the line to write, or with what was perhaps meant."""
    packages.add("acme", SHEETS.format(name="acme"))
    given = project(tmp_path, name)
    assert told in way_to_enable(name, load_plugins(given))


def test_an_enabled_plugin_must_be_installed(tmp_path: Path) -> None:
    """An enabled plugin that is not there is refused, with the nearest name."""
    with pytest.raises(ConfigError) as raised:
        load_plugins(project(tmp_path, enabled=("acme", "survivel")))
    told = [str(each) for each in raised.value.problems]
    assert told[0].startswith("trigpoint.toml: TP701 plugin 'acme' is enabled but not installed (install the package")
    assert told[1].endswith("TP701 plugin 'survivel' is enabled but not installed (did you mean 'survival'?)")


def test_a_checkout_that_is_not_installed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no entry point can be found at all, the error says that trigpoint is not installed, and how to."""
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **_group: [])
    told = way_to_enable("files", load_plugins(project(tmp_path, "files")))
    assert "runs from a folder without being installed" in told
    assert "pip install -e ." in told
    with pytest.raises(TrigpointError, match="without being installed"):
        load_plugins(project(tmp_path, enabled=("acme",)))


def test_the_file_of_a_submodule_is_found_without_importing(
    packages: Packages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin inside a package is located in it; a module that is not there has no file."""
    inner = packages.root / "deep_acme" / "inner"
    inner.mkdir(parents=True)
    for folder in (inner.parent, inner):
        (folder / "__init__.py").write_text("raise ValueError", encoding="utf-8")
    assert file_of("deep_acme.inner") == str(inner / "__init__.py")
    assert "deep_acme" not in sys.modules
    assert file_of("deep_acme.nothing") is None
    assert file_of("nothing_of_that_name") is None
    monkeypatch.setitem(sys.modules, "odd", ModuleType("odd"))  # a module that does not know where it is from
    assert file_of("odd") is None


def test_a_source_must_be_offered(small: Path, command_line: CommandLine) -> None:
    """A source whose plugin nobody offers is refused before anything is read, at the line that names it."""
    settings = small / "trigpoint.toml"
    settings.write_text(settings.read_text().replace('plugin = "files"', 'plugin = "flies"', 1), encoding="utf-8")
    told = "TP701 source 'accounts' asks for plugin 'flies', which no enabled plugin offers (did you mean 'files'?)"
    assert f"trigpoint.toml:7:10: {told}" in command_line("check").out
    answer = command_line("load")
    assert (answer.code, answer.problems) == (78, [f"trigpoint.toml:7:10: {told}"])
