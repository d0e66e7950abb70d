"""A run that is killed at any step leaves a sound store with the last published runs, and the next run succeeds."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from support.check_store import check_store, published
from support.faults import Steps, fresh_copy, in_child, limit_files, no_transaction, prepared, run
from trigpoint.model.run import Evaluation
from trigpoint.store import Store

Work = Callable[[Path], None]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Evaluation, Path]:
    """A store, what is to be published next, and a folder to do harm in."""
    folder = tmp_path_factory.mktemp("kill")
    path, evaluation = prepared(folder)
    return path, evaluation, folder / "harm"


def violations(case: tuple[Path, Evaluation, Path], path: Path, work: Work, deaths: list[int]) -> list[str]:
    """What is wrong after doing the work on a copy of the store, in a child that may die, and running once more."""
    source, evaluation, harm = case
    copy = fresh_copy(path, harm)
    before = _before(source) if path == source else {}
    deaths.append(in_child(lambda: work(copy)))
    found: list[str] = []
    if copy.exists():
        found += check_store(copy, running=deaths[-1] != 0)
        found += (
            [] if published(copy) in (before, _after(case, path)) else ["neither the state before nor the one after"]
        )
    run(copy, evaluation)
    found += check_store(copy)
    return found + ([] if published(copy) == _after(case, path) else ["the next run publishes something else"])


_before = cache(published)
_AFTER: dict[Path, dict[str, str]] = {}


def _after(case: tuple[Path, Evaluation, Path], path: Path) -> dict[str, str]:
    if path not in _AFTER:
        done = fresh_copy(path, case[2].with_name("done"))
        run(done, case[1])
        _AFTER[path] = published(done)
    return _AFTER[path]


def count_steps(path: Path, evaluation: Evaluation, folder: Path) -> int:
    """How many steps the run takes."""
    steps = Steps()
    run(fresh_copy(path, folder), evaluation, steps)
    return steps.seen


def kill_everywhere(case: tuple[Path, Evaluation, Path], path: Path, points: int) -> list[str]:
    """Kills the run at so many steps, evenly spread: all that was found wrong."""
    _, evaluation, harm = case
    total = count_steps(path, evaluation, harm.with_name("dry"))
    found: list[str] = []
    deaths: list[int] = []
    for fatal in sorted({1 + at * total // points for at in range(points)}):
        found += violations(case, path, lambda copy, at=fatal: run(copy, evaluation, Steps(at)), deaths)
    assert deaths.count(-signal.SIGKILL) == len(deaths) > points // 2
    return found


def test_a_run_may_be_killed_at_any_step(case: tuple[Path, Evaluation, Path]) -> None:
    """Killed while replacing a run with new columns, the store holds the state before or the one after, nothing else."""
    assert kill_everywhere(case, case[0], 50) == []


def test_the_first_run_may_be_killed_at_any_step(case: tuple[Path, Evaluation, Path]) -> None:
    """Killed while the store is made, there is no store, an empty one, or a whole one; the next run makes the rest."""
    assert kill_everywhere(case, case[2].with_name("nothing") / "trigpoint.db", 25) == []


@pytest.mark.parametrize("deadly", [True, False])
def test_a_write_may_stop_at_any_byte(case: tuple[Path, Evaluation, Path], deadly: bool) -> None:
    """Writes that are cut short, deadly or as an error of the disk, are rolled back; an error ends with 74."""
    path, evaluation, _ = case

    def work(copy: Path, size: int) -> None:
        limit_files(size, deadly=deadly)
        run(copy, evaluation)

    found: list[str] = []
    ends: list[int] = []
    for size in (*range(0, 40_000, 4_003), *range(40_000, 200_000, 12_011)):
        found += violations(case, path, lambda copy, size=size: work(copy, size), ends)
    assert found == []
    assert set(ends) == {-signal.SIGXFSZ if deadly else 74, 0}


def test_the_harness_sees_a_publish_that_is_no_transaction(
    case: tuple[Path, Evaluation, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: were each statement committed by itself, kills would be seen to tear runs."""
    _after(case, case[0])
    monkeypatch.setattr(Store, "transaction", no_transaction)
    assert kill_everywhere(case, case[0], 10)


@pytest.mark.soak
def test_a_run_may_be_killed_at_every_single_step(case: tuple[Path, Evaluation, Path]) -> None:
    """The same, at all steps there are."""
    for path in (case[0], case[2].with_name("nothing") / "trigpoint.db"):
        assert kill_everywhere(case, path, count_steps(path, case[1], case[2].with_name("dry"))) == []
