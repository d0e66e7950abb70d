"""Plugins are found, loaded one by one, and blamed by name."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trigpoint.errors import ConfigError
from trigpoint.model.project import Project, SourceSettings
from trigpoint.model.ruleset import Calendar
from trigpoint.plugins import installed_plugins, load_plugins

SOUND = """
from trigpoint import hookimpl

class Sheets:
    name = "{name}"
    schema = {{"type": "object"}}
    def read(self, request):
        return iter(())

@hookimpl
def trigpoint_sources():
    return [Sheets()]
"""
MISSPELT = """
from trigpoint import hookimpl

@hookimpl
def trigpoint_source():
    return []
"""
GREEDY = """
from trigpoint import hookimpl

@hookimpl
def trigpoint_sources(project):
    return []
"""
RAISING = """
from trigpoint import hookimpl

@hookimpl
def trigpoint_sources():
    raise RuntimeError("no licence")
"""
LACKING = """
from trigpoint import hookimpl

class Sheets:
    {body}

@hookimpl
def trigpoint_sources():
    return [Sheets()]
"""


class Packages:
    """Installed packages, as far as importlib.metadata looks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.modules: list[str] = []

    def add(self, module: str, code: str, *, point: str | None = None, package: str | None = None) -> None:
        """Install a package with one module and its entry point."""
        package = package or f"{module}-trigpoint"
        info = self.root / f"{package.replace('-', '_')}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[trigpoint]\n{point or module} = {module}\n", encoding="utf-8")
        (self.root / f"{module}.py").write_text(code, encoding="utf-8")
        self.modules.append(module)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    """A place for packages that is gone after the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    found = Packages(tmp_path)
    yield found
    for module in found.modules:
        sys.modules.pop(module, None)


def project(root: Path, *sources: str, enabled: tuple[str, ...] = (), local: tuple[str, ...] = ()) -> Project:
    named = {name: SourceSettings(name, name, name) for name in sources}
    return Project(root, Calendar(), (), plugins=enabled, local_plugins=local, sources=named)


def problems(given: Project) -> str:
    with pytest.raises(ConfigError) as raised:
        load_plugins(given)
    return str(raised.value)


def test_a_bundled_plugin_is_enabled_by_being_named(tmp_path: Path) -> None:
    """A plugin that comes with trigpoint is loaded when a source names it, and only then."""
    registry = load_plugins(project(tmp_path, "files"))
    assert list(registry.sources) == ["files"]
    assert registry.owners["files"].startswith("plugin 'files' (trigpoint ")
    assert load_plugins(project(tmp_path)).sources == {}


def test_a_strangers_plugin_must_be_enabled(tmp_path: Path, packages: Packages) -> None:
    """An installed plugin is listed without being imported, and loaded only where the project enables it."""
    packages.add("acme_sheets", SOUND.format(name="sheets"), point="acme")
    assert "acme" in {plugin.name for plugin in installed_plugins()}
    assert load_plugins(project(tmp_path)).sources == {}
    assert "acme_sheets" not in sys.modules
    registry = load_plugins(project(tmp_path, "sheets", enabled=("acme",)))
    assert registry.owners == {"sheets": "plugin 'acme' (acme_sheets-trigpoint 1.2)"}


def test_a_plugin_that_is_there_but_not_enabled_is_told_of(tmp_path: Path, packages: Packages) -> None:
    """A source that names an installed plugin which is not enabled is told the line to write."""
    packages.add("acme", SOUND.format(name="acme"))
    told = problems(project(tmp_path, "acme"))
    assert "TP701 source 'acme' asks for plugin 'acme', which no enabled plugin offers" in told
    assert 'write enabled = ["acme"] in [plugins]' in told
    assert "acme" not in sys.modules


def test_an_unknown_plugin_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    """A misspelt plugin of a source is told with what could have been meant."""
    assert "did you mean 'files'?" in problems(project(tmp_path, "flies"))
    assert "TP701 plugin 'acme' is enabled but not installed" in problems(project(tmp_path, enabled=("acme",)))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import nothing_of_that_name", "TP702 {} cannot be imported: ModuleNotFoundError: No module named"),
        ("1 / 0", "TP702 {} cannot be imported: ZeroDivisionError"),
        ("def (", "TP702 {} cannot be imported: SyntaxError"),
        (RAISING, "TP702 {} failed in trigpoint_sources: RuntimeError: no licence"),
        (MISSPELT, "TP703 {} has a hook that does not fit: PluginValidationError: unknown hook 'trigpoint_source'"),
        (GREEDY, "TP703 {} has a hook that does not fit: PluginValidationError"),
        (LACKING.format(body="pass"), "TP703 {} offers something that is no source: Sheets has no `name`"),
        (LACKING.format(body="name = 'x'"), "TP703 {} offers something that is no source: Sheets has no `schema`"),
        (
            LACKING.format(body="name, schema = 'x', {}"),
            "TP703 {} offers something that is no source: Sheets has no method `read`",
        ),
    ],
)
def test_a_broken_plugin_is_blamed_by_name(tmp_path: Path, packages: Packages, code: str, told: str) -> None:
    """A plugin that cannot be imported, fails, or has a wrong hook is named with its version, file and the way out."""
    packages.add("acme", code)
    text = problems(project(tmp_path, "acme", enabled=("acme",)))
    assert told.format("plugin 'acme' (acme-trigpoint 1.2)") in text
    assert str(tmp_path / "acme.py") in text
    assert len(text.splitlines()) == 1


def test_two_owners_of_one_name_are_both_named(tmp_path: Path, packages: Packages) -> None:
    """A source that two plugins offer is an error with both owners; so is an entry point of two packages."""
    packages.add("one", SOUND.format(name="sheets"))
    packages.add("two", SOUND.format(name="sheets"))
    told = problems(project(tmp_path, "sheets", enabled=("one", "two")))
    assert "TP704 source 'sheets' is offered twice: by plugin 'one' (one-trigpoint 1.2) and by plugin 'two'" in told
    packages.add("three", SOUND.format(name="more"), point="one")
    told = problems(project(tmp_path, enabled=("one",)))
    assert "TP704 plugin 'one' is offered twice: by one-trigpoint 1.2 and three-trigpoint 1.2" in told


def test_a_stranger_cannot_take_the_name_of_a_bundled_plugin(tmp_path: Path, packages: Packages) -> None:
    """A package that calls its plugin `files` does not get the project's files by that."""
    packages.add("evil", SOUND.format(name="files"), point="files")
    assert load_plugins(project(tmp_path, "files")).owners["files"].startswith("plugin 'files' (trigpoint ")
    assert "evil" not in sys.modules


