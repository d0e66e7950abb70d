"""Runs the rival: a bare Python with sqlite3 that does the hand-written statements of rival.sql, and nothing else.

python tests/bench/rival.py FACTS OUTPUT AS_OF            # prints the seconds that its statements took
python tests/bench/rival.py FACTS OUTPUT AS_OF --passes   # only the GROUP BYs over the facts
"""

import datetime
import os
import sqlite3
import sys
import time

WINDOWS = (7, 28, 90, 365)  # days


def statements(script):
    """The statements of a script, one by one."""
    held = ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def connect(facts, output):
    """The facts, with memory to work in; what is written goes to `output` as durably as published runs do."""
    connection = sqlite3.connect(facts, isolation_level=None)
    for setting in ("cache_size = -64000", "mmap_size = 1000000000", "temp_store = memory"):
        connection.execute(f"pragma {setting}").fetchall()
    connection.execute("attach ? as out", (output,))
    for setting in ("journal_mode = wal", "synchronous = full", "cache_size = -64000"):
        connection.execute(f"pragma out.{setting}").fetchall()
    return connection


def run(facts, output, as_of, passes_only=False):
    """Computes and writes values and scores; answers the seconds that it took."""
    days = {f"from_{count}": (as_of - datetime.timedelta(days=count)).isoformat() for count in WINDOWS}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rival.sql"), encoding="utf-8") as file:
        script = file.read()
    connection = connect(facts, output)
    began = time.perf_counter()
    connection.execute("begin immediate")
    for statement in statements(script):
        if passes_only and "out.values_account" in statement:
            break
        connection.execute(statement, {"as_of": as_of.isoformat(), **days})
    connection.execute("commit")
    connection.execute("pragma out.wal_checkpoint(truncate)").fetchall()
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


if __name__ == "__main__":
    print(run(sys.argv[1], sys.argv[2], datetime.date.fromisoformat(sys.argv[3]), "--passes" in sys.argv))
