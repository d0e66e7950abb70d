"""What the process of a plugin leaves behind: nothing; and what it runs: what was noted."""

from __future__ import annotations

import contextlib
import os
import py_compile
import tempfile
import time
from pathlib import Path

import pytest

from support.plugged import feed, local_plugin, numbers
from trigpoint.model.plugin import Registry
from trigpoint.workers import PluginFailedError, open_workers
from trigpoint.workers.folders import OwnFolder

BODIES = {
    "sound": "return [(key, float(len(cells['x']))) for key, cells in rows.subjects()]",
    "crashes": "import ctypes\nctypes.string_at(0)",
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A plugin that is sound, and one that is not."""
    return local_plugin(tmp_path_factory.mktemp("plugin"), BODIES)


FORKS = """
import ctypes, os, time
if ctypes.CDLL(None).fork() == 0:
    time.sleep(600)
"""


@pytest.mark.parametrize("how", ["return [(key, 1.0) for key in rows.keys]", "os._exit(3)", "time.sleep(600)"])
def test_what_it_started_goes_with_it(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A process that got around the guard, and holds the pipes open, does not hold up the run, and is ended."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_workers(local_plugin(tmp_path, {"forks": FORKS + how}), 2.0) as workers:
        with contextlib.suppress(PluginFailedError):
            workers.values(feed("forks"), numbers(("A", [1.0])))
            assert len(living(tmp_path)) == 2
        workers.close()
        for _ in range(100):
            if not living(tmp_path):
                break
            time.sleep(0.05)
        assert living(tmp_path) == []
    assert list(tmp_path.glob("trigpoint-*")) == []


def living(folder: Path) -> list[str]:
    """The processes that are at work in a folder, or in one that was there."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if os.readlink(each).startswith(f"{folder}/"):
                found.append(each.parent.name)
    return found


def test_a_process_that_cannot_be_started(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where no pipe can be made any more the metric fails, and nothing is left behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = os.pipe

    def few() -> tuple[int, int]:
        monkeypatch.setattr(os, "pipe", none)
        return made()

    def none() -> tuple[int, int]:
        raise OSError(24, "Too many open files")

    before = len(os.listdir("/proc/self/fd"))
    for first in (none, few):
        monkeypatch.setattr(os, "pipe", first)
        with open_workers(registry) as workers, pytest.raises(PluginFailedError, match="Too many open files"):
            workers.values(feed("sound"), numbers(("A", [1.0])))
    assert list(tmp_path.iterdir()) == []
    assert len(os.listdir("/proc/self/fd")) == before


def test_what_killed_runs_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The folder of a run that is gone is removed by the next one; that of one that lives is not, nor anything else."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("trigpoint-worker-left", "trigpoint-other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "trigpoint-worker-link").symlink_to(tmp_path / "trigpoint-other")
    alive = OwnFolder()
    with open_workers(Registry()):
        pass
    assert {each.name for each in tmp_path.iterdir()} == {
        Path(alive.path).name,
        "trigpoint-other",
        "trigpoint-worker-link",
    }
    alive.remove()
    assert (tmp_path / "trigpoint-other" / "file").exists()


def test_no_folder_is_left(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The folder of a process goes with it, whether it ends well or was ended."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_workers(registry) as workers:
        with pytest.raises(PluginFailedError):
            workers.values(feed("crashes"), numbers(("A", [1.0])))
        workers.values(feed("sound"), numbers(("A", [1.0])))
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changed_while_the_run_went_on(tmp_path: Path):
    """What computes is the version that is noted: a file that was replaced after it was looked at is not run."""
    registry = local_plugin(tmp_path, {"mean": "return [('A', 1.0)]"})
    file = Path(registry.plugins["acme"].file)
    file.write_text(file.read_text(encoding="utf-8").replace("1.0", "2.0"), encoding="utf-8")
    with open_workers(registry) as workers, pytest.raises(PluginFailedError) as raised:
        workers.values(feed("mean"), numbers(("A", [1.0])))
    (problem,) = raised.value.problems
    assert problem.code == "TP714"
    assert "its file has changed since the run began; run again" in problem.text


def test_what_was_compiled_before_is_not_run(tmp_path: Path):
    """A .pyc of another content with the same size and second is no match for a version."""
    file = Path(local_plugin(tmp_path, {"mean": "return [('A', 1.0)]"}).plugins["acme"].file)
    os.utime(file, (1000, 1000))
    py_compile.compile(str(file))
    registry = local_plugin(tmp_path, {"mean": "return [('A', 2.0)]"})
    os.utime(file, (1000, 1000))
    with open_workers(registry) as workers:
        assert workers.values(feed("mean"), numbers(("A", [1.0]))).rows[0][1] == 2.0
