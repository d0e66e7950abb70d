"""Opening the store."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from support.check_store import check_store
from trigpoint.errors import (
    ConfigError,
    DiskError,
    InputError,
    LockedError,
    PermissionDeniedError,
    TrigpointError,
    WriteError,
)
from trigpoint.store import Published, Store, open_store, run_lock
from trigpoint.store.lock import lock_path
from trigpoint.store.migrations import APPLICATION_ID, GENERATION

Publish = Callable[..., Published]


def code_of(error: pytest.ExceptionInfo[TrigpointError]) -> str:
    return error.value.problems[0].code


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may look into; pytest's own are shut."""
    folder = Path(tempfile.mkdtemp(prefix="trigpoint-"))
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """The test runs as a user without rights, for root may write anywhere."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


def test_a_store_is_made_once_and_only_its_owner_may_read_it(path: Path) -> None:
    """Opening to write makes a sound, empty store that no one else can read, and leaves nothing else behind."""
    open_store(path, "write").close()
    assert check_store(path) == ()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir() if each.suffix != ".lock"] == [path.name]


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0), ("busy_timeout", 10_000)],
)
def test_every_connection_is_set_up(store: Store, pragma: str, expected: object) -> None:
    """Durability, foreign keys, distrust of the schema and patience are set on each connection."""
    assert store.first(f"PRAGMA {pragma}") == (expected,)


def test_a_missing_store_is_told_with_the_way_out(path: Path) -> None:
    """Reading without a store says which command makes one, and makes none."""
    with pytest.raises(InputError, match=r"trigpoint run") as error:
        open_store(path)
    assert (code_of(error), path.exists()) == ("TP601", False)


def test_an_empty_file_is_no_store_yet(path: Path) -> None:
    """A file of no bytes, as `touch` leaves it, is taken for none."""
    path.touch()
    with pytest.raises(InputError):
        open_store(path)
    open_store(path, "write").close()
    assert check_store(path) == ()


FOREIGN = [(b"key,label\nA-17,Acme\n" * 20, "TP602"), (b"short", "TP602"), (b"SQLite format 3\0short", "TP602")]


@pytest.mark.parametrize(("content", "code"), FOREIGN)
@pytest.mark.parametrize("mode", ["read", "write"])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes, code: str, mode: str) -> None:
    """A file of another kind is refused and not a byte of it changed."""
    path.write_bytes(content)
    with pytest.raises(ConfigError) as error:
        open_store(path, mode)
    assert (code_of(error), path.read_bytes()) == (code, content)


def test_a_folder_in_the_place_of_the_store_is_refused(path: Path) -> None:
    """A folder of the store's name is told as such."""
    path.mkdir()
    with pytest.raises(ConfigError, match="is a folder"):
        open_store(path, "write")


CHANGED = [
    (f"PRAGMA application_id = {APPLICATION_ID + 1}", "TP603"),
    ("PRAGMA application_id = 0", "TP603"),
    (f"PRAGMA user_version = {GENERATION + 1}", "TP604"),
]


@pytest.mark.parametrize(("sql", "code"), CHANGED)
@pytest.mark.parametrize("mode", ["read", "write"])
def test_a_database_of_others_or_of_a_newer_version_is_refused_unwritten(
    path: Path, sql: str, code: str, mode: str
) -> None:
    """Foreign databases and newer stores end with exit code 78, and their bytes stay."""
    open_store(path, "write").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
    before = path.read_bytes()
    with pytest.raises(ConfigError) as error:
        open_store(path, mode)
    assert (code_of(error), error.value.exit_code, path.read_bytes()) == (code, 78, before)


def test_a_newer_generation_that_is_still_in_the_log_is_seen(path: Path) -> None:
    """The generation counts as it is in the log, not only as the file's first bytes have it."""
    open_store(path, "write").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {GENERATION + 1}")
        with pytest.raises(ConfigError) as error:
            open_store(path)
    assert code_of(error) == "TP604"


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """Writing where there is no folder ends with exit code 73; the lock says the same as the store."""
    with pytest.raises(WriteError) as error:
        open_store(tmp_path / "nowhere" / "trigpoint.db", "write")
    with pytest.raises(WriteError), run_lock(tmp_path / "nowhere" / "trigpoint.db"):
        pass
    assert (code_of(error), error.value.exit_code) == ("TP606", 73)


