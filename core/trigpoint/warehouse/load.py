"""Takes the rows of one source into its table: all of them or none.

Rows are staged in a temporary table, put in order, freed of doubled keys, copied into a new table, and that takes the
place of the old one; all of it in one transaction. Until it is committed the old table is there and can be read, and a
crash leaves nothing behind: staged rows lie in SQLite's temporary file, which goes with the process.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from trigpoint.warehouse.faults import worded
from trigpoint.warehouse.layout import Layout, create_table, note, quoted

BUSY_SECONDS = 10
CACHE_KB = 8_000  # of each, the warehouse and the temporary tables; with it goes the memory the sorter takes


@contextmanager
def open_for_load(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes to the warehouse file, made if need be. Faults of file and disk become our errors."""
    connection: sqlite3.Connection | None = None
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # facts are nobody else's business
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
        for pragma in (
            "trusted_schema = OFF",
            "legacy_alter_table = ON",  # a view of the user's must not keep a table from being replaced
            "journal_mode = DELETE",  # new pages need no journal; a WAL would write all of them twice
            "synchronous = FULL",
            f"cache_size = -{CACHE_KB}",
            f"temp.cache_size = -{CACHE_KB}",
            "temp.journal_mode = OFF",  # temporary tables are never rolled back: they go with the connection
        ):
            connection.execute(f"PRAGMA {pragma}")
        yield connection
    except (sqlite3.Error, OSError) as error:
        if (told := worded(path, error)) is None:
            raise
        raise told from error
    finally:
        if connection is not None:
            connection.close()  # what was not committed is gone


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it
            connection.execute("ROLLBACK")
        raise


@frozen
class Doubled:
    """A row whose key another row has: its number among all rows, and the key."""

    number: int
    key: tuple[object, ...]


