"""What the process of a plugin costs to start, and what is asked of it once it runs: PYTHONPATH=tests python -m bench.worker_start"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from support.plugged import feed, local_plugin, numbers
from trigpoint.workers import open_workers

STARTS, METRICS = 7, 20


def main() -> None:
    """Prints the least of several starts: processor time of the process, and time on the clock."""
    for before in ("", "import scipy.stats\n"):
        with tempfile.TemporaryDirectory() as folder:
            registry = local_plugin(Path(folder), {"none": "return []"}, before=before)
            starts = []
            for _ in range(STARTS):
                used, began = _used(), time.perf_counter()
                with open_workers(registry) as workers:
                    workers.values(feed("none"), numbers(("A", [1.0])))
                    started = time.perf_counter() - began
                    began = time.perf_counter()
                    for _ in range(METRICS):
                        workers.values(feed("none"), numbers(("A", [1.0])))
                    more = (time.perf_counter() - began) / METRICS
                starts.append((_used() - used, started, more))
        cpu, started, more = (min(each) * 1000 for each in zip(*starts, strict=True))
        print(
            f"{before.strip() or 'empty':<22} {cpu:4.0f} ms of a core, {started:4.0f} ms to the first answer, {more:.1f} ms to the next"
        )


def _used() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    main()
