"""A plugin that cannot be loaded is blamed by name; what does not need it goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from support.packages import SHEETS, Packages, project
from trigpoint.errors import Problem
from trigpoint.plugins import load_plugins, loading
from trigpoint.signals import Stopped, listen_to_signals

HOOK = "from trigpoint import hookimpl\n@hookimpl\ndef trigpoint_sources({arguments}):\n    {body}\n"
RAISING = HOOK.format(arguments="", body="raise RuntimeError('no licence')")
GREEDY = HOOK.format(arguments="project", body="return []")
LEAVING = HOOK.format(arguments="", body="raise SystemExit(3)")
NO_LIST = HOOK.format(arguments="", body="return 7")
ENDLESS = HOOK.format(arguments="", body="yield from iter(dict, None)")
FORGETFUL = HOOK.format(arguments="", body="[7]")
HALFWAY = HOOK.format(arguments="", body="yield None; raise KeyError('x')")


def failure_of(folder: Path, packages: Packages, code: str) -> Problem:
    """What is told of a plugin with this code."""
    packages.add("acme", code)
    registry = load_plugins(project(folder, "files", enabled=("acme",)))
    assert list(registry.sources) == ["files"]
    assert list(registry.failed) == ["acme"]
    failure = registry.failed["acme"].failure
    assert failure is not None
    return failure


@pytest.mark.parametrize(
    ("code", "line", "told"),
    [
        ("\nimport nothing_of_that_name", 2, "cannot be imported: ModuleNotFoundError: No module named"),
        ("1 / 0", 1, "cannot be imported: ZeroDivisionError: division by zero"),
        ("\n\ndef (", 3, "cannot be imported: SyntaxError: invalid syntax"),
        ("import sys\nsys.exit('bye')", 2, "cannot be imported: it tried to end the program (SystemExit: bye)"),
        ("raise ValueError", 1, "cannot be imported: ValueError: no message"),
        ("raise ValueError('a\\nb')", 1, "cannot be imported: ValueError: a"),
        ("raise ValueError('half \\udc80')", 1, r"cannot be imported: ValueError: half \udc80"),
        (RAISING, 4, "failed in trigpoint_sources: RuntimeError: no licence"),
        (LEAVING, 4, "failed in trigpoint_sources: it tried to end the program (SystemExit: 3)"),
        (HALFWAY, 4, "failed in trigpoint_sources: KeyError: 'x'"),
        (NO_LIST, None, "failed in trigpoint_sources: TypeError: 'int' object is not iterable"),
        (ENDLESS, None, "failed in trigpoint_sources: it gave more than 1000 things"),
        (GREEDY, 2, "has a hook that does not fit: trigpoint_sources: Argument(s) {'project'} are declared in the"),
        (FORGETFUL, 2, "failed: trigpoint_sources returned nothing: return a list"),
        ("class Bad(BaseException): pass\nraise Bad('x')", 2, "cannot be imported: Bad: x"),
        (HOOK.format(arguments="", body="raise GeneratorExit"), 4, "failed in trigpoint_sources: GeneratorExit: no"),
    ],
)
def test_a_broken_plugin_is_blamed_by_name(
    tmp_path: Path, packages: Packages, code: str, line: int | None, told: str
) -> None:
    """Whatever breaks in it, a plugin is named with its version, its file and line, the cause and the way out."""
    failure = failure_of(tmp_path, packages, code)
    assert failure.code == "TP707"
    assert failure.text.startswith(f"plugin 'acme' (acme-trigpoint 1.2) {told}")
    assert failure.place is not None
    assert (failure.place.file, failure.place.line) == (str(packages.root / "acme.py"), line)
    assert failure.hint == "mend or update it, or take it out of [plugins] enabled"
    assert len(str(failure).splitlines()) == 1


def test_a_failure_deep_in_a_package_is_placed_there(tmp_path: Path, packages: Packages) -> None:
    """The place is the last line of the plugin's own code, not of what that calls, and not of ours."""
    inner = packages.root / "acme_deep" / "inner.py"
    inner.parent.mkdir()
    (inner.parent / "__init__.py").write_text("from acme_deep import inner", encoding="utf-8")
    inner.write_text("import json\n\njson.loads('{')", encoding="utf-8")
    failure = failure_of(tmp_path, packages, "import acme_deep")
    assert (failure.place and failure.place.line) == 1
    packages.add("other", "", package="deep")
    (packages.root / "deep-1.2.dist-info" / "entry_points.txt").write_text("[trigpoint]\ndeep = acme_deep\n")
    failed = load_plugins(project(tmp_path, enabled=("deep",))).failed["deep"].failure
    assert failed is not None
    assert str(failed.place) == f"{inner}:3"


