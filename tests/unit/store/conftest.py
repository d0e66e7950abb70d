"""A store in a folder of its own, and short ways to publish into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.scratch import a_portfolio
from trigpoint.model.run import Evaluation
from trigpoint.store import Published, Store, open_store, publish, start_run

Publish = Callable[..., Published]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "trigpoint.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store, open to write."""
    with open_store(path, "write") as opened:
        yield opened


@pytest.fixture
def published(store: Store, tmp_path: Path) -> Publish:
    """Starts and publishes a run of a date: of a given evaluation, or one in which every figure is `stamp`."""

    def do(day: dt.date, evaluation: Evaluation | None = None, *, stamp: float = 50.0, **options: object) -> Published:
        evaluation = evaluation or a_portfolio(tmp_path / "scratch.db", day, stamp)
        run = start_run(store, evaluation.ruleset, day)
        return publish(store, evaluation, run, **options)

    return do
