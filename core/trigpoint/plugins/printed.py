"""stdout is data that other programs read: what a stranger's code prints goes to stderr."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress


@contextmanager
def stdout_kept(*, foreign: bool = True) -> Iterator[None]:
    """Whatever is printed inside goes to stderr; of `foreign` code also what is written to file descriptor 1 itself."""
    with redirect_stdout(sys.stderr):
        if not foreign:
            yield
            return
        with _descriptor_kept():
            yield


@contextmanager
def _descriptor_kept() -> Iterator[None]:
    """File descriptor 1 is 2 inside. What is buffered there, in C too, is written before it is 1 again."""
    try:
        kept = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 3)  # never 2, should that be closed
    except OSError:  # closed: there is nothing to keep
        yield
        return
    try:
        _flush_python()  # what is ours
        _point_at_stderr()
        yield
    finally:
        _flush_python()
        _flush_c()
        os.dup2(kept, 1)
        os.close(kept)


def _point_at_stderr() -> None:
    try:
        os.dup2(2, 1)
    except OSError:  # there is no stderr: nobody reads what is said
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)


def _flush_python() -> None:
    if sys.__stdout__ is not None:
        with suppress(OSError, ValueError):  # nobody reads it any more, which whoever writes next is told
            sys.__stdout__.flush()


def _flush_c() -> None:
    try:
        import ctypes

        ctypes.CDLL(None).fflush(None)
    except (ImportError, OSError, AttributeError, TypeError):  # a system whose library of C is found otherwise
        return
