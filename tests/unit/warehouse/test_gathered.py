"""Cells of a group are handed over as a list."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from contextlib import closing

from trigpoint.warehouse.gathered import Gathered
from trigpoint.warehouse.sqlite import Session


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


def test_a_subject_with_more_than_a_text_holds():
    """Where one subject has more cells than fit into a text of JSON, its cells and those after it come as lists; none twice."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        session = Session(connection, time.monotonic() + 60)
        session.gathered.register(connection)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 5_000)
        connection.execute("CREATE TABLE facts (key TEXT, x TEXT)")
        rows = [
            (key, f"{key}{n}")
            for key, count in (("", 1), ("A", 2), ("B", 2), ("C", 2_000), ("D", 2))
            for n in range(count)
        ]
        connection.executemany("INSERT INTO facts VALUES (?, ?)", rows)
        listed = "SELECT key, count(*) * (key > ''), 0, tp_cells(x) FROM facts GROUP BY key"
        found = list(session.rows(listed.replace("tp_cells", "json_group_array"), "x", listed))
    cells = {key: json.loads(each) if isinstance(each, str) else each for key, _, _, each in found}
    assert len(found) == len(cells)
    assert cells == {each: [x for key, x in rows if key == each] for each in "ABCD"}
    assert {type(each) for *_, each in found} == {str, list}


def test_no_data_is_a_cell():
    """A blank cell is in the list like any other, so that the lists of two inputs go together."""
    gathered = Gathered()
    with closing(sqlite3.connect(":memory:")) as connection:
        gathered.register(connection)
        rows = connection.execute(
            "SELECT 'A', tp_cells(column1), tp_cells(column2) FROM (VALUES (1, NULL), (NULL, 'x'))"
        )
        assert [gathered.fetched(row, 1) for row in rows] == [("A", [1, None], [None, "x"])]
