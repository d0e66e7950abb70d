"""The process of a plugin is kept to itself: limits, a folder of its own, and a guard before what it does to the machine.

This contains accidents, not malice. A plugin is code that somebody chose to install; one that means harm can get around
what stands here. One that was written for a notebook, though, and leaves a file, a process or a gigabyte behind, cannot do it by
mistake.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset(
    "os.remove os.rename os.rmdir os.mkdir os.link os.symlink os.truncate os.chmod os.chown os.utime os.setxattr "
    "os.removexattr".split()
)
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_PROCESSES = frozenset(
    "subprocess.Popen os.system os.exec os.posix_spawn os.fork os.forkpty os.kill os.killpg pty.spawn".split()
)
_NETWORK = frozenset(
    "socket.connect socket.bind socket.sendto socket.sendmsg socket.getaddrinfo socket.gethostbyname "
    "socket.gethostbyaddr".split()
)


class ForbiddenError(PermissionError):
    """A metric did what no metric may. A PermissionError, so that code that can do without goes on without."""


def limit(megabytes: int) -> None:
    """At most so much memory, and so large a file; no core file. Ctrl-C is for the parent to act on."""
    size = megabytes * 1024 * 1024
    for what, wanted in (
        (resource.RLIMIT_AS, size),
        (resource.RLIMIT_FSIZE, size),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    # Asked for by the parent before it ends this process: where is it? The handler is in C, and comes through any loop.
    faulthandler.register(signal.SIGUSR1, all_threads=False)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies, whatever holds the interpreter then.

    It looks at the thread that started this process: that is the one that runs the evaluation, and ends us before it ends.
    """
    import ctypes

    if prctl := getattr(ctypes.CDLL(None), "prctl", None):  # Linux
        prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def end_with_parent(orders: int, folder: str) -> None:
    """Watch for the other end of the pipe `orders` to be closed: nobody waits for an answer then."""
    threading.Thread(target=_watch, args=(orders, folder), daemon=True).start()


def _watch(orders: int, folder: str) -> None:
    watched = select.poll()
    watched.register(orders, 0)  # a hang-up is always told
    watched.poll()
    try:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os._exit(0)


def guard(folder: str) -> None:
    """From here on nothing outside of the folder is written, no process is started, and nobody is called."""
    own = os.path.realpath(folder)
    _deny_bare_forks()
    _deny_attaching()

    def inside(path: object) -> bool:
        if isinstance(path, int) or path is None:
            return True  # a file that is open already
        try:
            real = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]  # it raises TypeError for what is none
        except (TypeError, ValueError):
            return True  # no path: whoever opens it says so
        return real == own or real.startswith(f"{own}/") or real == os.devnull

    def opened(path: object, _mode: object, flags: object) -> None:
        if isinstance(flags, int) and flags & _WRITES and not inside(path):
            raise ForbiddenError(f"a metric may not write files: {_named(path)}")

    def connected(database: object) -> None:
        name = os.fsdecode(database) if isinstance(database, str | bytes) else ""
        if name not in ("", ":memory:") and (name.startswith("file:") or not inside(name)):
            raise ForbiddenError(f"a metric may not open databases: {name}")

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            opened(*arguments)
        elif event in _CHANGES:
            if not all(inside(each) for each in _paths(event, arguments)):
                raise ForbiddenError(f"a metric may not change files: {event} of {_named(arguments[0])}")
        elif event in _PROCESSES:
            if event != "os.kill" or arguments[0] != os.getpid():
                raise ForbiddenError(f"a metric may not start or end processes: {event}")
        elif event in _NETWORK:
            raise ForbiddenError(f"a metric may not use the network: {event}")
        elif event == "sqlite3.connect":
            connected(arguments[0])

    sys.addaudithook(check)


def _paths(event: str, arguments: tuple[Any, ...]) -> list[object]:
    """The paths that are changed, each made absolute if it counts from an open folder."""
    if event == "os.symlink":
        return [arguments[1]]
    if event in ("os.rename", "os.link"):
        return [_from(arguments[0], arguments[2]), _from(arguments[1], arguments[3])]
    # of the others, those of one path, the open folder is the last argument, where there may be one
    place = {"os.remove": 1, "os.rmdir": 1, "os.mkdir": 2, "os.chmod": 2, "os.chown": 3, "os.utime": 3}.get(event)
    return [_from(arguments[0], arguments[place]) if place is not None else arguments[0]]


def _from(path: object, folder: object) -> object:
    if isinstance(folder, int) and folder >= 0 and isinstance(path, str | bytes):
        return os.path.join(os.readlink(f"/proc/self/fd/{folder}"), os.fsdecode(path))
    return path


def _named(path: object) -> str:
    return os.fsdecode(path) if isinstance(path, str | bytes) else str(path)


def _deny_bare_forks() -> None:
    """`multiprocessing` starts processes without an audit event."""
    import _posixsubprocess  # the inside of `subprocess`

    def deny(*_: object) -> int:
        raise ForbiddenError("a metric may not start or end processes: fork_exec")

    denied: Callable[..., int] = deny
    _posixsubprocess.fork_exec = denied


def _deny_attaching() -> None:
    """A database in memory could ATTACH any file, or VACUUM INTO one, and that is no audit event either."""
    import sqlite3

    connect = sqlite3.connect

    def alone(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **named)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        return connection

    sqlite3.connect = sqlite3.dbapi2.connect = alone  # type: ignore[assignment]  # overloads of keywords, all passed on
