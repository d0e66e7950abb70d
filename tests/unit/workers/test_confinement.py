"""The process of a plugin: what it sees, what it may not do, and when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from support.plugged import feed, local_plugin, numbers
from trigpoint.model.plugin import Registry
from trigpoint.workers import Workers, open_workers
from trigpoint.workers.folders import sweep

# Runs what the settings say, and answers with what came of it.
TRY = """
import os, sqlite3
space = {"os": os, "sqlite3": sqlite3, "outside": request.settings["outside"]}
try:
    exec(request.settings["code"], space)
except Exception as error:
    return [(rows.keys[0], f"{type(error).__name__}: {error}")]
return [(rows.keys[0], str(space.get("found", "done")))]
"""
FORBIDDEN = [
    ("open(outside + '/new', 'w')", "may not write files"),
    ("open(outside + '/there', 'a')", "may not write files"),
    ("os.open(outside + '/new', os.O_CREAT | os.O_WRONLY)", "may not write files"),
    ("import pathlib; pathlib.Path(outside, 'new').write_text('x')", "may not write files"),
    ("os.remove(outside + '/there')", "may not change files"),
    ("os.remove('there', dir_fd=os.open(outside, os.O_RDONLY))", "may not change files"),
    ("os.rename(outside + '/there', 'mine')", "may not change files"),
    ("os.rename(__import__('tempfile').mkstemp()[1], outside + '/there')", "may not change files"),
    ("os.mkdir(outside + '/new')", "may not change files"),
    ("os.symlink('x', outside + '/new')", "may not change files"),
    ("os.link(outside + '/there', outside + '/new')", "may not change files"),
    ("os.truncate(outside + '/there', 0)", "may not change files"),
    ("os.chmod(outside + '/there', 0)", "may not change files"),
    ("import shutil; shutil.rmtree(outside)", "may not change files"),
    ("sqlite3.connect(outside + '/data.db')", "may not open databases"),
    ("sqlite3.connect(f'file:{outside}/data.db', uri=True)", "may not open databases"),
    ("sqlite3.connect(':memory:').execute('ATTACH ? AS it', (outside + '/data.db',))", "too many attached databases"),
    ("sqlite3.connect(':memory:').execute('VACUUM INTO ?', (outside + '/new',))", "too many attached databases"),
    ("import subprocess; subprocess.run(['true'])", "may not start or end processes"),
    ("os.system('true')", "may not start or end processes"),
    ("os.fork()", "may not start or end processes"),
    ("os.execv('/bin/true', ['true'])", "may not start or end processes"),
    ("os.posix_spawn('/bin/true', ['true'], {})", "may not start or end processes"),
    ("os.kill(os.getppid(), 9)", "may not start or end processes"),
    ("import multiprocessing as m; m.get_context('spawn').Process(target=print).start()", "may not start or end"),
    ("import socket; socket.create_connection(('127.0.0.1', 9))", "may not use the network"),
    ("import socket; socket.getaddrinfo('localhost', 80)", "may not use the network"),
    ("import socket; socket.socket().bind(('127.0.0.1', 0))", "may not use the network"),
    ("import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')", "may not use the network"),
]
ALLOWED = [
    "open('mine', 'w').write('x'); os.rename('mine', 'yours'); os.remove('yours')",
    "import tempfile\nwith tempfile.TemporaryDirectory() as folder: open(folder + '/mine', 'w').close()",
    "found = open(outside + '/there').read(); assert found == 'precious'",
    "sqlite3.connect(':memory:').execute('CREATE TABLE t (x)')",
    "sqlite3.connect('mine.db').execute('CREATE TABLE t (x)')",
    "open(os.devnull, 'w').write('x')",
    "import threading; t = threading.Thread(target=print); t.start(); t.join()",
    "print('x' * 3_000_000)",
]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A plugin that tries what it is told to."""
    bodies = {"attempt": TRY, "loops": "while True:\n    pass"}
    return local_plugin(tmp_path_factory.mktemp("plugin"), bodies, "text")


@pytest.fixture(scope="module")
def workers(registry: Registry):
    """One process for all attempts."""
    with open_workers(registry, 20.0) as opened:
        yield opened


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that is none of the plugin's."""
    (tmp_path / "there").write_text("precious", encoding="utf-8")
    return tmp_path


def attempt(workers: Workers, code: str, outside: Path) -> str:
    """What comes of it."""
    asked = feed("attempt", kind="text", settings={"code": code, "outside": str(outside)})
    return str(workers.values(asked, numbers(("A", [1.0]))).rows[0][1])


