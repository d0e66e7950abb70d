"""How long a checked, clustered load takes beside a bare one, and whether its memory stays constant.

The bare loop is `csv.reader` + `executemany` into a plain table: no types, no checks, no order, no keys. Bars: at most
3x its time for a million rows of six columns, with a declared key; about the same peak memory for ten times the rows.
Prints a line of JSON per figure. `python tests/bench/bench_load.py [ROWS]`
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from attrs import frozen

from trigpoint.intake import load
from trigpoint.model.plugin import Registry
from trigpoint.model.project import Project, SourceSettings
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.model.subject import Subject
from trigpoint.model.table import Table
from trigpoint_files.source import FilesSource

ROWS = 1_000_000
BAR = 3.0
MEMORY_BAR = 1.25
REPEATS = 3
HEADER = ("account_id", "user_id", "day", "events", "minutes", "feature")
BARE = "bare csv.reader + executemany"
KEYS: dict[str, tuple[str, ...]] = {
    "key": ("account_id", "user_id", "day"),  # the owner and time are part of it
    "id": ("user_id",),  # they are not
    "no key": (),
}


def write_csv(path: Path, rows: int) -> None:
    """A seeded file: 6 columns, unsorted, like an export of usage."""
    rng = random.Random(7)
    days = [(dt.date(2024, 1, 1) + dt.timedelta(days=day)).isoformat() for day in range(540)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            account, feature = f"A-{rng.randrange(10_000):06d}", f"feature_{rng.randrange(40)}"
            day, events, minutes = rng.choice(days), rng.randrange(50), f"{rng.random() * 1000:.2f}"
            writer.writerow((account, f"user-{number:07d}", day, events, minutes, feature))


def load_bare(path: Path, database: Path) -> None:
    """What anybody would write first."""
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE usage (account_id, user_id, day, events INTEGER, minutes REAL, feature)")
    with path.open(newline="", encoding="utf-8") as file, connection:
        reader = csv.reader(file)
        next(reader)
        connection.executemany("INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?)", reader)
    connection.close()


def load_checked(path: Path, database: Path, key: tuple[str, ...]) -> None:
    """The same file through the source `files` and the intake."""
    columns = dict(zip(HEADER, ("text", "text", "date", "integer", "number", "text"), strict=True))
    table = Table("usage", columns, key, belongs_to={"account": "account_id"}, time="day")  # type: ignore[arg-type]  # types by name
    accounts = Table("accounts", {"account_id": "text"})
    account = Subject("account", "accounts", "account_id")
    ruleset = Ruleset(Calendar(), {"account": account}, {"accounts": accounts, "usage": table}, {}, {}, "")
    source = SourceSettings("usage", "usage", "files", {"path": str(path)})
    project = Project(path.parent, Calendar(), (), warehouse_path=database, sources={"usage": source})
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    (ended,) = load(project, ruleset, Registry({"files": FilesSource()}), today=now)
    if ended.quarantined:
        raise SystemExit(f"{ended.quarantined} rows were quarantined")


@frozen
class Took:
    """Seconds on the wall and of the processor; other programs on the machine add to the first only."""

    wall: float
    processor: float

    def least(self, other: Took) -> Took:
        """The lesser of both, figure by figure."""
        return Took(min(self.wall, other.wall), min(self.processor, other.processor))

    def ratio(self, bare: Took) -> float:
        """How many times the bare load it took. One thread does all the work, so the steadier figure counts."""
        return self.processor / bare.processor


def measure(path: Path, folder: Path) -> dict[str, Took]:
    """The least times of each way of loading, which take turns."""
    ways: dict[str, Callable[[Path], None]] = {BARE: lambda database: load_bare(path, database)}
    for label, key in KEYS.items():
        ways[f"checked, {label}"] = partial(load_checked, path, key=key)
    least: dict[str, Took] = {}
    for _repeat in range(REPEATS):
        for label, work in ways.items():
            took = _time(work, folder / "load.db")
            least[label] = took.least(least.get(label, took))
    return least


def _time(work: Callable[[Path], None], database: Path) -> Took:
    database.unlink(missing_ok=True)
    wall, processor = time.perf_counter(), time.process_time()
    work(database)
    return Took(time.perf_counter() - wall, time.process_time() - processor)


def peak_megabytes(rows: int, folder: Path) -> float:
    """Peak memory of a process of its own that loads `rows` rows."""
    command = [sys.executable, __file__, "--once", str(rows), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return float(done.stdout)


def load_once(rows: int, folder: Path) -> None:
    """What the process of its own does."""
    path = folder / f"{rows}.csv"
    database = folder / f"{rows}.db"
    database.unlink(missing_ok=True)
    load_checked(path, database, KEYS["key"])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main(rows: int) -> int:
    """Print all figures; 1 if a bar is missed."""
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_csv(folder / "usage.csv", rows)
        least = measure(folder / "usage.csv", folder)
        for label, took in least.items():
            ratio = took.ratio(least[BARE])
            failed |= ratio > BAR
            seconds = {"seconds": round(took.wall, 2), "processor": round(took.processor, 2)}
            print(
                json.dumps({"figure": label, "rows": rows, **seconds, "ratio": round(ratio, 2), "bar": BAR}), flush=True
            )
        few, many = rows // 5, rows * 2
        for size in (few, many):
            write_csv(folder / f"{size}.csv", size)
        peaks = {size: peak_megabytes(size, folder) for size in (few, many)}
        ratio = peaks[many] / peaks[few]
        failed |= ratio > MEMORY_BAR
        shown = {f"{size} rows": round(peak, 1) for size, peak in peaks.items()}
        print(json.dumps({"figure": "peak MB", **shown, "ratio": round(ratio, 2), "bar": MEMORY_BAR}))
    return int(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        load_once(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
