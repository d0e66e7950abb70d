"""Progress of a load: a bar on a terminal, a log line per source elsewhere, nothing where it is over at once."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from trigpoint.cli.output import console
from trigpoint.cli.printer import say

Watch = Callable[[str, int, int | None], None]
LOG_EVERY_SECONDS = 30.0


@contextmanager
def watch_load() -> Iterator[Watch]:
    """What to hand to a load: called with (source, done, total), total None where it is unknown."""
    if sys.stderr.isatty():
        with _bars() as watch:
            yield watch
        return
    yield _log()


@contextmanager
def _bars() -> Iterator[Watch]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as bars:
        tasks = {}

        def watch(source: str, done: int, total: int | None) -> None:
            if source not in tasks:
                tasks[source] = bars.add_task(source, total=total)
            bars.update(tasks[source], completed=done, total=total)

        yield watch


def _log() -> Watch:
    """A line when a source begins, and now and then while it goes on."""
    said: dict[str, float] = {}

    def watch(source: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if source not in said or now - said[source] >= LOG_EVERY_SECONDS:
            say(f"loading {source}", "loading", source=source, done=done, total=total)
            said[source] = now

    return watch
