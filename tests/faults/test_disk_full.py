"""A disk that is full at any page: exit code 74, the store as it was, and the next run succeeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.check_store import check_store, published
from support.faults import fresh_copy, no_transaction, prepared, run
from trigpoint.errors import DiskError
from trigpoint.model.run import Evaluation
from trigpoint.store import Store, open_store, publish, run_lock, start_run


def fill(path: Path, evaluation: Evaluation, folder: Path) -> tuple[int, list[str]]:
    """Publishes with ever more pages free until it succeeds: how often it failed, and what was wrong after."""
    found: list[str] = []
    for spare in range(200):
        copy = fresh_copy(path, folder)
        before = published(copy)
        with run_lock(copy), open_store(copy, "write") as store:
            pages = store.first("PRAGMA page_count")
            number = start_run(store, evaluation.ruleset, evaluation.as_of)
            assert pages is not None
            store.connection.execute(f"PRAGMA max_page_count = {int(str(pages[0])) + spare}")
            try:
                publish(store, evaluation, number)
            except DiskError:
                found += [] if published(copy) == before else [f"something else is published, with {spare} pages"]
            else:
                return spare, found
        found += check_store(copy)
        run(copy, evaluation)
        found += check_store(copy)
    raise AssertionError("it never succeeded")


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    """Whichever page is the first that finds no room, nothing of the run is published, and it can be run again."""
    path, evaluation = prepared(tmp_path)
    failures, found = fill(path, evaluation, tmp_path / "full")
    assert found == []
    assert failures >= 5


def test_the_harness_sees_a_publish_that_is_no_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted fault: were each statement committed by itself, a full disk would be seen to tear the run."""
    path, evaluation = prepared(tmp_path)
    monkeypatch.setattr(Store, "transaction", no_transaction)
    assert fill(path, evaluation, tmp_path / "full")[1]
