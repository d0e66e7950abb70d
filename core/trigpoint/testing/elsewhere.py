"""A metric's function in another process: other hashes of texts, another time zone, an empty environment, and a guard that
notes what it forbids, also where the function does not mind.

`python -m trigpoint.testing.elsewhere FOLDER` reads `asked.pickle` there and writes `answer.json`.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

from trigpoint.model.offer import FunctionMetric, MetricRequest
from trigpoint.model.plugin import Plugin
from trigpoint.plugins.loading import load_offers
from trigpoint.testing.direct import Given, answered, whole
from trigpoint.workers import confine
from trigpoint.workers.places import own_place
from trigpoint.workers.values import Cell
from trigpoint.workers.wire import Packed, unpack

ZONES = ("Pacific/Kiritimati", "America/Anchorage")  # of the process with the seed 1, 2
_PASSED = ("PATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONHOME", "SYSTEMROOT")


@frozen
class Elsewhere:
    """What came of it: the cells of each batch, what the guard forbade, and the variables of the environment that were changed."""

    cells: tuple[tuple[Cell, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    failure: str = ""


@frozen
class Task:
    """What a process is to compute: batches of a metric of a plugin."""

    plugin: Plugin
    metric: str
    given: Sequence[tuple[Packed, MetricRequest]]


def computed_elsewhere(
    plugin: Plugin, metric: str, given: Sequence[Given], processes: int = len(ZONES)
) -> tuple[Elsewhere, ...]:
    """The answers of some processes, each with another seed for the hashes of texts."""
    task = pickle.dumps(Task(plugin, metric, [(each.packed, each.request) for each in given]))
    with tempfile.TemporaryDirectory(prefix="trigpoint-elsewhere-") as name:
        folders = [Path(name) / str(seed) for seed in range(1, processes + 1)]
        started = [_started(folder, task, seed) for seed, folder in enumerate(folders, 1)]
        printed = [process.communicate()[0] for process in started]
        return tuple(_answer(folder, text) for folder, text in zip(folders, printed, strict=True))


def _started(folder: Path, task: bytes, seed: int) -> subprocess.Popen[bytes]:
    folder.mkdir()
    (folder / "asked.pickle").write_bytes(task)
    own = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR"), str(folder))
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    path = os.pathsep.join(str(Path(each).absolute()) for each in sys.path)
    environment = {**passed, **own, "PYTHONPATH": path, "PYTHONHASHSEED": str(seed), "TZ": ZONES[seed - 1]}
    return subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-P", "-B", "-m", "trigpoint.testing.elsewhere", str(folder)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _answer(folder: Path, printed: bytes) -> Elsewhere:
    try:
        told = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Elsewhere(failure=printed.decode(errors="replace").strip() or "it ended its process")
    cells = tuple(map(tuple, told["cells"]))
    return Elsewhere(cells, tuple(told["forbidden"]), tuple(told["changed"]), told["failure"])


def main(folder: Path) -> None:
    """Compute what is asked for in a folder."""
    task: Task = pickle.loads((folder / "asked.pickle").read_bytes())  # noqa: S301  # the parent has written it
    forbidden: list[str] = []
    _note(forbidden, task.plugin)
    confine.guard(str(folder))
    cells: list[list[Cell]] = []
    failure, before = "", dict(os.environ)
    try:
        offered = load_offers(task.plugin).metrics
        metric = next(each for each in offered if isinstance(each, FunctionMetric) and each.name == task.metric)
        before = dict(os.environ)
        for packed, request in task.given:
            cells.append(answered(metric, whole(metric, unpack(packed)), request).cells)
    except BaseException as error:  # noqa: BLE001  # a stranger's code may raise anything
        failure = f"{type(error).__name__}: {error}"
    changed = sorted(name for name in before.keys() | os.environ.keys() if before.get(name) != os.environ.get(name))
    told: Mapping[str, object] = {"cells": cells, "forbidden": forbidden, "changed": changed, "failure": failure}
    (folder / "answer.json").write_text(json.dumps(told), encoding="utf-8")


def _note(forbidden: list[str], plugin: Plugin) -> None:
    """Have each refusal of the guard noted with the line of the plugin that asked for it."""

    class NotedError(confine.ForbiddenError):
        def __init__(self, text: str) -> None:
            super().__init__(text)
            frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_stack(None))
            place = own_place(frames, plugin)
            if place is not None:
                forbidden.append(f"{place.file}:{place.line}: {text}")

    confine.ForbiddenError = NotedError  # type: ignore[assignment,misc]  # what the guard raises, by its name


if __name__ == "__main__":
    main(Path(sys.argv[1]))