class StagedTable:
    """The rows of one load on their way into a table. Use once, inside a transaction."""

    def __init__(self, connection: sqlite3.Connection, layout: Layout, keys: Sequence[tuple[str, ...]] = ()) -> None:
        self.connection = connection
        self.layout = layout
        self.keys = keys
        self._columns = ", ".join(map(quoted, layout.columns))
        connection.execute(f"CREATE TEMP TABLE staged (_number INTEGER PRIMARY KEY, {self._columns})")
        marks = ", ".join("?" * (len(layout.columns) + 1))
        self._insert = f"INSERT INTO temp.staged VALUES ({marks})"  # marks only

    def add(self, numbers: Iterable[int], columns: Sequence[Sequence[object]]) -> None:
        """Stage some rows, given column by column. Their numbers ascend from call to call."""
        self.connection.executemany(self._insert, zip(numbers, *columns, strict=True))

    def leave_out(self, keys: Iterable[tuple[object, ...]]) -> None:
        """Note keys of rows that came and were not taken: `add_others` adds no older rows of these either."""
        names = ", ".join(map(quoted, self.keys[0]))
        self.connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS left_out ({names})")
        marks = ", ".join("?" * len(self.keys[0]))
        self.connection.executemany(f"INSERT INTO temp.left_out VALUES ({marks})", keys)

    def add_others(self) -> None:
        """Stage, of the table as it is, the rows whose key has not come; they are numbered below 1."""
        names = ", ".join(map(quoted, self.keys[0]))
        self.leave_out(())
        self.connection.execute(
            f"CREATE TEMP TABLE came AS SELECT {names} FROM temp.staged UNION ALL SELECT {names} FROM temp.left_out"
        )
        self.connection.execute(f"CREATE INDEX temp.came_key ON came ({names})")
        same = " AND ".join(f"came.{quoted(column)} IS old.{quoted(column)}" for column in self.keys[0])
        self.connection.execute(
            f"INSERT INTO temp.staged SELECT -_n, {self._columns} FROM main.{quoted(self.layout.table)} AS old "
            f"WHERE NOT EXISTS (SELECT 1 FROM temp.came WHERE {same})"
        )
        self.connection.execute("DROP TABLE temp.came")

    def put_in_order(self) -> None:
        """Order the rows by the cluster, then by the key, which ends every tie; without a key by the whole row."""
        order = [*self.layout.cluster, *(self.keys[0] if self.keys else self.layout.columns)]
        terms = ", ".join([*map(quoted, dict.fromkeys(order)), "_number"])
        self.connection.execute(
            f"CREATE TEMP TABLE ordered AS SELECT _number, {self._columns} FROM temp.staged ORDER BY {terms}"  # checked names
        )
        self.connection.execute("DROP TABLE temp.staged")

    def take_out_doubled(self, key: tuple[str, ...], keep: str) -> Iterator[Doubled]:
        """Remove the rows whose key an earlier row has (`keep` = "first") or a later one ("last"), and give them."""
        if set(self.layout.cluster) <= set(key) and key == self.keys[0]:
            self._find_beside(key, keep)
        else:
            self._find_anywhere(key, keep)
        names = ", ".join(map(quoted, key))
        rows = self.connection.execute(
            f"SELECT _number, {names} FROM temp.ordered WHERE rowid IN (SELECT place FROM temp.doubled) ORDER BY _number"  # checked names
        )
        for number, *cells in rows:
            yield Doubled(number, tuple(cells))
        self.connection.execute("DELETE FROM temp.ordered WHERE rowid IN (SELECT place FROM temp.doubled)")
        self.connection.execute("DROP TABLE temp.doubled")

    def _find_beside(self, key: tuple[str, ...], keep: str) -> None:
        """Where the order puts rows of one key side by side: 8x faster than grouping."""
        same = " AND ".join(f"a.{quoted(column)} IS b.{quoted(column)}" for column in key)
        self.connection.execute(
            f"CREATE TEMP TABLE doubled AS SELECT {'b' if keep == 'first' else 'a'}.rowid AS place "  # checked names
            f"FROM temp.ordered AS a JOIN temp.ordered AS b ON b.rowid = a.rowid + 1 WHERE {same}"
        )

    def _find_anywhere(self, key: tuple[str, ...], keep: str) -> None:
        names = ", ".join(map(quoted, key))
        chosen = "min" if keep == "first" else "max"
        self.connection.execute(
            f"CREATE TEMP TABLE chosen AS SELECT {names}, {chosen}(_number) AS _number FROM temp.ordered "  # checked names
            f"GROUP BY {names} HAVING count(*) > 1"
        )
        self.connection.execute(f"CREATE INDEX temp.chosen_key ON chosen ({names})")
        same = " AND ".join(f"chosen.{quoted(column)} IS ordered.{quoted(column)}" for column in key)
        some = self.connection.execute("SELECT EXISTS (SELECT 1 FROM temp.chosen)").fetchone()[0]
        rows = f"temp.ordered CROSS JOIN temp.chosen ON {same} AND chosen._number <> ordered._number"
        self.connection.execute(
            f"CREATE TEMP TABLE doubled AS SELECT ordered.rowid AS place FROM {rows if some else 'temp.ordered WHERE 0'}"  # checked names
        )
        self.connection.execute("DROP TABLE temp.chosen")

    def count(self) -> int:
        """The rows that are left."""
        return int(self.connection.execute("SELECT count(*) FROM temp.ordered").fetchone()[0])

    def greatest(self, column: str, most: str | float | None = None) -> str | float | None:
        """The greatest value of a column, of those up to `most` if there is one; None without data."""
        name = quoted(column)
        up_to = "" if most is None else f" WHERE {name} <= ?"
        query = f"SELECT max({name}) FROM temp.ordered{up_to}"
        found: str | float | None = self.connection.execute(query, () if most is None else (most,)).fetchone()[0]
        return None if found == "" else found

    def take_place(self, loaded_at: int) -> None:
        """The rows become the table; the one before is dropped."""
        table, new = self.layout.table, f"{self.layout.table}__new"
        self.connection.execute(f"DROP TABLE IF EXISTS {quoted(new)}")
        self.connection.execute(create_table(self.layout, new))
        self.connection.execute(
            f"INSERT INTO {quoted(new)} ({self._columns}, _n, _loaded_at) "  # checked names
            f"SELECT {self._columns}, rowid, ? FROM temp.ordered ORDER BY rowid",
            (loaded_at,),
        )
        self.connection.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
        self.connection.execute(f"ALTER TABLE {quoted(new)} RENAME TO {quoted(table)}")
        note(self.connection, f"table:{table}", self.layout.declaration)
