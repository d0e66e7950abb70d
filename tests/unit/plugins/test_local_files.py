"""Python files of the project that are plugins."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from support.packages import SHEETS, Packages, project
from trigpoint.errors import ConfigError
from trigpoint.plugins import load_offers, load_plugins


def test_a_local_file_is_a_plugin(tmp_path: Path, packages: Packages) -> None:
    """A file has the name of its stem, and the beginning of its digest for a version."""
    (tmp_path / "plugins").mkdir()
    file = tmp_path / "plugins" / "ours.py"
    file.write_text(SHEETS.format(name="sheets"), encoding="utf-8")
    registry = load_plugins(project(tmp_path, "sheets", local=("plugins/ours.py",)))
    plugin = registry.owners["source", "sheets"]
    assert str(plugin) == f"plugin 'ours' (this project, {plugin.version})"
    assert (plugin.local, plugin.file, plugin.reference) == (True, str(file), str(file))
    assert plugin.version == hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def test_any_process_can_load_a_plugin_again(tmp_path: Path, packages: Packages) -> None:
    """What is known of a loaded plugin is enough to load it once more."""
    (tmp_path / "ours.py").write_text(SHEETS.format(name="sheets"), encoding="utf-8")
    packages.add("acme", SHEETS.format(name="theirs"))
    registry = load_plugins(project(tmp_path, enabled=("acme",), local=("ours.py",)))
    found = {name: [each.name for each in load_offers(plugin).sources] for name, plugin in registry.plugins.items()}
    assert found == {"acme": ["theirs"], "ours": ["sheets"]}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("plugins/none.py", "TP702 local plugin 'plugins/none.py' is missing (no such file: "),
        ("../out.py", "TP702 local plugin '../out.py' lies outside the project (move it into the folder)"),
        ("Bad-Name.py", "TP702 local plugin 'Bad-Name.py' has no fitting name (call it after the plugin, such as"),
        ("ours.txt", "TP702 local plugin 'ours.txt' has no fitting name"),
    ],
)
def test_a_local_file_must_be_there_and_inside(tmp_path: Path, entry: str, told: str) -> None:
    """A local plugin that is missing, outside the project or has no usable name is refused."""
    (root := tmp_path / "project").mkdir()
    for file in (tmp_path / "out.py", root / "Bad-Name.py", root / "ours.txt"):
        file.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_plugins(project(root, local=(entry,)))
    assert f"trigpoint.toml: {told}" in str(raised.value)


def test_a_broken_file_is_forgotten(tmp_path: Path) -> None:
    """A file that breaks while it runs has failed, and its half is found by no later import."""
    (tmp_path / "bad.py").write_text("raise ValueError('half')", encoding="utf-8")
    failure = load_plugins(project(tmp_path, local=("bad.py",))).failed["bad"].failure
    assert failure is not None
    assert failure.text.startswith("plugin 'bad' (this project, ")
    assert failure.text.endswith(") cannot be imported: ValueError: half")
    assert failure.hint == "mend or update it, or take it out of [plugins] local"
    assert "trigpoint_local_bad" not in sys.modules


def test_a_file_and_a_package_of_one_name_are_refused(tmp_path: Path, packages: Packages) -> None:
    """Two files of one name, or a file and an enabled package, are two owners of one name."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "acme.py").write_text(SHEETS.format(name=folder), encoding="utf-8")
    packages.add("acme", SHEETS.format(name="theirs"))
    files = "a/acme.py (this project) and b/acme.py (this project) (rename one)"
    mixed = "acme-trigpoint 1.2 and a/acme.py (this project) (rename the file)"
    for given, told in (
        (project(tmp_path, local=("a/acme.py", "b/acme.py")), files),
        (project(tmp_path, enabled=("acme",), local=("a/acme.py",)), mixed),
    ):
        with pytest.raises(ConfigError) as raised:
            load_plugins(given)
        assert str(raised.value) == f"trigpoint.toml: TP704 plugin 'acme' is offered twice: by {told}"


def test_a_helper_beside_a_local_plugin_is_no_module(tmp_path: Path) -> None:
    """Whoever splits a local plugin into two files is told why that cannot be."""
    (tmp_path / "days.py").write_text("", encoding="utf-8")
    (tmp_path / "gap.py").write_text("import days\n", encoding="utf-8")
    failure = load_plugins(project(tmp_path, local=("gap.py",))).plugins["gap"].failure
    assert failure is not None
    assert "No module named 'days'" in failure.text
    assert (
        failure.hint
        == "install it; or, if it is a file beside this one, make them one: a local plugin is a single file"
    )
