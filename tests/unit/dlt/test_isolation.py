"""dlt leaves nothing behind, reads nothing that nobody named, and talks to nobody but the API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from support.api import Answer, Api, Asked
from support.pages import CHECKOUT
from trigpoint import TrigpointError

WATCHED = """
    import json, logging, os, signal, socket, sys, threading

    opened, connected = set(), set()

    def watch(event, arguments):
        if event == "open" and isinstance(arguments[0], str):
            opened.add(os.path.abspath(arguments[0]))
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            connected.add(f"{arguments[1][0]}:{arguments[1][1]}")

    sys.addaudithook(watch)
    before = dict(os.environ), signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), os.getcwd()

    from pathlib import Path
    import trigpoint_dlt
    (source,) = trigpoint_dlt.trigpoint_sources()
    early = sorted(name for name in sys.modules if name in ("dlt", "requests"))
    from trigpoint import SourceRequest, SourceSettings, Table
    table = Table("contacts", columns={"id": "text"}, key=("id",))
    client = {"base_url": sys.argv[1], "paginator": "single_page"}
    arguments = {"client": client, "resources": ["contacts"]}
    options = {"source": "rest_api", "arguments": arguments, "allow": sys.argv[2:]}
    request = SourceRequest(SourceSettings("crm", "contacts", "dlt", options=options), table, Path.cwd())
    rows = [list(row) for batch in source.read(request) for row in batch.rows]
    from dlt.common.runtime import telemetry
    import dlt.common.logger
    after = dict(os.environ), signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), os.getcwd()
    print(json.dumps({
        "rows": rows, "early": early, "opened": sorted(opened), "connected": sorted(connected),
        "same": before == after, "threads": threading.active_count(), "telemetry": telemetry.is_telemetry_started(),
        "handlers": len(logging.root.handlers) + len(logging.getLogger("dlt").handlers),
    }))
"""
HOME_CONFIG = '[runtime]\nrequest_timeout = "nonsense"\nlog_level = "DEBUG"\n'


def test_nothing_is_left_and_nobody_asked(api: Api, tmp_path: Path) -> None:
    """One load in a fresh process: no settings of dlt in the home, the folder or the environment count; no file, thread,
    log, signal handler or variable is left; no address is connected to but the API's; dlt is imported by `read` alone."""
    home, folder = tmp_path / "home", tmp_path / "project"
    for place in (home, folder):
        (place / ".dlt").mkdir(parents=True)
        (place / ".dlt" / "config.toml").write_text(HOME_CONFIG)
        (place / ".dlt" / "secrets.toml").write_text("token = 'x'\n")
    (home / ".netrc").write_text("machine 127.0.0.1 login us password pw\n")
    (home / ".netrc").chmod(0o600)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    api.answers["/contacts"] = Answer([{"id": "C-1"}])
    listed = sorted(tmp_path.rglob("*"))
    environment = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home),
        "TMPDIR": str(scratch),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "core"), str(CHECKOUT / "plugins")]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_PROXY": "*",
        "RUNTIME__REQUEST_MAX_ATTEMPTS": "nonsense",
        "RUNTIME__DLTHUB_TELEMETRY": "true",
    }
    command = [sys.executable, "-W", "error::ResourceWarning", "-c", dedent(WATCHED), api.url, api.host]
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert ended.stderr == ""
    assert told["rows"] == [["C-1"]]
    assert told["early"] == []
    assert told["connected"] == [api.host]
    assert "Authorization" not in api.asked[0].headers
    assert told["same"]
    assert told["threads"] == 1
    assert not told["telemetry"]
    assert told["handlers"] == 0
    assert [name for name in told["opened"] if name.startswith((str(home), str(folder)))] == []
    assert sorted(tmp_path.rglob("*")) == listed


def test_a_load_that_is_given_up_leaves_nothing(
    project: Any, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load that ends in the middle, for too many rows are bad, ends dlt's surroundings too, while its error still lives."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    seen: list[int] = []

    def page(asked: Asked) -> Answer:
        seen.append(len(list(scratch.iterdir())))
        return Answer(["bad"] * 600, headers={"Link": f'<{api.url}/contacts?page=2>; rel="next"'})

    api.answers["/contacts"] = page
    project.write(client='paginator = "header_link"')
    with pytest.raises(TrigpointError, match="TP406") as caught:
        project.load()
    assert seen[0] == 1
    assert list(scratch.iterdir()) == []
    assert caught.value.__traceback__ is not None
