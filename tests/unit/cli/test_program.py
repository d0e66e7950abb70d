"""How the program ends: signals, broken pipes, bugs, refusals of the system."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.terminal import plain_environment, run_on_terminal
from trigpoint.cli import check
from trigpoint.signals import Stopped

COMMAND = [sys.executable, "-m", "trigpoint"]


def _failing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise error

    monkeypatch.setattr(check, "project_root", fail)


def test_a_bug_is_one_line_and_exit_1(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw ends with 1, one line that says where, and how to see all of it."""
    _failing(RuntimeError("what\nnow"), monkeypatch)
    answer = command_line("check")
    assert (answer.code, answer.codes, answer.out) == (1, ["TP399"], "")
    assert "RuntimeError: what now at test_program.py:" in answer.err
    assert "TRIGPOINT_DEBUG=1" in answer.err
    monkeypatch.setenv("TRIGPOINT_DEBUG", "1")
    assert "Traceback" in command_line("check").err


@pytest.mark.parametrize(
    ("number", "code", "exit_code"),
    [
        (errno.ENOSPC, "TP361", 74),
        (errno.EIO, "TP361", 74),
        (errno.EACCES, "TP362", 77),
        (errno.EROFS, "TP360", 73),
        (errno.ENOTDIR, "TP360", 73),
        (errno.EBADF, "TP399", 1),
    ],
)
def test_refusals_of_the_system_have_their_codes(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, number: int, code: str, exit_code: int
) -> None:
    """Full disks, missing rights and missing folders are told as such; other errors of the system are bugs."""
    _failing(OSError(number, os.strerror(number), "/srv/x"), monkeypatch)
    answer = command_line("check")
    assert (answer.code, answer.codes) == (exit_code, [code])


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_soon_and_cleanly(tmp_path: Path, number: int, code: int) -> None:
    """Ctrl-C and SIGTERM end a run within 2 seconds, with 130 and 143; nothing is published, the next run succeeds."""
    subprocess.run([*COMMAND, "demo", "d", "--accounts", "50"], cwd=tmp_path, check=True, capture_output=True)
    project = tmp_path / "d"
    settings = project / "trigpoint.toml"
    settings.write_text(settings.read_text().replace("accounts = 50", "accounts = 20000"))
    process = subprocess.Popen(
        [*COMMAND, "run", "--as-of", "2026-06-29"], cwd=project, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "loading usage" in line:
            break
    process.send_signal(number)
    began = time.monotonic()
    process.communicate(timeout=20)
    assert process.returncode == code
    assert time.monotonic() - began < 2
    assert list(project.glob("*.scratch*")) == []
    settings.write_text(settings.read_text().replace("accounts = 20000", "accounts = 50"))
    (project / "data.db").unlink()  # some tables are of the large company already; a fall to the small one is refused
    assert subprocess.run([*COMMAND, "run"], cwd=project, capture_output=True, check=False).returncode == 0


def test_a_signal_that_sqlite_swallowed_still_tells(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that a call back from SQLite lost on the way ends with the code of the signal all the same."""

    def swallow() -> Path:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)
        except Stopped:
            raise RuntimeError("interrupted") from None
        raise AssertionError("the signal did not arrive")

    monkeypatch.setattr(check, "project_root", swallow)
    answer = command_line("check")
    assert (answer.code, answer.err) == (143, "")
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_reader_that_goes_away_is_no_error(published: Path) -> None:
    """`trigpoint scores health | head -1` ends without a word."""
    script = f"{sys.executable} -m trigpoint scores health --format csv; echo code $? >&2"
    done = subprocess.run(
        ["/bin/sh", "-c", f"({script}) | true"], cwd=published, capture_output=True, text=True, check=True
    )
    assert done.stderr == "code 0\n"


def test_a_terminal_gets_drawn_tables(published: Path) -> None:
    """On a terminal tables are drawn and fit its width; NO_COLOR leaves no escape sequence."""
    code, shown = run_on_terminal(f"{sys.executable} -m trigpoint scores health", published, plain_environment())
    assert code == 0
    assert "────" in shown
    assert max(map(len, shown.splitlines())) <= 110
    code, shown = run_on_terminal(f"{sys.executable} -m trigpoint explain health A-17", published, plain_environment())
    assert "Acme (A-17): at risk, 27.7 of 100" in shown
    assert max(map(len, shown.splitlines())) <= 110


def test_a_load_on_a_terminal_shows_progress_and_leaves_no_log(tmp_path: Path) -> None:
    """On a terminal there is a bar while it lasts and no JSON."""
    shutil.copytree(Path(__file__).parent / "small", tmp_path / "small")
    code, shown = run_on_terminal(f"{sys.executable} -m trigpoint load", tmp_path / "small", plain_environment())
    assert code == 0
    assert '"event"' not in shown
    assert "usage: 11 rows, 1 quarantined, newest 2026-03-31" in shown
