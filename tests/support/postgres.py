"""A PostgreSQL of the tests' own, from the machine's package: on loopback, in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

USER = "postgres"
WAIT_SECONDS = 60
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "max_connections=20",
    "shared_buffers=16MB",
    "timezone=America/New_York",  # nothing may depend on where the server stands
)


@frozen
class Server:
    """A running server: its port, and the password of its user, which must never be seen anywhere."""

    port: int
    password: str

    def url(self, database: str = "postgres", password: str | None = None) -> str:
        """How SQLAlchemy reaches it."""
        return f"postgresql+psycopg://{USER}:{password or self.password}@127.0.0.1:{self.port}/{database}"


def programs() -> Path | None:
    """The folder of the newest `initdb` there is."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server, stopped at the end. Without PostgreSQL the test is skipped, but on CI it fails."""
    folder = programs()
    if folder is None:
        reason = "PostgreSQL is not installed: apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    with tempfile.TemporaryDirectory(prefix="trigpoint-pg-", ignore_cleanup_errors=True) as made:
        root = Path(made)
        server = Server(_free_port(), f"p%/w:{secrets.token_hex(8)}")
        (root / "password").write_text(server.password, encoding="utf-8")
        if os.geteuid() == 0:
            for path in (root, root / "password"):
                shutil.chown(path, USER, USER)
        _run(
            root,
            folder / "initdb",
            "-D",
            root / "db",
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--no-sync",
            "--no-locale",
            f"--pwfile={root / 'password'}",
        )
        options = " ".join(
            f"-c {each}" for each in (*SETTINGS, f"port={server.port}", f"unix_socket_directories={root}")
        )
        _run(
            root,
            folder / "pg_ctl",
            "-D",
            root / "db",
            "-l",
            root / "log",
            "-t",
            WAIT_SECONDS,
            "-o",
            options,
            "-w",
            "start",
        )
        try:
            yield Server(server.port, server.password.replace("%", "%25").replace("/", "%2F").replace(":", "%3A"))
        finally:
            _run(root, folder / "pg_ctl", "-D", root / "db", "-m", "immediate", "-w", "stop")


def _run(root: Path, *command: object) -> None:
    """As nobody with rights: PostgreSQL refuses to run as root. The output goes to a file, for the server keeps it open."""
    before = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"] if os.geteuid() == 0 else []
    with (root / "output").open("a+b") as output:
        done = subprocess.run([*before, *map(str, command)], cwd=root, stdout=output, stderr=output, check=False)
        output.seek(0)
        assert done.returncode == 0, output.read().decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
