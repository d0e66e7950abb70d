"""One run at a time: a lock on a file beside the store, held for the life of a run."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trigpoint.errors import LockedError
from trigpoint.store.failures import told


def lock_path(store: Path) -> Path:
    """The file that is locked, `trigpoint.db.lock`. It is never removed: removing it would give two holders."""
    return store.with_name(store.name + ".lock")


@contextmanager
def run_lock(store: Path) -> Iterator[Path]:
    """Holds the lock of a store, or raises LockedError at once, saying who holds it.

    The operating system lets go of it when the process ends, however it ends. A forked child keeps it: helper
    processes are to be spawned.
    """
    path = lock_path(store)
    with told(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, path)
        with told(path):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, _card().encode(), 0)
        try:
            yield path
        finally:
            os.ftruncate(descriptor, 0)  # who reads a left-over card would be told of a process that is gone
    finally:
        os.close(descriptor)


@contextmanager
def reading_lock(store: Path) -> Iterator[None]:
    """Keeps runs away while a store is read that cannot be read in any other way (see `connection`)."""
    path = lock_path(store)
    if not path.exists():
        yield
        return
    with told(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _take(descriptor, path, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, kind: int = fcntl.LOCK_EX) -> None:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "a reader in a read-only folder"
        hint = "wait until it has ended"
        raise LockedError.of("TP608", f"{path} is held by {holder}: one run at a time", hint=hint) from None


def _card() -> str:
    return f"process {os.getpid()} since {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S} UTC\n"
