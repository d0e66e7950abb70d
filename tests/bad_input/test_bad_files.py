"""Bad input files: a clear error that names the place, nothing half-written, the last good load still readable."""

from __future__ import annotations

import gzip
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from attrs import frozen

from support.folder import USAGE_SOURCE, Folder
from trigpoint.errors import DiskError, LockedError, TrigpointError
from trigpoint.warehouse import faults
from trigpoint.warehouse import load as warehouse_load

HEADER = "account_id,day,events\n"
GOOD = "".join(f"A-{number:02d},2026-03-01,{number}\n" for number in range(40))
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text" }
[tables.usage]
columns = { account_id = "text", day = "date", events = "integer" }
key = ["account_id", "day"]
belongs_to = { account = "account_id" }
time = "day"
"""


@frozen
class Bad:
    """A file that fails its source: what is told, and with which exit code."""

    name: str
    content: bytes | None
    told: str
    exit_code: int = 4
    file: str = "usage.csv"
    settings: str = ""


FAILING = [
    Bad("missing file", None, "TP401 source 'usage': there is no file 'usage.csv' (did you mean 'usage-old.csv'?)", 66),
    Bad("missing column", b"account,day,events\nA,2026-03-01,1\n", "TP402 source 'usage': usage.csv has no column 'account_id'; its header is: account, day, events (did you mean columns = { account_id = \"account\" }? Write it in the source)", 66),
    Bad("mapped to a missing column", HEADER.encode(), "TP402 source 'usage': usage.csv has no column 'Account' for 'account_id'", 66, settings='columns = { account_id = "Account" }'),
    Bad("another delimiter", HEADER.replace(",", ";").encode(), 'write delimiter = ";"', 66),
    Bad("a title above the header", ("Export of 1 March\n\n" + HEADER).encode(), "TP405 source 'usage': usage.csv: its first line is no header ('Export of 1 March'); line 3 looks like the header: account_id, day, events (take the 2 lines above the header out of the file)", 66),
    Bad("two columns missing", b"id,x,Day\n", 'TP402 source \'usage\': usage.csv has no columns \'account_id\', \'day\', \'events\'; its header is: id, x, Day (did you mean columns = { account_id = "...", day = "Day", events = false }? Write it in the source; false: the file has no such column, and it is blank)', 66),
    Bad("cp1252", (HEADER + "Müller €,2026-03-01,1\n").encode("cp1252"), 'row 1 holds the byte 0xfc (write encoding = "cp1252", if it is that)'),
    Bad("cp1252 far down", (HEADER + "Müller,2026-03-01,1\n" + GOOD * 900 + "€,2026-03-01,1\n").encode("cp1252"), 'row 1 holds the byte 0xfc (write encoding = "cp1252"'),
    Bad("empty file", b"", "TP405 source 'usage': usage.csv is empty", 66),
    Bad("wrong types", (HEADER + GOOD + "A-40,03/01/2026,1\n").encode(), "TP406 source 'usage': 1 of 41 rows (2.4%) is bad, 1% may be (none of 41); day is no date written as YYYY-MM-DD: 1; e.g. usage.csv row 41 (day='03/01/2026'"),
    Bad("duplicate keys", (HEADER + GOOD + "A-01,2026-03-01,9\n").encode(), "has the same account_id + day as an earlier row"),
    Bad("latin-1", (HEADER + GOOD + "Müller,2026-03-01,1\n").encode("latin-1"), 'row 41 holds the byte 0xfc (write encoding = "latin-1", if it is that)'),
    Bad("ragged rows", (HEADER + GOOD + "A-40,2026-03-01\n").encode(), "has 2 cells where the header has 3: 1; e.g. usage.csv row 41"),
    Bad("NUL", (HEADER + GOOD + "A-40\0,2026-03-01,1\n").encode(), "holds a NUL byte: 1; e.g. usage.csv row 41"),
    Bad("huge field", (HEADER + GOOD + "x" * 70_000 + ",2026-03-01,1\n").encode(), "has a cell of more than 64 kB: 1; e.g. usage.csv row 41"),
    Bad("open quote", (HEADER + GOOD + '"A-40,2026-03-01,1\nA-41,2026-03-01,1\n').encode(), "TP403 source 'usage': usage.csv: row 41 ends inside a quoted cell, 2 lines on"),
    Bad("future dates", (HEADER + GOOD + "A-40,2026-04-02,1\n").encode(), "day lies in the future: 1; e.g. usage.csv row 41"),
    Bad("doubled headers", b"account_id,day,events,day\n", "TP405 source 'usage': usage.csv: the header names 'day' more than once"),
    Bad("header only", HEADER.encode(), "TP407 source 'usage': 0 rows, fewer than half the 40 of the last good load (if that is right, load it by name: trigpoint load usage)"),
    Bad("half the file", (HEADER + GOOD[: len(GOOD) // 3]).encode(), "TP40"),
    Bad("gz cut short", gzip.compress((HEADER + GOOD).encode(), mtime=0)[:-20], "TP403 source 'usage': usage.csv.gz cannot be read: is no whole gzip file", file="usage.csv.gz"),
    Bad("no gz at all", (HEADER + GOOD).encode(), "TP403 source 'usage': usage.csv.gz cannot be read: is no whole gzip file", file="usage.csv.gz"),
    Bad("a broken line of JSON", b'{"account_id": "A", "day": "2026-03-01", "events": 1}\n{"account_id": \n', "; e.g. usage.jsonl row 2", file="usage.jsonl"),
    Bad("a column mapped twice", HEADER.encode(), "TP409 source 'usage' maps 'X' twice: to 'account_id' and to 'day'", 78, settings='columns = { account_id = "X", day = "X" }'),
    Bad("wrong date format", (HEADER + GOOD).encode(), "TP406 source 'usage': 40 of 40 rows (100.0%) are bad", settings='date_format = "%d-%m-%Y"'),
    Bad("decimal commas", (HEADER + GOOD.replace(",1\n", ',"1,5"\n')).encode(), '(write decimal = ",", or bear them'),
]  # fmt: skip


@pytest.fixture
def loaded(tmp_path: Path) -> Folder:
    """A project whose first load was good."""
    folder = Folder(tmp_path, rules=RULES)
    folder.file("usage.csv", HEADER + GOOD)
    folder.file("usage-old.csv", HEADER)
    folder.load()
    return folder


def state(folder: Folder) -> tuple[object, ...]:
    """What a reader of the warehouse sees: the facts, the last good load, and which tables there are."""
    good = folder.query("SELECT source, rows, newest, loaded_at, files FROM _loads")
    return folder.query("SELECT * FROM usage"), good, folder.query("SELECT name, sql FROM sqlite_master")


@pytest.mark.parametrize("bad", FAILING, ids=lambda bad: bad.name)
def test_a_bad_file_fails_its_source(loaded: Folder, bad: Bad) -> None:
    """The error names source, file and row at the place of the source; the last good load is untouched."""
    before = state(loaded)
    (loaded.root / "usage.csv").unlink()
    loaded.settings(USAGE_SOURCE.replace("usage.csv", bad.file) + bad.settings)
    if bad.content is not None:
        loaded.file(bad.file, bad.content)
    with pytest.raises(TrigpointError) as raised:
        loaded.load()
    assert bad.told in str(raised.value)
    assert re.match(r"trigpoint\.toml:\d+:\d+: TP4", str(raised.value))
    assert raised.value.exit_code == bad.exit_code
    assert state(loaded) == before


HARMLESS = [
    ("byte-order mark", "\ufeff" + HEADER + GOOD, 40),
    ("Windows line ends", (HEADER + GOOD).replace("\n", "\r\n"), 40),
    ("blank lines at the end", HEADER + GOOD + "\n\n", 40),
    ("blank rows of a spreadsheet", HEADER + GOOD + ",,\n" * 30 + " , ,\n,\n,,,,\n", 40),
    ("a bad row in many", HEADER + "".join(f"B-{n},2026-03-01,1\n" for n in range(200)) + "A,x,1\n", 200),
    ("other columns", "x,account_id,y,day,events\n" + "".join(f"1,B-{n},2,2026-03-01,1\n" for n in range(40)), 40),
]


@pytest.mark.parametrize(("content", "rows"), [case[1:] for case in HARMLESS], ids=[case[0] for case in HARMLESS])
def test_a_harmless_file_is_taken(loaded: Folder, content: str, rows: int) -> None:
    """What can be read without a guess is read."""
    loaded.file("usage.csv", content)
    (ended,) = loaded.load()
    assert (ended.status, ended.rows) == ("loaded", rows)


def test_facts_without_an_account_are_told(loaded: Folder) -> None:
    """Facts of an account that no table knows are counted and shown, and kept."""
    (ended,) = loaded.load()
    (finding,) = ended.findings
    assert (
        finding.text
        == "40 rows belong to no account and count nowhere: 'A-00' 1, 'A-01' 1, 'A-02' 1, 'A-03' 1, 'A-04' 1, 35 other keys 35"
    )


def read_only_folder(folder: Folder) -> None:
    (folder.root / "data.db").chmod(0o400)
    folder.root.chmod(0o500)


def no_database(folder: Folder) -> None:
    (folder.root / "data.db").write_bytes(b"this is no database at all, but longer than a header" * 40)


def folder_in_the_way(folder: Folder) -> None:
    (folder.root / "data.db").unlink()
    (folder.root / "data.db").mkdir()


@pytest.mark.parametrize(
    ("spoil", "told", "exit_code"),
    [
        pytest.param(
            read_only_folder,
            "TP420 the warehouse may not be written",
            77,
            marks=pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere"),
        ),
        (no_database, "TP423 the warehouse is no sound SQLite database", 78),
        (folder_in_the_way, "TP420 the warehouse cannot be written", 73),
    ],
)
def test_a_warehouse_that_cannot_be_written(
    loaded: Folder, spoil: Callable[[Folder], None], told: str, exit_code: int
) -> None:
    """A warehouse that cannot be written is told with its path and the exit code for it, whatever `on_error` says."""
    loaded.settings(USAGE_SOURCE + 'on_error = "skip"')
    spoil(loaded)
    try:
        with pytest.raises(TrigpointError) as raised:
            loaded.load()
    finally:
        loaded.root.chmod(0o700)
    assert f"{loaded.root / 'data.db'}: {told}" in str(raised.value)
    assert raised.value.exit_code == exit_code


def test_a_folder_that_may_not_be_written_is_told_even_to_root(loaded: Folder) -> None:
    """Where SQLite is refused a write, the error says who must be given which right."""
    refused = sqlite3.OperationalError("attempt to write a readonly database")
    refused.sqlite_errorname = "SQLITE_READONLY"
    worded = faults.worded(loaded.root / "data.db", refused)
    assert worded is not None
    assert (worded.exit_code, worded.problems[0].code) == (77, "TP420")
    assert faults.worded(loaded.root / "data.db", sqlite3.OperationalError("near x: syntax error")) is None


def test_a_full_disk_keeps_the_last_good_load(loaded: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full in the middle of a load, nothing of it stays, and the exit code says disk."""
    before = state(loaded)
    loaded.file("usage.csv", HEADER + "".join(f"A-{n},2026-03-01,{n}\n" for n in range(5000)))
    pages = loaded.query("PRAGMA page_count")[0][0]
    begin = warehouse_load.StagedTable.take_place

    def on_a_full_disk(staged: warehouse_load.StagedTable, loaded_at: int) -> None:
        staged.connection.execute(f"PRAGMA main.max_page_count = {pages}")
        begin(staged, loaded_at)

    monkeypatch.setattr(warehouse_load.StagedTable, "take_place", on_a_full_disk)
    with pytest.raises(DiskError, match="TP421 the warehouse cannot be written: database or disk is full"):
        loaded.load()
    assert state(loaded) == before


