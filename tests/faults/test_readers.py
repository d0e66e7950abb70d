"""Readers and runs at the same time: no reader sees half a run, waits, or fails."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from support.faults import FIRST, SECOND, no_transaction, run
from support.scratch import a_portfolio
from trigpoint.errors import TrigpointError
from trigpoint.store import Store, findings, open_store, run_of, scores, values

SUBJECTS = 30
FEWEST = 10  # publishes, however busy the machine is


def look(path: Path) -> str:
    """Reads the current run as a command does; says 'whole', or in which way it was not."""
    try:
        with open_store(path) as store:
            current = run_of(store)
            stamps = [row.score for row in scores(store, current, "health")]
            stamps += [row.value("active_users") for row in values(store, current, "account")]
            said = [finding.text for finding in findings(store, current)]
            count = current.counts["health"]["outcomes"]["scored"]
    except (TrigpointError, sqlite3.Error) as error:
        return f"failed: {error}"
    whole = len(stamps) == 2 * count and len(set(stamps)) == 1 and said == [f"stamp {stamps[0]}"]
    return "whole" if whole else "torn"


def keep_looking(path: Path, stop: Event, report: Path) -> None:
    """Looks until it is told to stop, and reports what it saw how often."""
    seen: Counter[str] = Counter()
    while not stop.is_set():
        seen[look(path)] += 1
    report.write_text(json.dumps(seen))


def observed(folder: Path, seconds: float, readers: int, publish_one: Callable[[int], None]) -> Counter[str]:
    """What so many readers saw while runs were published for so long, and ten times at least."""
    path = folder / "trigpoint.db"
    publish_one(0)
    context = multiprocessing.get_context("fork")  # spawn would take the time of the test for imports
    stop = context.Event()
    reports = [folder / f"report-{reader}.json" for reader in range(readers)]
    processes = [context.Process(target=keep_looking, args=(path, stop, report)) for report in reports]
    for process in processes:
        process.start()
    end, turn = time.monotonic() + seconds, 0
    while time.monotonic() < end or turn < FEWEST:
        turn += 1
        publish_one(turn)
    stop.set()
    for process in processes:
        process.join(30)
    seen = sum((Counter(json.loads(report.read_text())) for report in reports), Counter())
    seen["published"] = turn
    return seen


def publishing(folder: Path) -> Callable[[int], None]:
    """Publishes the newest date again and again, and now and then an older one; each time all figures are new."""

    def do(turn: int) -> None:
        day = FIRST if turn % 3 == 2 else SECOND
        run(folder / "trigpoint.db", a_portfolio(folder / "scratch.db", day, float(turn), SUBJECTS))

    return do


def only_whole(seen: Counter[str], reads: int) -> None:
    assert set(seen) == {"whole", "published"}
    assert seen["whole"] >= reads
    assert seen["published"] >= FEWEST


def test_readers_see_whole_runs_only(tmp_path: Path) -> None:
    """Two readers look at every state of the store while runs are published: none is torn, none is refused."""
    only_whole(observed(tmp_path, 2.0, 2, publishing(tmp_path)), 200)


def test_the_harness_sees_a_publish_that_is_no_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted fault: were each statement committed by itself, readers would see torn runs."""
    monkeypatch.setattr(Store, "transaction", no_transaction)
    seen = observed(tmp_path, 1.0, 1, publishing(tmp_path))
    assert set(seen) - {"whole", "published"}


@pytest.mark.soak
def test_readers_see_whole_runs_only_for_a_long_time(tmp_path: Path) -> None:
    """Three readers, a minute, and ten thousand looks at the whole run (25,000 were counted on two busy cores)."""
    only_whole(observed(tmp_path, 60, 3, publishing(tmp_path)), 10_000)
