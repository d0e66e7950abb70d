"""Many runs that start at the same moment: exactly one runs."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from pathlib import Path

from support.check_store import check_store
from support.faults import FIRST, run
from support.scratch import a_portfolio
from trigpoint.errors import LockedError
from trigpoint.store import open_store, run_lock
from trigpoint.store.lock import lock_path
from trigpoint.store.read import runs

STARTS = 20


def start_together(path: Path, tidy: bool = False) -> Counter[str]:
    """So many processes ask for the lock at one moment and keep what they got until all have asked: what they got.

    `tidy`: a planted fault, each removes the file of the lock first, as programs do that tidy up after themselves.
    """
    context = multiprocessing.get_context("fork")  # spawn would take the time of the test for imports
    barrier, answers = context.Barrier(STARTS), context.SimpleQueue()

    def start() -> None:
        barrier.wait()
        if tidy:
            lock_path(path).unlink(missing_ok=True)
        with run_lock(path):
            answers.put("runs")
            barrier.wait()

    def one() -> None:
        try:
            start()
        except LockedError as error:
            answers.put(f"exit {error.exit_code}")
            barrier.wait()

    processes = [context.Process(target=one) for _ in range(STARTS)]
    for process in processes:
        process.start()
    got = Counter(answers.get() for _ in processes)
    for process in processes:
        process.join(10)
    return got


def test_of_twenty_starts_one_runs(tmp_path: Path) -> None:
    """One process gets the lock, nineteen end with exit code 75; afterwards anyone may run."""
    path = tmp_path / "trigpoint.db"
    assert start_together(path) == {"runs": 1, "exit 75": STARTS - 1}
    run(path, a_portfolio(tmp_path / "scratch.db", FIRST, 1.0))
    with open_store(path) as store:
        assert [each.status for each in runs(store)] == ["published"]
    assert check_store(path) == ()


def test_the_harness_sees_a_lock_that_is_tidied_away(tmp_path: Path) -> None:
    """Planted fault: were the lock's file removed, several would be seen to run."""
    assert start_together(tmp_path / "trigpoint.db", tidy=True)["runs"] > 1
