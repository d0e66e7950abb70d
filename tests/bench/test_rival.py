"""The rival is a fair one: over the same facts it writes the same values and the same scores as we do."""

from __future__ import annotations

import datetime as dt
import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.make_data import AS_OF, write_warehouse
from bench.rival import run as run_rival
from trigpoint import load_project, run_project

NOW = dt.datetime(2025, 4, 1, 6, tzinfo=dt.UTC)
Table = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The benchmark's project with 300 accounts, scored by us and by the rival."""
    folder = tmp_path_factory.mktemp("bench")
    write_warehouse(folder, 300, 60)
    run_project(load_project(folder), AS_OF, load=False, now=NOW)
    run_rival(str(folder / "data.db"), str(folder / "rival.db"), AS_OF)
    return folder


def rows(path: Path, query: str) -> Table:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return {row["key"]: dict(row) for row in database.execute(query)}


def differences(ours: Table, theirs: Table, leave: frozenset[str] = frozenset()) -> list[str]:
    """The cells in which the rival's table differs from ours; columns that only we have are not looked at."""
    assert ours.keys() == theirs.keys()
    return [
        f"{key}.{column}: ours {ours[key][column]!r}, the rival's {cell!r}"
        for key, row in theirs.items()
        for column, cell in row.items()
        if column not in leave and not _same(ours[key][column], cell)
    ]


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return ours == theirs


def test_same_values(project: Path) -> None:
    """Each value, its n and its newest fact are the same."""
    found = rows(project / "rival.db", "select * from values_account")
    assert differences(rows(project / "trigpoint.db", "select * from values_account"), found) == []


def test_same_scores(project: Path) -> None:
    """Scores, points, bands, outcomes, coverage, guards and the three reasons are the same."""
    ours = rows(project / "trigpoint.db", "select * from scores_health")
    theirs = rows(project / "rival.db", "select * from scores_health")
    assert differences(ours, theirs, frozenset({"reasons"})) == []
    for key, row in theirs.items():
        for mine, other in zip(json.loads(str(ours[key]["reasons"])), json.loads(str(row["reasons"])), strict=True):
            assert mine["measure"] == other["measure"]
            assert mine["lost"] == pytest.approx(other["lost"], abs=1e-8)


def test_the_facts_are_worth_comparing(project: Path) -> None:
    """All bands occur, and all guards; coverage is not always whole."""
    found = rows(project / "rival.db", "select * from scores_health").values()
    assert {row["band"] for row in found} >= {"healthy", "watch", "at_risk"}
    assert {name for row in found for name in json.loads(str(row["guards"]))} == {
        "errors_hurt",
        "silent",
        "new",
        "upsell",
    }
    assert min(float(str(row["coverage"])) for row in found) < 1
