"""Generations of the layout."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from support.check_store import check_store, dump
from support.child import run_python
from trigpoint.errors import ConfigError, DiskError
from trigpoint.store import Published, Store, open_store
from trigpoint.store.migrations import GENERATION, MIGRATIONS, back_up, create_store, upgrade
from trigpoint.store.rulesets import kept_scorecards

Publish = Callable[..., Published]


def another(database: Database) -> None:
    """A generation that might come: runs have a note."""
    database["runs"].add_column("note", str)


def broken(database: Database) -> None:
    """A generation that fails after having done something."""
    another(database)
    raise RuntimeError("in the middle")


def orphaning(database: Database) -> None:
    """A generation that forgets what hangs on what it removes."""
    database.execute("DELETE FROM contents")
    database.execute("INSERT INTO contents VALUES (99, 'values_account', '[]', 0, '')")


def test_an_upgrade_keeps_a_back_up_of_the_generation_before(store: Store, path: Path, published: Publish) -> None:
    """Before a migration the store is copied; the copy is whole, private and opens as what it was."""
    published(dt.date(2026, 1, 1))
    before = dump(path)
    backup = upgrade(store.connection, path, (*MIGRATIONS, another))
    assert backup is not None
    assert backup.name == f"trigpoint.db.generation-{GENERATION}"
    assert check_store(backup) == ("journal_mode is delete",)
    assert dump(backup) == before
    assert store.first("PRAGMA user_version") == (GENERATION + 1,)
    assert store.first("SELECT note FROM runs") == (None,)
    assert upgrade(store.connection, path, (*MIGRATIONS, another)) is None


def test_whoever_writes_upgrades(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a store of an older generation to write brings it up to date; reading refuses it until then."""
    open_store(path, "write").close()
    module = sys.modules["trigpoint.store.connection"]
    monkeypatch.setattr(module, "GENERATION", GENERATION + 1)
    monkeypatch.setattr(module, "upgrade", partial(upgrade, migrations=(*MIGRATIONS, another)))
    with pytest.raises(ConfigError, match="TP615"):
        open_store(path)
    open_store(path, "write").close()
    with open_store(path) as store:
        assert store.first("PRAGMA user_version") == (GENERATION + 1,)


def test_a_store_of_the_first_generation_has_no_periods(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was published before scorecards had periods is neither final nor provisional."""
    with monkeypatch.context() as before:
        before.setattr("trigpoint.store.migrations.MIGRATIONS", MIGRATIONS[:1])
        create_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("INSERT INTO rulesets VALUES ('f', '{}', '{}', '[]', '')")
        old.execute("INSERT INTO scorecards VALUES ('f', 'kpi', 0, 'csm', NULL, '{}', '[]', '{}', '[]')")
    with open_store(path, "write") as store:
        assert store.first("SELECT every FROM scorecards") == (None,)
        assert kept_scorecards(store.connection, "f")["kpi"].publication(dt.date(2026, 3, 31)) is None
    assert path.with_name(f"{path.name}.generation-1").exists()


@pytest.mark.parametrize("failing", [broken, orphaning])
def test_a_failed_upgrade_leaves_the_store_as_it_was(
    store: Store, path: Path, published: Publish, failing: Callable[[Database], None]
) -> None:
    """A migration that fails, or leaves rows without their run, changes nothing."""
    published(dt.date(2026, 1, 1))
    store.connection.execute("PRAGMA foreign_keys = OFF")
    before = dump(path)
    with pytest.raises((RuntimeError, sqlite3.IntegrityError)):
        upgrade(store.connection, path, (*MIGRATIONS, failing))
    assert dump(path) == before
    assert store.first("PRAGMA user_version") == (GENERATION,)


def test_what_a_killed_predecessor_left_is_in_no_ones_way(path: Path) -> None:
    """Half a new store, or half a back-up, is thrown away by the next that makes one."""
    for suffix in ("", "-wal", "-journal"):
        path.with_name(f"{path.name}.new{suffix}").write_bytes(b"half")
    create_store(path)
    assert check_store(path) == ()


def test_an_empty_copy_is_no_back_up(
    path: Path, store: Store, published: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that opens cleanly but holds no runs is not taken for a back-up."""
    published(dt.date(2026, 1, 1))
    create_store(path.with_name("empty.db"))
    with closing(sqlite3.connect(path.with_name("empty.db"), isolation_level=None)) as empty:
        monkeypatch.setattr("trigpoint.store.migrations._runs", id)
        with pytest.raises(DiskError):
            back_up(empty, path.with_name("copy.db"))
    assert not path.with_name("copy.db").exists()


def test_only_making_a_store_imports_sqlite_utils(path: Path, tmp_path: Path) -> None:
    """A run that publishes into a store that is there, and whoever reads, does without the slow import."""
    open_store(path, "write").close()
    lines = f"""
import sys, datetime as dt
from pathlib import Path
from support.scratch import a_portfolio
from trigpoint.store import open_store, publish, run_of, scores, start_run
path = Path({str(path)!r})
with open_store(path, "write") as store:
    evaluation = a_portfolio(path.with_name("scratch.db"), dt.date(2026, 1, 1), 50.0)
    publish(store, evaluation, start_run(store, evaluation.ruleset, evaluation.as_of))
with open_store(path) as store:
    assert len(list(scores(store, run_of(store), "health"))) == 40
assert "sqlite_utils" not in sys.modules
"""
    run_python(lines)


def test_the_package_has_only_its_names() -> None:
    """A name that is not public is told as Python does it."""
    with pytest.raises(ImportError, match="nothing"):
        from trigpoint.store import nothing  # noqa: F401


def test_the_package_is_cheap_to_import() -> None:
    """`import trigpoint.store` loads none of its modules before a name is asked for."""
    run_python(
        """
import sys, trigpoint.store
assert not [name for name in sys.modules if name.startswith("trigpoint.store.") or name in ("attrs", "sqlite3")]
assert trigpoint.store.publish.__name__ == "publish"
assert all(getattr(trigpoint.store, name) for name in trigpoint.store.__all__)
"""
    )
