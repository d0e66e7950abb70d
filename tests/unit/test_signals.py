"""A request to end that is lost inside a call from SQLite, or in a stranger's code, is heard all the same."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

import pytest

import trigpoint.evaluate
from support.health_project import write_health_project
from trigpoint import load_project, run_project
from trigpoint.signals import Stopped, caught_signal, listen_to_signals, stop_if_asked
from trigpoint.store import open_store, run_of
from trigpoint.warehouse import sqlite


def swallowed() -> None:
    """SIGTERM arrives, and what it raises goes nowhere."""
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.sigtimedwait([], 1)
    except Stopped:
        return
    raise AssertionError("the signal did not arrive")


def test_an_interrupted_statement_was_stopped() -> None:
    """What SQLite tells after it swallowed the exception is not told as a fault of the rules."""
    error = sqlite3.OperationalError("interrupted")
    assert sqlite._explained(error, "a", late=False).problems[0].code == "TP505"
    with listen_to_signals():
        swallowed()
        with pytest.raises(Stopped):
            sqlite._explained(error, "a", late=False)
    assert caught_signal() is None
    stop_if_asked()


def test_nothing_is_published_after_a_request_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was asked to end publishes nothing, whatever became of the exception."""
    project = load_project(write_health_project(tmp_path, 50))
    first = run_project(project)
    evaluate = trigpoint.evaluate.evaluate

    def stopped(*args: object, **options: object) -> object:
        found = evaluate(*args, **options)  # type: ignore[arg-type]  # as it is called
        swallowed()
        return found

    monkeypatch.setattr(trigpoint.evaluate, "evaluate", stopped)
    with listen_to_signals(), pytest.raises(Stopped):
        run_project(project)
    with open_store(project.store_path) as store:
        assert run_of(store).published_at is not None
        assert run_of(store).id == first.run
        statuses = [status for (status,) in store.rows("SELECT status FROM runs ORDER BY id", ())]
    assert statuses == ["published", "failed"]
