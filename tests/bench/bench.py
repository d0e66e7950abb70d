"""The benchmarks: what we take, as a ratio of what a rival takes on the same facts. Ends with 1 when a bar is missed.

    make bench                    # all of them
    make bench BENCH="score help" # some

The facts are made once and kept in `build/bench`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import frozen

from bench.bench_load import KEYS, ROWS, load_bare, load_checked, write_csv
from bench.bench_plugins import start_up
from bench.make_data import AS_OF, use_plugin, use_rules, write_warehouse
from bench.measure import More, Ratio, Spent, pairs, spend

CHECKOUT = Path(__file__).parents[2]
FACTS = CHECKOUT / "build" / "bench"
RIVAL = Path(__file__).with_name("rival.py")
PAIRS = 5


@frozen
class Facts:
    """A project with loaded facts; `rows` of each account, or None for one a day over a year."""

    accounts: int
    rows: int | None
    books: bool = False

    @property
    def folder(self) -> Path:
        """Where they lie; made when they are first asked for, and again when what makes them has changed."""
        folder = FACTS / f"{self.accounts}_accounts_{self.rows or 'daily'}{'_in_books' if self.books else ''}"
        made, makers = folder / "made", (Path(__file__).with_name("make_data.py"), *RIVAL.parent.glob("ruleset/*"))
        if not made.exists() or made.stat().st_mtime < max(maker.stat().st_mtime for maker in makers):
            print(f"making {folder.relative_to(CHECKOUT)} ...", file=sys.stderr)
            write_warehouse(folder, self.accounts, self.rows, self.books)
            made.touch()
        return folder


EVENTS = Facts(10_000, 200)
DAILY = Facts(5_000, None)
MANY = Facts(100_000, 20)
FEW = Facts(1_000, 20)
PLUGGED = Facts(20_000, 50)
BOOKS = Facts(100_000, 20, books=True)


def run_ours(facts: Facts) -> Spent:
    """`trigpoint run --no-load`, with nothing published before."""
    folder = facts.folder
    _remove(folder, "trigpoint.db")
    return spend([sys.executable, "-m", "trigpoint", "run", "--no-load", "--format", "json"], folder)


def run_rival(facts: Facts, *more: str) -> Spent:
    """A bare Python that does the hand-written statements."""
    folder = facts.folder
    _remove(folder, "rival.db")
    return spend([sys.executable, RIVAL, "data.db", "rival.db", AS_OF.isoformat(), *more], folder)


def _remove(folder: Path, name: str) -> None:
    for path in folder.glob(f"{name}*"):
        path.unlink()


def score() -> Ratio:
    """10,000 accounts, 2M events: the whole process of `run --no-load` to the rival's statements alone."""
    return pairs(PAIRS, lambda: run_ours(EVENTS).seconds, lambda: float(run_rival(EVENTS).printed))


def night() -> Ratio:
    """5,000 accounts, a year of daily usage: from process start to published, to the rival's process."""
    return pairs(PAIRS, lambda: run_ours(DAILY).seconds, lambda: run_rival(DAILY).seconds)


def help_() -> Ratio:
    """`trigpoint --help` to a Python that imports sqlite3."""
    return pairs(
        15,
        lambda: spend([sys.executable, "-m", "trigpoint", "--help"], CHECKOUT).seconds,
        lambda: spend([sys.executable, "-c", "import sqlite3"], CHECKOUT).seconds,
    )


def memory() -> Ratio:
    """Peak memory of `run --no-load` with 100,000 accounts to that with 1,000."""
    return pairs(2, lambda: run_ours(MANY).peak_mb, lambda: run_ours(FEW).peak_mb)


def statements() -> Ratio:
    """100,000 accounts, 12 measures: our statements to the rival's GROUP BYs alone."""
    return pairs(
        3, lambda: _stages(run_ours(MANY), ("values", "judgements")), lambda: float(run_rival(MANY, "--passes").printed)
    )


def _stages(spent: Spent, names: Iterable[str]) -> float:
    seconds = json.loads(spent.printed)["seconds"]
    return float(sum(seconds[name] for name in names))


def rollups() -> Ratio:
    """100,000 accounts of 400 CSMs: the run with 20 figures of each CSM and the company to the run without them."""
    return pairs(
        3,
        lambda: _with_rules("rules.toml", "books.toml", "rollups.toml"),
        lambda: _with_rules("rules.toml", "books.toml"),
    )


def _with_rules(*layers: str) -> float:
    use_rules(BOOKS.folder, *layers)
    return run_ours(BOOKS).seconds


def plugin_metric() -> Ratio:
    """1M rows of 20,000 accounts: the evaluation with their mean by a plugin's function to that with avg(x)."""
    return pairs(5, lambda: _evaluated("by_plugin.toml"), lambda: _evaluated("by_sql.toml"))


def wide_metric() -> Ratio:
    """The same with number, date and text, to avg(x), max(day) and count(distinct text)."""
    return pairs(5, lambda: _evaluated("wide_by_plugin.toml"), lambda: _evaluated("wide_by_sql.toml"))


def _evaluated(layer: str) -> float:
    use_plugin(PLUGGED.folder, layer)
    return _stages(run_ours(PLUGGED), ("compile", "values", "judgements"))


def load() -> Ratio:
    """1M rows of 6 columns from CSV, checked and clustered, to a bare csv.reader and executemany."""
    FACTS.mkdir(parents=True, exist_ok=True)
    rows = FACTS / "usage.csv"
    if not rows.exists():
        write_csv(rows, ROWS)
    return pairs(
        3,
        lambda: _timed(lambda database: load_checked(rows, database, KEYS["key"])),
        lambda: _timed(lambda database: load_bare(rows, database)),
    )


def _timed(work: Callable[[Path], None]) -> float:
    _remove(FACTS, "usage.db")
    began = time.perf_counter()
    work(FACTS / "usage.db")
    return time.perf_counter() - began


def plugins() -> More:
    """Milliseconds more for `check` with 30 installed plugins than with 3, of which 3 are enabled."""
    return start_up(FACTS / "plugins", 15)


BARS: dict[str, tuple[Callable[[], Ratio | More], float]] = {
    "score": (score, 1.3),
    "night": (night, 1.5),
    "help": (help_, 5.0),
    "memory": (memory, 2.0),
    "statements": (statements, 2.2),
    "rollups": (rollups, 1.25),
    "plugin_metric": (plugin_metric, 3.0),
    "wide_metric": (wide_metric, 2.0),
    "load": (load, 3.0),
    "plugins": (plugins, 50.0),
}


def main() -> int:
    """Measures what the command line names, all without; prints a line for each as it is known."""
    wanted = sys.argv[1:] or list(BARS)
    print(
        f"{'':<14}{'ours':>9}{'theirs':>9}{'ratio':>8}{'median':>8}{'bar':>6}   best of each; memory in MB, else seconds"
    )
    missed = []
    for name in wanted:
        measure, bar = BARS[name]
        ratio = measure()
        missed += [name] if ratio.least > bar else []
        verdict = "MISSED" if ratio.least > bar else "held"
        print(
            f"{name:<14}{min(ratio.ours):>9.3f}{min(ratio.theirs):>9.3f}{ratio.least:>8.2f}{ratio.median:>8.2f}{bar:>6.1f}   "
            f"{verdict}: {(measure.__doc__ or '').strip()}",
            flush=True,
        )
    print(f"bars missed: {', '.join(missed)}" if missed else "all bars held")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
