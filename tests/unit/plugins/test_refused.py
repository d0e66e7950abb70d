"""What is ambiguous, misspelt or of another version stops the run: all of it is told at once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from support.packages import SHEETS, Packages, project
from trigpoint.errors import ConfigError
from trigpoint.model.project import Project
from trigpoint.plugins import load_plugins

HOOK = "from trigpoint import hookimpl\n@hookimpl\ndef {name}():\n    return []\n"
WHO = "plugin 'acme' (acme-trigpoint 1.2)"


def refusals(given: Project) -> list[str]:
    """The problems that stop the run."""
    with pytest.raises(ConfigError) as raised:
        load_plugins(given)
    assert raised.value.exit_code == 78
    return [str(each) for each in raised.value.problems]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (HOOK.format(name="trigpoint_source"), "has a hook 'trigpoint_source' that will never be called (did you mean"),
        (
            HOOK.format(name="warehouses"),
            "has a hook 'warehouses' that will never be called (the hooks are: trigpoint_s",
        ),
        (
            HOOK.format(name="trigpoint_metric") + HOOK.format(name="trigpoint_rules"),
            "has hooks 'trigpoint_metric' and 'trigpoint_rules' that will never be called",
        ),
        (
            "def trigpoint_sources():\n    return []",
            "has a function 'trigpoint_sources' that will never be called (mark it with @hookimpl)",
        ),
    ],
)
def test_a_misspelt_hook_stops_the_run(tmp_path: Path, packages: Packages, code: str, told: str) -> None:
    """A hook that would never be called, without a sign of it, is refused with what was perhaps meant."""
    file = packages.add("acme", code)
    (problem,) = refusals(project(tmp_path, enabled=("acme",)))
    assert problem.startswith(f"{file}: TP703 {WHO} {told}")


@pytest.mark.parametrize(
    ("api", "told"),
    [
        ("2", "was written for version 2 of the hooks; this is version 1 (update trigpoint, or take 'acme' out of"),
        ("0", "was written for version 0 of the hooks; this is version 1 (update the plugin, or take 'acme' out of"),
        ("'new'", "was written for version 'new' of the hooks; this is version 1 (update the plugin"),
    ],
)
def test_another_version_of_the_hooks_is_refused(tmp_path: Path, packages: Packages, api: str, told: str) -> None:
    """A plugin for hooks we do not speak is refused, and who is to be updated is told."""
    packages.add("acme", f"TRIGPOINT_API = {api}\n{SHEETS.format(name='sheets')}")
    (problem,) = refusals(project(tmp_path, enabled=("acme",)))
    assert f"TP706 {WHO} {told}" in problem


def test_the_version_we_speak_is_taken(tmp_path: Path, packages: Packages) -> None:
    """A plugin that says it was written for our version is loaded."""
    packages.add("acme", f"TRIGPOINT_API = 1\n{SHEETS.format(name='sheets')}")
    assert list(load_plugins(project(tmp_path, enabled=("acme",))).sources) == ["sheets"]


def test_two_owners_of_one_name_are_both_named(tmp_path: Path, packages: Packages) -> None:
    """A source, or a function, that two plugins offer is refused with both owners; so is a plugin of two packages."""
    packages.add("one", SHEETS.format(name="sheets"))
    packages.add("two", SHEETS.format(name="sheets"))
    (problem,) = refusals(project(tmp_path, "sheets", enabled=("one", "two")))
    assert "TP704 source 'sheets' is offered twice: by plugin 'one' (one-trigpoint 1.2) and by plugin 'two'" in problem
    packages.add("three", SHEETS.format(name="more"), point="one")
    (problem,) = refusals(project(tmp_path, enabled=("one",)))
    assert "TP704 plugin 'one' is offered twice: by one-trigpoint 1.2 and three-trigpoint 1.2" in problem


def test_a_function_with_two_owners_is_refused(tmp_path: Path, packages: Packages) -> None:
    """Functions belong to all rules of a project: one name, one meaning."""
    code = (
        "from trigpoint import Function, hookimpl\n@hookimpl\ndef trigpoint_functions():\n"
        "    return [Function('one', (), 'number', 'One.', templates={'*': '1.0'}, oracle=lambda: 1.0)]\n"
    )
    packages.add("acme", code)
    packages.add("other", code)
    (problem,) = refusals(project(tmp_path, enabled=("acme", "other")))
    assert f"TP704 function 'one' is offered twice: by {WHO} and by plugin 'other' (other-trigpoint 1.2)" in problem


def test_a_stranger_cannot_take_the_name_of_a_bundled_plugin(tmp_path: Path, packages: Packages) -> None:
    """A package that calls its plugin `files` does not get the files of a project that does not enable it, and is
    refused by one that does; so is a file of the project of that name.
    """
    packages.add("evil", SHEETS.format(name="files"), point="files")
    owner = load_plugins(project(tmp_path, "files")).owners["source", "files"]
    assert str(owner).startswith("plugin 'files' (trigpoint ")
    (problem,) = refusals(project(tmp_path, "files", enabled=("files",)))
    assert "TP704 plugin 'files' is offered twice: by evil-trigpoint 1.2 and trigpoint " in problem
    (tmp_path / "files.py").write_text(SHEETS.format(name="files"), encoding="utf-8")
    (problem,) = refusals(project(tmp_path, local=("files.py",)))
    assert "TP704 plugin 'files' is offered twice: by files.py (this project) and trigpoint " in problem
    assert "evil" not in sys.modules


def test_a_name_that_no_rule_can_write_is_refused(tmp_path: Path, packages: Packages) -> None:
    """Rules say `plugin = "NAME.METRIC"`: an entry point with another kind of name could never be used."""
    packages.add("acme", SHEETS.format(name="sheets"), point="my-plug")
    (problem,) = refusals(project(tmp_path, enabled=("my-plug",)))
    told = "TP702 plugin 'my-plug' (acme-trigpoint 1.2) has a name that no rule can write: small letters, digits and _"
    assert problem == f"trigpoint.toml: {told}, at most 60 (its author must rename the entry point)"


def test_all_that_is_refused_is_told_at_once(tmp_path: Path, packages: Packages) -> None:
    """One run tells everything that has to be mended in the project file."""
    packages.add("acme", HOOK.format(name="trigpoint_source"))
    packages.add("newer", "TRIGPOINT_API = 9")
    given = project(tmp_path, enabled=("gone", "acme", "newer"), local=("none.py",))
    told = [next(word for word in each.split() if word.startswith("TP")) for each in refusals(given)]
    assert sorted(told) == ["TP701", "TP702", "TP703", "TP706"]