@pytest.mark.parametrize(("code", "says"), FORBIDDEN)
def test_forbidden(code: str, says: str, workers: Workers, outside: Path):
    """Writing, starting processes and calling somebody is refused with a text that says so, and changes nothing."""
    assert says in attempt(workers, code, outside)
    assert [(each.name, each.read_text(encoding="utf-8")) for each in outside.iterdir()] == [("there", "precious")]


@pytest.mark.parametrize("code", ALLOWED)
def test_allowed(code: str, workers: Workers, outside: Path):
    """In its own folder and in memory a metric may do what it likes; it may read, and print."""
    assert attempt(workers, code, outside) in ("done", "precious")


def test_the_environment_is_lean(registry: Registry, outside: Path, monkeypatch: pytest.MonkeyPatch):
    """Secrets in the environment do not reach a metric; the clock is UTC, and hashes are the same in every run."""
    monkeypatch.setenv("CRM_TOKEN", "hunter2")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    with open_workers(registry) as workers:
        found = attempt(workers, "found = sorted(os.environ)", outside)
        assert "CRM_TOKEN" not in found
        assert attempt(workers, "import time; found = time.tzname[0]", outside) == "UTC"
        assert attempt(workers, "found = hash('trigpoint')", outside) == attempt(
            workers, "import sys; assert sys.flags.hash_randomization == 0; found = hash('trigpoint')", outside
        )
        home = attempt(workers, "found = os.environ['HOME'] == os.environ['TMPDIR'] == os.getcwd()", outside)
    assert home == "True"


def test_libraries_of_numbers_work(workers: Workers, outside: Path):
    """The guard is in nobody's way who imports the libraries that metrics are made of, and computes with them."""
    for name in ("numpy", "scipy", "pandas", "statsmodels"):
        pytest.importorskip(name)
    code = """
import numpy, pandas, scipy.stats
from statsmodels.duration.survfunc import SurvfuncRight
fitted = scipy.stats.linregress([1, 2, 3], [2, 4, 6.5])
median = SurvfuncRight(numpy.array([1.0, 2.0, 3.0]), numpy.array([1, 1, 0])).quantile(0.5)
found = float(median), float(pandas.Series([1.0]).mean())
"""
    assert attempt(workers, code, outside) == "(2.0, 1.0)"


def test_big_batches_and_big_answers(tmp_path: Path):
    """Batches and answers larger than any pipe holds do not wait for each other."""
    body = "return [(key, ''.join(cells['x'])) for key, cells in rows.subjects()]"
    subjects = [(f"A{number:05d}", 1, None, [str(number) * 1000]) for number in range(3000)]
    with open_workers(local_plugin(tmp_path, {"same": body}, "text"), 30.0) as workers:
        many = [(key, 1, None, cells * 1) for key, _, _, cells in subjects]
        workers_rows = workers.values(feed("same", {"x": "text"}, "text"), iter(many)).rows
    assert [row[1] for row in workers_rows] == [cells[0] for *_, cells in subjects]


PARENT = """
import sys, threading, time
from pathlib import Path
from support.plugged import feed, local_plugin, numbers
from trigpoint.workers import open_workers
body = "import os\\nopen('pid', 'w').write(str(os.getpid()))\\nopen('ready', 'w').close()\\n" + sys.argv[2]
with open_workers(local_plugin(Path(sys.argv[1]), {"loops": body}), 60.0) as workers:
    workers.values(feed("loops"), numbers(("A", [1.0])))
"""


LOOPS, HOLDS = "while True:\n    pass", "max(iter(int, 1))"


@pytest.mark.parametrize(
    ("number", "code", "body"), [(signal.SIGKILL, -9, LOOPS), (signal.SIGKILL, -9, HOLDS), (signal.SIGINT, 1, LOOPS)]
)
def test_no_process_outlives_its_parent(
    number: int, code: int, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Whether the parent is killed or interrupted, the process of the plugin ends, whatever holds it, and so does its folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TMPDIR": str(tmp_path)}
    (tmp_path / "plugin").mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path / "plugin", body],
        env=environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert parent.stderr
    ready = until(lambda: next(tmp_path.glob("trigpoint-worker-*/ready"), None))
    pid = int((ready.parent / "pid").read_text(encoding="utf-8"))
    os.killpg(parent.pid, number)
    with parent.stderr:
        printed = parent.stderr.read().decode()
    ended = parent.wait()
    assert ended == code if code < 0 else ended in (1, 130, -2)
    assert "trigpoint/workers/child.py" not in printed
    assert until(lambda: not Path(f"/proc/{pid}").exists())
    if number == signal.SIGKILL:  # then nobody is left to remove it
        sweep()
    assert until(lambda: not ready.parent.exists())


def until(found):
    """What `found` gives, as soon as it gives something."""
    for _ in range(400):
        if answer := found():
            return answer
        time.sleep(0.05)
    raise AssertionError("waited for nothing")