def test_a_folder_one_may_not_write_in_is_told(open_folder: Path, as_nobody: None) -> None:
    """No store is begun in a folder without permission: exit code 77."""
    with pytest.raises(PermissionDeniedError) as error:
        open_store(open_folder / "trigpoint.db", "write")
    with pytest.raises(PermissionDeniedError), run_lock(open_folder / "trigpoint.db"):
        pass
    assert (code_of(error), error.value.exit_code) == ("TP605", 77)


@contextmanager
def as_root() -> Iterator[None]:
    """For a moment the rights that the test was started with."""
    seen = os.geteuid()
    os.seteuid(os.getuid())
    try:
        yield
    finally:
        os.seteuid(seen)


@contextmanager
def a_run(path: Path) -> Iterator[None]:
    """Holds the lock as a run does; who may not write in the folder could not do so by `run_lock`."""
    seen = os.geteuid()
    with as_root(), run_lock(path):
        os.seteuid(seen)
        yield
        os.seteuid(os.getuid())


@pytest.fixture
def shown(open_folder: Path) -> Path:
    """A store that others may read, in a folder they may not write in."""
    open_folder.chmod(0o755)
    path = open_folder / "trigpoint.db"
    with run_lock(path):
        open_store(path, "write").close()
    for each in (path, lock_path(path)):
        each.chmod(0o444)
    open_folder.chmod(0o555)
    return path


def test_who_may_only_read_reads(shown: Path, as_nobody: None) -> None:
    """A store in a read-only folder can be read, and to write it is refused before anything is begun."""
    with open_store(shown) as opened:
        assert list(opened.rows("SELECT * FROM runs")) == []
        with pytest.raises(PermissionDeniedError):
            list(opened.rows("DELETE FROM runs"))
    with pytest.raises(PermissionDeniedError):
        open_store(shown, "write")


def test_without_a_lock_there_is_no_run_to_keep_away(shown: Path, as_nobody: None) -> None:
    """A store that was copied without its lock can be read in a read-only folder, too."""
    with as_root():
        lock_path(shown).unlink()
    with open_store(shown) as opened:
        assert list(opened.rows("SELECT * FROM runs")) == []


def test_a_log_one_may_not_see_is_told(shown: Path, as_nobody: None) -> None:
    """While a log lies beside the store the file alone is not the truth: who may not see the log reads nothing."""
    with as_root(), open_store(shown, "write"):
        shown.with_name("trigpoint.db-wal").chmod(0o600)
        os.seteuid(65534)
        with pytest.raises((PermissionDeniedError, WriteError)):
            open_store(shown)
        os.seteuid(0)


def test_such_a_reader_and_a_run_keep_out_of_each_others_way(shown: Path, as_nobody: None) -> None:
    """Where readers and runs cannot see each other, neither starts while the other is at work."""
    with open_store(shown), pytest.raises(LockedError), a_run(shown):
        pass
    with a_run(shown), pytest.raises(LockedError, match=r"process \d+ since"):
        open_store(shown)


def test_a_reader_sees_one_moment(path: Path, store: Store) -> None:
    """What is written after a reader has opened the store is not seen until it is opened again."""
    with open_store(path) as reader:
        with store.transaction() as connection:
            connection.execute("INSERT INTO rulesets VALUES ('f', '{}', '{}', '[]', 'today')")
        assert reader.first("SELECT count(*) FROM rulesets") == (0,)
    with open_store(path) as reader:
        assert reader.first("SELECT count(*) FROM rulesets") == (1,)


def test_another_writer_is_waited_for_and_then_told(path: Path, store: Store) -> None:
    """A program that keeps writing to the store ends a run with exit code 75, not with a bug."""
    store.connection.execute("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedError) as error, store.transaction():
            pass
    assert (code_of(error), error.value.exit_code) == ("TP616", 75)


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    """What fails in the middle leaves no trace, and the next transaction works."""
    row = "INSERT INTO rulesets VALUES ('f', '{}', '{}', '[]', 'today')"
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as connection:
        connection.executemany(row, [(), ()])
    with store.transaction() as connection:
        connection.execute(row)
    assert store.first("SELECT count(*) FROM rulesets") == (1,)


def test_a_damaged_store_is_told(path: Path, published: Publish) -> None:
    """A file whose pages were overwritten ends with exit code 74 and says that there are back-ups."""
    published(dt.date(2026, 1, 1))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.with_name("other.db").write_bytes(content)
    with open_store(path.with_name("other.db")) as opened, pytest.raises(DiskError) as error:
        list(opened.rows("SELECT * FROM runs"))
    assert code_of(error) == "TP609"
