"""The same run gives the same bytes: under any hash seed, zone and locale, and for any order of the rows."""

from __future__ import annotations

import csv
import itertools
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from support.check_store import dump

RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
label = "name"
parents = { team = "team" }
[subjects.team]
table = "teams"
key = "team"
[tables.teams]
columns = { team = "text" }
[tables.accounts]
columns = { account_id = "text", name = "text", team = "text" }
key = ["account_id"]
[tables.usage]
columns = { account_id = "text", at = "timestamp", minutes = "number", feature = "text" }
belongs_to = { account = "account_id" }
time = "at"

[metrics]
minutes  = { from = "usage", value = "sum(minutes)", window = "90 days", empty = 0, subject = ["account", "team"] }
features = { from = "usage", value = "count(distinct upper(feature))", window = "90 days", empty = 0 }
middle   = { from = "usage", value = "median(minutes)", window = "year to date" }
trend    = { value = "minutes / previous(minutes) - 1", subject = "account" }

[scorecards.health]
subject = "account"
missing = "skip"
bands = { good = 50, bad = 0 }
hold = 3
[scorecards.health.measures]
minutes  = { metric = "minutes", rank = "team", peers = 2 }
features = { metric = "features", linear = [0, 4], weight = 2 }
trend    = { metric = "trend", curve = [[-1, 0], [0, 60], [1, 100]] }
[scorecards.health.guards]
silent = { when = "minutes = 0", cap = 20 }
"""
PROJECT = """
timezone = "America/Sao_Paulo"
as_of = 2026-03-31
rules = ["rules.toml"]
[sources.accounts]
plugin = "files"
path = "accounts.csv"
[sources.teams]
plugin = "files"
path = "teams.csv"
[sources.usage]
plugin = "files"
path = "usage.csv"
"""
SEEDS, ZONES, LOCALES, ORDERS = ("0", "4711"), ("UTC", "Asia/Kolkata", "Pacific/Auckland"), ("C", "C.utf8"), (None, 5)
COMBINATIONS = list(itertools.product(SEEDS, ZONES, LOCALES, ORDERS))


def facts() -> dict[str, list[list[str]]]:
    """Rows whose sums depend on the order of adding, with ties, blanks and non-ASCII texts."""
    dice = random.Random(1)
    accounts = [[f"A-{k:02d}", f"Ärzte {k}", f"T{k % 3}"] for k in range(30)]
    usage = []
    for _ in range(1500):
        day = f"2026-{1 + int(dice.random() * 3):02d}-{1 + int(dice.random() * 28):02d}"
        moment = f"{day} {int(dice.random() * 24):02d}:{int(dice.random() * 60):02d}"
        minutes = "" if dice.random() < 0.05 else f"{dice.random() * 10 ** int(dice.random() * 9):.7f}"
        usage.append(
            [f"A-{int(dice.random() * 31):02d}", moment, minutes, dice.choice(["straße", "STRASSE", "x", "", "ß"])]
        )
    return {
        "accounts": [["account_id", "name", "team"], *accounts],
        "teams": [["team"], ["T0"], ["T1"], ["T2"]],
        "usage": [["account_id", "at", "minutes", "feature"], *usage],
    }


def make(folder: Path, order: int | None) -> None:
    """A project over the facts, in the order they were made or shuffled."""
    folder.mkdir()
    (folder / "trigpoint.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    for name, (head, *rows) in facts().items():
        if order is not None:
            random.Random(order).shuffle(rows)
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])


def run(folder: Path, seed: str, zone: str, locale: str) -> tuple[dict[str, str], str]:
    """What two runs of neighbouring dates leave in the store, and what `scores` prints of them."""
    changed = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "1"}
    environment = {**os.environ, **changed, "COVERAGE_PROCESS_START": ""}
    program = [sys.executable, "-m", "trigpoint", "--project", str(folder)]
    for more in (["run", "--as-of", "2026-03-30"], ["run", "--no-load"]):
        subprocess.run([*program, *more], env=environment, check=True, capture_output=True)
    shown = subprocess.run(
        [*program, "scores", "health", "--format", "json"], env=environment, check=True, capture_output=True
    )
    return dump(folder / "trigpoint.db"), shown.stdout.decode()


@pytest.mark.slow
def test_the_same_bytes_everywhere(tmp_path):
    """24 combinations of hash seed, zone, locale and row order leave the same tables and print the same scores."""
    made = []
    for number, (seed, zone, locale, order) in enumerate(COMBINATIONS):
        make(tmp_path / str(number), order)
        made.append(run(tmp_path / str(number), seed, zone, locale))
    assert len(made) == 24
    assert "A-07" in made[0][1]
    assert all(each == made[0] for each in made[1:])


@pytest.mark.parametrize("change", ["minutes", "rule"])
@pytest.mark.slow
def test_the_comparison_sees_a_change(tmp_path, change):
    """One more minute in one row, or another weight, and the dumps differ."""
    make(tmp_path / "before", None)
    make(tmp_path / "after", None)
    file = tmp_path / "after" / ("usage.csv" if change == "minutes" else "rules.toml")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("weight = 2", "weight = 3") if change == "rule" else text + "A-01,2026-03-01 10:00,1,x\n",
        encoding="utf-8",
    )
    assert run(tmp_path / "before", "0", "UTC", "C") != run(tmp_path / "after", "0", "UTC", "C")