def test_a_warehouse_in_use_is_told(loaded: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warehouse that another program writes to is waited for, then told."""
    monkeypatch.setattr(warehouse_load, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(loaded.root / "data.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedError, match="TP422 the warehouse is in use by another program"):
            loaded.load()


def test_the_last_good_load_can_be_read_during_a_load(loaded: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a load is done, readers see the one before."""
    loaded.file("usage.csv", HEADER + GOOD.replace("2026-03-01", "2026-03-02"))
    seen = []
    begin = warehouse_load.StagedTable.put_in_order

    def while_loading(staged: warehouse_load.StagedTable) -> None:
        seen.append(loaded.query("SELECT DISTINCT day FROM usage"))
        begin(staged)

    monkeypatch.setattr(warehouse_load.StagedTable, "put_in_order", while_loading)
    loaded.load()
    assert seen == [[("2026-03-01",)]]
    assert loaded.query("SELECT DISTINCT day FROM usage") == [("2026-03-02",)]


@pytest.mark.parametrize("step", ["add", "put_in_order", "take_out_doubled", "take_place"])
def test_a_load_that_breaks_off_leaves_nothing(loaded: Folder, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Whichever step a load breaks off in, the warehouse is as before, and the next load succeeds."""
    before = state(loaded)
    original = getattr(warehouse_load.StagedTable, step)

    def broken(staged: warehouse_load.StagedTable, *given: object) -> None:
        original(staged, *given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(warehouse_load.StagedTable, step, broken)
        with pytest.raises(KeyboardInterrupt):
            loaded.load()
    assert state(loaded) == before
    assert not list(loaded.root.glob("data.db-*"))
    assert loaded.load()[0].rows == 40


KILLED = """
import os, sys
from pathlib import Path
from support.folder import Folder
from trigpoint.warehouse import load

begin = load.StagedTable.take_place

def killed(staged, loaded_at):
    staged.connection.execute("PRAGMA main.cache_size = 10")  # so that pages reach the file before the end
    begin(staged, loaded_at)
    os._exit(9)

load.StagedTable.take_place = killed
folder = Folder.__new__(Folder)
folder.root = Path(sys.argv[1])
folder.load()
"""


def test_a_load_that_is_killed_leaves_the_last_good_one(loaded: Folder) -> None:
    """A process killed while it writes the table leaves a warehouse that opens with the last good load."""
    before = state(loaded)
    loaded.file("usage.csv", HEADER + "".join(f"A-{n},2026-03-01,{n}\n" for n in range(20_000)))
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", KILLED, str(loaded.root)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (9, "")
    assert (loaded.root / "data.db-journal").exists()
    assert state(loaded) == before
    assert loaded.load("usage")[0].rows == 20_000
