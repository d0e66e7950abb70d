"""Makes the benchmark's facts: accounts and their usage, the same bytes for the same arguments.

python tests/bench/make_data.py DIR --accounts 10000 --rows 200            # 200 rows per account, at random
python tests/bench/make_data.py DIR --accounts 5000 --daily                # a row per account and day, one year
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from trigpoint.rules import load_project, load_ruleset
from trigpoint.warehouse.layout import prepare

AS_OF = dt.date(2025, 3, 31)
SPAN_DAYS = 400  # a little more than the longest window, so that windows have something to leave out
PLANS = (("enterprise", 250), ("pro", 60), ("free", 8))
FEATURES = ("reports", "boards", "export", "alerts", "import", "search", "api", "roles")
CSMS = 400
ACCOUNT_COLUMNS = ("account_id", "name", "plan", "licensed_seats", "arr", "signed_up")
USAGE_COLUMNS = ("account_id", "day", "user_id", "feature", "events", "minutes", "errors")

RULESET = Path(__file__).parent / "ruleset"
PLUGGED = Path(__file__).parent / "plugged"
LOADED_AT = 1_743_500_000
NOTED = (
    "INSERT INTO _loads (source, table_name, status, loaded_at, attempted_at) "
    "VALUES (?, ?, 'loaded', '2025-04-01 09:33:20', '2025-04-01 09:33:20')"
)

Row = tuple[str | int | float | None, ...]


def accounts(number: int, seed: int = 1) -> Iterator[Row]:
    """The accounts in order of their key: one in fifty without a known number of seats."""
    dice = random.Random(f"accounts {seed}")
    for index in range(number):
        plan, size = PLANS[min(2, int(dice.random() * 3.2))]
        seats = None if dice.random() < 0.02 else 1 + int(size * dice.random())
        arr = round((seats or 10) * dice.uniform(200, 900), 2)
        signed_up = AS_OF - dt.timedelta(days=int(dice.random() ** 2 * 1500))
        yield f"A{index:06d}", f"Customer {index}", plan, seats, arr, signed_up.isoformat()


def usage(number: int, rows: int | None, seed: int = 1) -> Iterator[Row]:
    """The usage of each account in order of the whole row; `rows` None is one row for each day of a year."""
    dice = random.Random(f"usage {seed}")
    days = [(AS_OF - dt.timedelta(days=age)).isoformat() for age in range(SPAN_DAYS)]
    for index in range(number):
        yield from sorted(_of_account(dice, f"A{index:06d}", days, rows), key=_whole_row)


def _of_account(dice: random.Random, key: str, days: list[str], rows: int | None) -> Iterator[Row]:
    quiet = int(dice.random() ** 4 * 120)  # days since the account was last active: most are, some fell silent
    users = 1 + int(dice.random() * 30)
    trouble = dice.random() ** 3 * 0.5
    ages = range(364, -1, -1) if rows is None else (int(dice.random() * SPAN_DAYS) for _ in range(rows))
    draw = dice.random
    for age in ages:
        events = 0 if age < quiet else int(draw() * 12)
        minutes = None if draw() < 0.05 else round(draw() * 40 + events, 1)
        errors = 1 + int(draw() * 4) if draw() < trouble else 0
        yield key, days[age], f"u{int(draw() * users)}", FEATURES[int(draw() * 8)], events, minutes, errors


def _whole_row(row: Row) -> tuple[str | int | float, ...]:
    return tuple(-1 if cell is None else cell for cell in row)  # blanks come first, as in SQLite


def write_csv(folder: Path, number: int, rows: int | None) -> None:
    """Writes `accounts.csv` and `usage.csv`, as sources see them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, header, facts in _facts(number, rows):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(header)
            out.writerows(facts)


def write_warehouse(folder: Path, number: int, rows: int | None, books: bool = False) -> None:
    """A project folder with the rules of `ruleset/` and its facts loaded, laid out as `trigpoint load` lays them.

    With `books` every account is in the book of one of 400 CSMs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("trigpoint.toml", "rules.toml", "books.toml", "rollups.toml"):
        shutil.copy(RULESET / name, folder / name)
    if books:
        use_rules(folder, "rules.toml", "books.toml")
    project = load_project(folder)
    project.warehouse_path.unlink(missing_ok=True)
    with closing(sqlite3.connect(project.warehouse_path)) as warehouse, warehouse:
        prepare(warehouse, load_ruleset(project), {})
        for name, header, facts in _facts(number, rows, books):
            columns, marks = ", ".join(header), ", ".join("?" * len(header))
            insert = f"INSERT INTO {name} ({columns}, _n, _loaded_at) VALUES ({marks}, ?, {LOADED_AT})"
            warehouse.executemany(insert, ((*row, n) for n, row in enumerate(facts, 1)))
            warehouse.execute(NOTED, (name, name))


def use_rules(folder: Path, *layers: str) -> None:
    """Let the project of a folder have these layers."""
    file = folder / "trigpoint.toml"
    named = ", ".join(f'"{layer}"' for layer in layers)
    file.write_text(
        re.sub(r"(?m)^rules = .*$", f"rules = [{named}]", file.read_text(encoding="utf-8")), encoding="utf-8"
    )


def use_plugin(folder: Path, layer: str) -> None:
    """Let the project of a folder score one metric, by SQL or by a plugin, as `layer` says."""
    for file in PLUGGED.iterdir():
        if file.is_file():
            shutil.copy(file, folder / file.name)
    use_rules(folder, "one.toml", layer)
    file, enabled = folder / "trigpoint.toml", '\n[plugins]\nlocal = ["averages.py"]\n'
    text = file.read_text(encoding="utf-8").replace(enabled, "")
    file.write_text(text + enabled if layer.endswith("by_plugin.toml") else text, encoding="utf-8")


def _facts(
    number: int, rows: int | None, books: bool = False
) -> tuple[tuple[str, tuple[str, ...], Iterator[Row]], ...]:
    facts = ("usage", USAGE_COLUMNS, usage(number, rows))
    if not books:
        return ("accounts", ACCOUNT_COLUMNS, accounts(number)), facts
    held = ((*row, f"C{index * 7 % CSMS:03d}") for index, row in enumerate(accounts(number)))
    csms: Iterator[Row] = ((f"C{index:03d}",) for index in range(CSMS))
    return ("csms", ("csm_id",), csms), ("accounts", (*ACCOUNT_COLUMNS, "csm_id"), held), facts


def main() -> None:
    """Writes what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--daily", action="store_true")
    parser.add_argument("--csv", action="store_true", help="accounts.csv and usage.csv instead of a loaded project")
    wanted = parser.parse_args()
    write = write_csv if wanted.csv else write_warehouse
    write(wanted.folder, wanted.accounts, None if wanted.daily else wanted.rows)


if __name__ == "__main__":
    main()
