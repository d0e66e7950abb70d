"""Doing harm to a run: killing it at any step, taking its disk away, letting it race with others."""

from __future__ import annotations

import datetime as dt
import os
import resource
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from attrs import define

from support.scratch import a_measure, a_portfolio, a_ruleset, a_scorecard
from trigpoint.errors import TrigpointError
from trigpoint.model.run import Evaluation
from trigpoint.store import mark, open_store, publish, run_lock, start_run

FIRST, SECOND = dt.date(2026, 1, 1), dt.date(2026, 1, 2)
_OPCODES = 400  # of SQLite between two steps
_CALLS = {
    "connect",
    "execute",
    "executemany",
    "open",
    "close",
    "fsync",
    "replace",
    "unlink",
    "ftruncate",
    "pwrite",
    "flock",
}


@define
class Steps:
    """Counts the steps of a run: every call to SQLite and the system, and within SQLite every so many opcodes.

    At the step `fatal` the process is killed, as `kill -9` would.
    """

    fatal: int | None = None
    seen: int = 0

    def tick(self) -> None:
        """One step more."""
        self.seen += 1
        if self.seen == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def called(self, _frame: FrameType, event: str, function: object) -> None:
        """What `sys.setprofile` calls."""
        if event in ("c_call", "c_return") and getattr(function, "__name__", "") in _CALLS:
            self.tick()


def in_child(work: Callable[[], None]) -> int:
    """Does the work in a forked process: its exit code, or minus the number of the signal that ended it."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        work()
        code = 0
    except TrigpointError as error:
        code = error.exit_code
    except BaseException:  # noqa: BLE001  # the child ends here, whatever it was
        traceback.print_exc()
    finally:
        os._exit(code)


def run(path: Path, evaluation: Evaluation, steps: Steps | None = None) -> None:
    """A whole run as the program does it: lock, open, start, load, evaluate, publish."""
    steps = steps or Steps()
    sys.setprofile(steps.called)
    try:
        with run_lock(path), open_store(path, "write") as store:
            store.connection.set_progress_handler(steps.tick, _OPCODES)
            number = start_run(store, evaluation.ruleset, evaluation.as_of)
            mark(store, number, "loaded")
            mark(store, number, "evaluated")
            publish(store, evaluation, number)
    finally:
        sys.setprofile(None)


def prepared(folder: Path) -> tuple[Path, Evaluation]:
    """A store with two runs, and an evaluation that replaces the second one and adds a scorecard and columns."""
    path = folder / "before" / "trigpoint.db"
    path.parent.mkdir()
    for day, stamp in ((FIRST, 10.0), (SECOND, 20.0)):
        run(path, a_portfolio(folder / "scratch.db", day, stamp))
    more = [a_measure("adoption", "active_users"), a_measure("seats", "seat_use"), a_measure("mood", "nps")]
    cards = (a_scorecard(measures=more, family="all_accounts"), a_scorecard("growth", more[2:]))
    ruleset = a_ruleset(*cards, fingerprint="e" * 64)
    return path, a_portfolio(folder / "next.db", SECOND, 30.0, subjects=60, ruleset=ruleset)


def fresh_copy(path: Path, folder: Path) -> Path:
    """The store and what lies beside it, in a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(path.parent, folder) if path.parent.exists() else folder.mkdir()
    return folder / path.name


def limit_files(size: int, *, deadly: bool) -> None:
    """No file of this process may grow beyond `size` bytes: the write that would is cut short, and deadly or fails."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if deadly else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@contextmanager
def no_transaction(self: object) -> Iterator[sqlite3.Connection]:
    """A planted fault: each statement for itself. Put in the place of `Store.transaction`."""
    yield self.connection  # type: ignore[attr-defined]  # a store
