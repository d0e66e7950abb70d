"""Books that contradict themselves: two holders at once, stretches that overlap or end before they begin, lost customers."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import CommandLine

PROJECT = """
timezone = "UTC"
rules = ["rules.toml"]
[sources.accounts]
plugin = "files"
path = "accounts.csv"
[sources.csms]
plugin = "files"
path = "csms.csv"
[sources.assignments]
plugin = "files"
path = "assignments.csv"
"""
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
label = "name"
history = true
parents = { csm = { table = "assignments", column = "csm_id" }, segment = "segment" }
[subjects.csm]
table = "csms"
key = "csm_id"
[subjects.segment]
[tables.accounts]
columns = { account_id = "text", name = "text", segment = "text", seats = "number", from_day = "date", to_day = "date" }
in_force = { from = "from_day", to = "to_day", to_is = "last day" }
[tables.csms]
columns = { csm_id = "text" }
[tables.assignments]
columns = { account_id = "text", csm_id = "text", from_day = "date", to_day = "date" }
belongs_to = { account = "account_id" }
in_force = { from = "from_day", to = "to_day", to_is = "last day" }
[metrics.book]
over = "account"
value = "sum(seats)"
[scorecards.health]
subject = "account"
missing = "skip"
bands = { good = 50, bad = 0 }
measures.seats = { value = "seats", linear = [0, 100] }
[scorecards.books]
subject = "csm"
missing = "skip"
measures.book = { metric = "book", linear = [0, 100] }
[scorecards.segments]
subject = "segment"
missing = "skip"
measures.book = { metric = "book", linear = [0, 100] }
"""
ACCOUNTS = """account_id,name,segment,seats,from_day,to_day
A,Small A,smb,10,,2026-01-31
A,Large A,ent,80,2026-02-01,
B,Lost B,smb,40,2025-01-01,2026-02-10
"""
STRETCHES = "account_id,csm_id,from_day,to_day\n"


@pytest.fixture
def command_line(capsys, monkeypatch, tmp_path) -> CommandLine:
    """The command line inside a project without assignments."""
    folder = tmp_path / "project"
    folder.mkdir()
    files = {"trigpoint.toml": PROJECT, "rules.toml": RULES, "accounts.csv": ACCOUNTS, "csms.csv": "csm_id\nC\nD\n"}
    for name, text in (files | {"assignments.csv": STRETCHES}).items():
        (folder / name).write_text(text)
    monkeypatch.chdir(folder)
    return CommandLine(capsys)


@pytest.mark.parametrize(
    ("stretches", "code", "told", "books"),
    [
        ("A,C,2026-01-01,\nB,C,2026-01-01,2026-02-10\n", 0, [], {"C": 120, "D": None}),
        (
            "A,C,2026-01-01,\nA,D,2026-01-01,\n",
            3,
            ["names more than one csm", "no csm is known"],
            {"C": None, "D": None},
        ),
        ("A,C,,\nA,D,2026-02-01,\n", 0, ["the later one counts for 1 account: e.g. 'A'"], {"C": None, "D": 80}),
        ("A,C,2026-02-03,2026-02-01\n", 0, ["end before they begin", "no csm is known"], {"C": None, "D": None}),
        (
            "A,X,2026-01-01,\n",
            0,
            ["no csm is known ('csm_id') for 2 accounts: e.g. 'A', where csm_id is 'X'"],
            {"C": None, "D": None},
        ),
        ("X,C,2026-01-01,\n,C,2026-01-01,\n", 0, ["2 rows belong to no account"], {"C": None, "D": None}),
    ],
)
def test_odd_assignments_are_told(command_line, stretches: str, code: int, told: list[str], books: dict) -> None:
    """Whatever the assignments say there is an answer, and everything odd about them is told."""
    Path("assignments.csv").write_text(STRETCHES + stretches)
    answer = command_line("run", "--as-of", "2026-03-01", "--format", "json")
    assert answer.code == code
    for text in told:
        assert text in str(answer.json["warnings"])
    rows = command_line("scores", "books", "--format", "json").json["rows"]
    assert {row["key"]: row["points"]["book"] for row in rows} == {
        key: None if seats is None else min(seats, 100) for key, seats in books.items()
    }


def test_a_lost_customer_is_not_scored_and_says_why(command_line) -> None:
    """Its row is not in force any more: the outcome is not eligible, by its own rows, and `explain` tells it."""
    assert command_line("run", "--as-of", "2026-03-01").code == 0
    rows = command_line("scores", "health", "--format", "json").json["rows"]
    assert {row["key"]: (row["label"], row["outcome"]) for row in rows} == {
        "A": ("Large A", "scored"),
        "B": ("Lost B", "not_eligible"),
    }
    assert "No row of this account is in force on 1 March 2026." in command_line("explain", "health", "B").out
    segments = command_line("scores", "segments", "--format", "json").json["rows"]
    assert {row["key"]: row["points"]["book"] for row in segments} == {"ent": 80, "smb": 40}


def test_a_run_of_the_past_has_the_rows_of_the_past(command_line) -> None:
    """As of a day in January the customer is the one of January."""
    assert command_line("run", "--as-of", "2026-01-15").code == 0
    rows = command_line("scores", "health", "--format", "json").json["rows"]
    assert {row["key"]: row["label"] for row in rows} == {"A": "Small A", "B": "Lost B"}
    assert "Small A" in command_line("explain", "health", "A").out
    assert command_line("explain", "segments", "smb").code == 0