def test_a_package_without_its_module_is_blamed(tmp_path: Path, packages: Packages) -> None:
    """An installed package whose module is gone, or lacks what the entry point names, has failed."""
    packages.add("acme", SHEETS.format(name="sheets"), point="acme").unlink()
    failed = load_plugins(project(tmp_path, enabled=("acme",))).failed["acme"].failure
    assert failed is not None
    assert "cannot be imported: ModuleNotFoundError: No module named 'acme'" in failed.text
    packages.add("whole", SHEETS.format(name="sheets"))
    points = packages.root / "whole_trigpoint-1.2.dist-info" / "entry_points.txt"
    points.write_text("[trigpoint]\nwhole = whole:offers.sheets\n", encoding="utf-8")
    failed = load_plugins(project(tmp_path, enabled=("whole",))).failed["whole"].failure
    assert failed is not None
    assert "AttributeError: module 'whole' has no attribute 'offers'" in failed.text


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "trigpoint.signals.Stopped(15)"])
def test_a_request_to_end_is_no_fault_of_a_plugin(tmp_path: Path, packages: Packages, raised: str) -> None:
    """Ctrl-C, and a signal that arrives while a plugin is imported, end the program."""
    packages.add("acme", f"import trigpoint.signals\nraise {raised}")
    with pytest.raises((KeyboardInterrupt, Stopped)):
        load_plugins(project(tmp_path, enabled=("acme",)))


def test_a_keyboard_interrupt_of_its_own_is_a_fault_of_a_plugin(tmp_path: Path, packages: Packages) -> None:
    """Where Ctrl-C is caught otherwise, as by the command line, a plugin that raises KeyboardInterrupt has failed."""
    with listen_to_signals():
        failure = failure_of(tmp_path, packages, HOOK.format(arguments="", body="raise KeyboardInterrupt"))
    assert failure.text.endswith("failed in trigpoint_sources: KeyboardInterrupt: no message")


def test_what_a_plugin_writes_from_c_is_talk(
    tmp_path: Path, packages: Packages, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is written to file descriptor 1, or waits in a buffer of C, goes to stderr too; stdout is as it was."""
    code = "import ctypes, os, sys\nos.write(1, b'raw\\n')\nctypes.CDLL(None).puts(b'from C')\n"
    packages.add("acme", code + "print('aside', file=sys.__stdout__)\n" + HOOK.format(arguments="", body="return []"))
    load_plugins(project(tmp_path, enabled=("acme",)))
    os.write(1, b"ours\n")
    out, err = capfd.readouterr()
    assert (out, sorted(err.split())) == ("ours\n", ["C", "aside", "from", "raw"])


def test_what_a_plugin_prints_is_talk(tmp_path: Path, packages: Packages, capsys: pytest.CaptureFixture[str]) -> None:
    """What a plugin prints while it is imported or asked goes to stderr: stdout is data."""
    packages.add("acme", "print('loading')\n" + HOOK.format(arguments="", body="print('asked'); return []"))
    load_plugins(project(tmp_path, enabled=("acme",)))
    assert tuple(capsys.readouterr()) == ("", "loading\nasked\n")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("while True:\n    try:\n        1 + 1\n    except Exception:\n        pass", "cannot be imported"),
        (HOOK.format(arguments="", body="import time; time.sleep(60); return []"), "failed in trigpoint_sources"),
    ],
    ids=["on import", "in a hook"],
)
def test_a_plugin_that_never_comes_back_is_ended(
    tmp_path: Path, packages: Packages, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    """A loop, or a long wait, while a plugin is loaded ends after a while, and the timer is as it was."""
    monkeypatch.setattr(loading, "LOAD_SECONDS", 0.3)
    assert f"{told}: it took longer than 0.3 seconds" in failure_of(tmp_path, packages, code).text
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
