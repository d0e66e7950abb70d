"""The process of one plugin, seen from outside: started, written to, listened to, ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from trigpoint.workers.channel import receive, send
from trigpoint.workers.folders import OwnFolder
from trigpoint.workers.wire import LONGEST_ANSWER

_PASSED = ("PATH", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONHOME")
_KEPT = 262_144  # bytes of what a plugin printed: more than is told, for secrets in it are still to be hidden
_MOMENT = 0.3  # seconds that a process has to say where it is
_PATIENCE = 2.0  # seconds that threads have to end: what a plugin started may hold a pipe open


class SilentError(Exception):
    """The process has not answered in time."""


class EndedError(Exception):
    """The process is gone. The text tells how it ended."""


class Process:
    """A running process. Whoever makes one must `end` it.

    Sending, receiving and what it prints have a thread each: neither side ever waits for the other to empty a pipe, and
    a process that has stopped to read, or stops in the middle of an answer, holds up nobody.
    """

    def __init__(self, megabytes: int) -> None:
        self._folder = OwnFolder()
        try:
            with _pipe() as (orders, self._orders), _pipe() as (self._answers, answers):
                self._process = _started(orders, answers, self._folder.path, megabytes)
                os.close(orders)
                os.close(answers)
        except BaseException:
            self._folder.remove()
            raise
        self._sent: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._received: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._printed = b""
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._send, self._receive, self._read)]
        for thread in self._threads:
            thread.start()

    def send(self, message: bytes) -> None:
        """Send a message, some time soon."""
        self._sent.put(message)

    def receive(self, seconds: float) -> bytes:
        """The next answer. Raises SilentError after so many seconds, EndedError if there will be none."""
        try:
            message = self._received.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            raise SilentError from None
        if message is None:
            raise EndedError(self._ending())
        return message

    def trace(self) -> None:
        """Have it print where it is."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGUSR1)
        time.sleep(_MOMENT)

    def end(self) -> str:
        """End it, whatever it is doing, and what it has started; remove its folder. Gives the end of what it has printed."""
        if self._process.returncode is None:
            self._kill()
            self._process.wait()
        self._sent.put(None)
        patient_until = time.monotonic() + _PATIENCE
        for thread in self._threads:
            thread.join(max(patient_until - time.monotonic(), 0.0))
        self._folder.remove()
        return _whole_lines(self._printed).decode(errors="replace")

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _ending(self) -> str:
        try:
            code = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return "closed the pipe to its process"
        self._kill()  # what it has started, before its number may be another's
        if code >= 0:
            return f"ended its process, with exit code {code}"
        with contextlib.suppress(ValueError):
            return f"crashed: its process was ended by {signal.Signals(-code).name}"
        return f"crashed: its process was ended by signal {-code}"

    def _send(self) -> None:
        with contextlib.suppress(OSError), open(self._orders, "wb") as pipe:
            while (message := self._sent.get()) is not None:
                send(pipe, message)

    def _receive(self) -> None:
        with contextlib.suppress(EOFError, OSError), open(self._answers, "rb") as pipe:
            while True:
                self._received.put(receive(pipe, LONGEST_ANSWER))
        self._received.put(None)

    def _read(self) -> None:
        printed: IO[bytes] | None = self._process.stdout
        assert printed is not None  # noqa: S101  # it was asked for
        with printed:
            while content := os.read(printed.fileno(), 65_536):
                self._printed = (self._printed + content)[-_KEPT:]


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe, closed where what runs inside fails."""
    ends = os.pipe()
    try:
        yield ends
    except BaseException:
        for end in ends:
            os.close(end)
        raise


def _whole_lines(printed: bytes) -> bytes:
    """Without a line of which the beginning is gone: who looks for secrets knows whole ones."""
    return printed if len(printed) < _KEPT else printed.partition(b"\n")[2] or printed[-_KEPT // 2 :]


def _started(orders: int, answers: int, folder: str, megabytes: int) -> subprocess.Popen[bytes]:
    # -P: its folder is no place to import from; -B: it writes nothing; -u: what it printed before a crash is not lost.
    command = [sys.executable, "-P", "-B", "-u", "-m", "trigpoint.workers.child"]
    return subprocess.Popen(  # noqa: S603  # our own module
        [*command, str(orders), str(answers), folder, str(megabytes), str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(orders, answers),
        env=_environment(folder),
        cwd=folder,
        start_new_session=True,  # Ctrl-C is for us alone
    )


def _environment(folder: str) -> dict[str, str]:
    """What a plugin's process sees: where Python is and what the locale is, and no secret."""
    passed = {name: value for name, value in os.environ.items() if name in _PASSED or name.startswith("LC_")}
    own = ("HOME", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    path = [str(Path(each).absolute()) for each in sys.path]
    return {
        **passed,
        **dict.fromkeys(own, folder),
        **dict.fromkeys(threads, "1"),
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "MALLOC_ARENA_MAX": "2",  # each arena reserves address space, which is limited
    }
