"""Ctrl-C and requests to end: one way out for both, with the exit code that shells expect."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_caught: list[int] = []  # filled by the handler alone: a signal is news from outside, not state of the program


class Stopped(BaseException):
    """The process was asked to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def caught_signal() -> int | None:
    """The signal that arrived, if one did.

    Where it arrives inside a call from SQLite the exception is lost on the way and shows up as an interrupted
    statement; the number still tells what it was.
    """
    return _caught[0] if _caught else None


def stop_if_asked() -> None:
    """Raises Stopped if a signal arrived: after a fault that may only be what was left of it, and before what cannot be undone."""
    if _caught:
        raise Stopped(_caught[0])


def asked_to_end(error: BaseException) -> bool:
    """Whether an error that a stranger's code raised asks the process to end; raises Stopped if it is what a signal left.

    A KeyboardInterrupt is Ctrl-C only where nothing of ours listens to that.
    """
    if isinstance(error, Stopped):
        return True
    stop_if_asked()
    return isinstance(error, KeyboardInterrupt) and signal.getsignal(signal.SIGINT) is signal.default_int_handler


@contextmanager
def listen_to_signals() -> Iterator[None]:
    """While inside, SIGINT and SIGTERM raise Stopped; afterwards they do what they did before."""
    _caught.clear()
    try:
        before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not the main thread: the signals are not ours to catch
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _caught.clear()


def _stop(number: int, _frame: FrameType | None) -> None:
    _caught.append(number)
    raise Stopped(number)
