"""`TRIGPOINT_TRACE=hooks`: what is imported and called, on stderr."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.packages import SHEETS, Packages, project
from trigpoint.plugins import load_plugins


def test_each_import_and_each_call_is_told(
    tmp_path: Path, packages: Packages, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for an import and one for each hook: plugin, how many things it gave, milliseconds."""
    packages.add("acme", SHEETS.format(name="sheets"))
    monkeypatch.setenv("TRIGPOINT_TRACE", "hooks")
    load_plugins(project(tmp_path, enabled=("acme",)))
    lines = [re.sub(r"\d+\.\d ms", "N ms", line) for line in capsys.readouterr().err.splitlines()]
    who = "plugin 'acme' (acme-trigpoint 1.2)"
    assert lines == [
        f"trace: {who} imported in N ms",
        f"trace: trigpoint_sources of {who} gave 1 in N ms",
        f"trace: trigpoint_metrics of {who} gave 0 in N ms",
        f"trace: trigpoint_functions of {who} gave 0 in N ms",
        f"trace: trigpoint_rulesets of {who} gave 0 in N ms",
    ]


def test_a_hook_that_raises_is_told(
    tmp_path: Path, packages: Packages, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The call that failed is in the trace, with what was raised."""
    packages.add("acme", "from trigpoint import hookimpl\n@hookimpl\ndef trigpoint_sources():\n    1 / 0\n")
    monkeypatch.setenv("TRIGPOINT_TRACE", "hooks")
    load_plugins(project(tmp_path, enabled=("acme",)))
    assert (
        "trigpoint_sources of plugin 'acme' (acme-trigpoint 1.2) raised ZeroDivisionError in" in capsys.readouterr().err
    )


def test_an_unknown_word_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be traced is said, with what can; without the variable nothing is."""
    monkeypatch.setenv("TRIGPOINT_TRACE", "hoks, hoks hooks")
    load_plugins(project(tmp_path))
    assert capsys.readouterr().err == "TRIGPOINT_TRACE: there is nothing to trace called 'hoks'; there is: hooks\n"
    monkeypatch.delenv("TRIGPOINT_TRACE")
    load_plugins(project(tmp_path, "files"))
    assert capsys.readouterr().err == ""
