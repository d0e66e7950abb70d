"""Cells of a group are handed over as a list."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

from trigpoint.warehouse.gathered import Gathered


def test_the_order_of_rows_is_kept():
    """Cells come in the order of the table, also where SQLite has to sort the groups, and writes part of it to disk."""
    dice = random.Random(1)
    rows = [(number, f"k{dice.randrange(300)}") for number in range(60_000)]
    gathered = Gathered()
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA cache_size = -100").fetchall()
        connection.execute("PRAGMA temp_store = FILE").fetchall()
        connection.execute("CREATE TABLE facts (n INTEGER PRIMARY KEY, key TEXT)")
        connection.executemany("INSERT INTO facts VALUES (?, ?)", rows)
        gathered.register(connection)
        found = connection.execute("SELECT key, count(*), tp_cells(n) FROM facts GROUP BY key")
        lists = {key: cells for key, _, cells in (gathered.fetched(row, 2) for row in found)}
    wanted: dict[str, list[int]] = {}
    for number, key in rows:
        wanted.setdefault(key, []).append(number)
    assert lists == wanted
    assert gathered.lists == {}


def test_no_data_is_a_cell():
    """A blank cell is in the list like any other, so that the lists of two inputs go together."""
    gathered = Gathered()
    with closing(sqlite3.connect(":memory:")) as connection:
        gathered.register(connection)
        rows = connection.execute(
            "SELECT 'A', tp_cells(column1), tp_cells(column2) FROM (VALUES (1, NULL), (NULL, 'x'))"
        )
        assert [gathered.fetched(row, 1) for row in rows] == [("A", [1, None], [None, "x"])]
