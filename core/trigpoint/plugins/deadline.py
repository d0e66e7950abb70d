"""A limit of time for a stranger's code that runs in our own process: importing a plugin, and its hooks."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN_SECONDS = 1.0  # until it is told once more, should the code have swallowed it


class LateError(BaseException):
    """Raised where the code is. No Exception: `except Exception` of a stranger must not keep it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises LateError in what runs inside and takes longer.

    By a timer of the operating system, which Python heeds between two of its steps and in the main thread alone: code
    that never comes back from C is not ended. Elsewhere, or where somebody else uses the timer, there is no limit.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def late(_number: int, _frame: object) -> None:
        raise LateError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
