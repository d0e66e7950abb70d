"""One run at a time."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from trigpoint.errors import LockedError
from trigpoint.store import run_lock
from trigpoint.store.lock import lock_path


def test_the_second_is_told_who_holds_it(path: Path) -> None:
    """Who finds the lock taken ends at once with exit code 75, and one line names the process and since when."""
    with run_lock(path), pytest.raises(LockedError) as error, run_lock(path):
        pass
    said = re.escape(f"{lock_path(path)} is held by process {os.getpid()} since ")
    assert re.search(said + r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", str(error.value))
    assert (error.value.exit_code, str(error.value).count("\n")) == (75, 0)


def test_the_lock_file_stays(path: Path) -> None:
    """The file is never removed, and says nothing once no one holds it."""
    with run_lock(path):
        first = lock_path(path).stat().st_ino
    with run_lock(path):
        assert lock_path(path).stat().st_ino == first
    assert lock_path(path).read_text() == ""


def test_the_lock_is_let_go_when_a_run_fails(path: Path) -> None:
    """An error inside lets go of the lock."""
    with pytest.raises(RuntimeError), run_lock(path):
        raise RuntimeError
    with run_lock(path):
        pass