def test_a_local_file_is_a_plugin(tmp_path: Path) -> None:
    """A Python file inside the project is loaded where `local` names it."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "ours.py").write_text(SOUND.format(name="ours"), encoding="utf-8")
    registry = load_plugins(project(tmp_path, "ours", local=("plugins/ours.py",)))
    assert registry.owners == {"ours": "plugin 'plugins/ours.py' (this project)"}
    sys.modules.pop("trigpoint_local_ours")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("plugins/none.py", "is missing"),
        ("../out.py", "lies outside the project"),
        ("bad.py", "cannot be imported: ValueError"),
    ],
)
def test_a_local_file_must_be_there_inside_and_sound(tmp_path: Path, entry: str, told: str) -> None:
    """A local plugin that is missing, outside the project or broken is told."""
    (root := tmp_path / "project").mkdir()
    (tmp_path / "out.py").write_text("", encoding="utf-8")
    (root / "bad.py").write_text("raise ValueError", encoding="utf-8")
    assert told in problems(project(root, local=(entry,)))
    assert "trigpoint_local_bad" not in sys.modules


def test_a_checkout_that_is_not_installed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no entry point can be found at all, the error says that trigpoint is not installed, and how to."""
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **_group: [])
    told = problems(project(tmp_path, "files"))
    assert "runs from a folder without being installed" in told
    assert "pip install -e ." in told
    assert "without being installed" in problems(project(tmp_path, enabled=("acme",)))
