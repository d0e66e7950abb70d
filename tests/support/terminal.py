"""Runs a command as a person does: on a terminal, which is not a pipe."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path

COLUMNS, ROWS = 110, 60
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def run_on_terminal(command: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """The exit code of a shell command, and what the terminal showed of stdout and stderr."""
    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=writer,
        close_fds=True,
    )
    os.close(writer)
    with os.fdopen(reader, "rb", buffering=0) as terminal:
        shown = _read_all(terminal.fileno())
        code = process.wait(timeout=120)
    return code, ESCAPES.sub("", shown.decode("utf-8", "replace")).replace("\r\n", "\n")


def plain_environment(**more: str) -> dict[str, str]:
    """The environment of a person who has activated the environment that the tests run in, and set nothing else."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "PYTHONPATH") if name in os.environ}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    size = {"COLUMNS": str(COLUMNS), "LINES": str(ROWS)}
    return {**kept, **size, "PATH": path, "TERM": "dumb", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC", **more}


def _read_all(terminal: int) -> bytes:
    held = bytearray()
    while True:
        try:
            chunk = os.read(terminal, 65_536)
        except OSError:  # how Linux says that nobody has the other end open any more
            return bytes(held)
        if not chunk:
            return bytes(held)
        held += chunk
