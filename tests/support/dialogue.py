"""Talks with a command on a terminal: what it asks is read, what a person would type is written."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.terminal import ESCAPES

CTRL_C, CTRL_D = "\x03", "\x04"
PROMPT = b"]: "  # how a question with a default ends
SECONDS = 300  # readings at most: a second each where nothing comes
ON_TERMINAL = 'tty=$1; shift; exec "$@" <"$tty" >"$tty" 2>&1'


def converse(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], typed: Sequence[str]
) -> tuple[int, str]:
    """The exit code of a command, and what the terminal showed; each text is typed when the command waits for one."""
    terminal, other = pty.openpty()
    process = subprocess.Popen(
        ["/bin/sh", "-c", ON_TERMINAL, "sh", os.ttyname(other), *arguments],
        cwd=folder,
        env=dict(environment),
        start_new_session=True,  # the first terminal that it opens is its own, so that Ctrl-C reaches it as a signal
    )
    waiting, held, last = list(typed), bytearray(), ""
    for _ in range(SECONDS):
        chunk = _read(terminal)
        if chunk == b"":
            break
        if chunk is None and last == CTRL_C:  # pressed just before it began to wait: as a person would, press again
            os.write(terminal, CTRL_C.encode())
        if chunk and other >= 0:
            os.close(other)
            other = -1
        held += chunk or b""
        while waiting and held.count(PROMPT) > len(typed) - len(waiting):
            last = waiting.pop(0)
            os.write(terminal, last.encode() if last in (CTRL_C, CTRL_D) else f"{last}\n".encode())
    else:
        process.kill()
        raise AssertionError(f"it still waits after {SECONDS} readings: {held.decode()}")
    os.close(terminal)
    return process.wait(timeout=60), ESCAPES.sub("", held.decode("utf-8", "replace")).replace("\r\n", "\n")


def _read(terminal: int) -> bytes | None:
    """What comes within a second, None if nothing does; empty once the command has ended."""
    if not select.select([terminal], [], [], 1.0)[0]:
        return None
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that nobody has the other end open any more
        return b""
