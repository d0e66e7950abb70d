"""What happens between two nights: customers leave the files, sources fail, facts grow old."""

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
[sources.usage]
plugin = "files"
path = "usage.csv"
on_error = "stale"
"""
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text" }
key = ["account_id"]
[tables.usage]
columns = { account_id = "text", day = "date", events = "integer" }
belongs_to = { account = "account_id" }
time = "day"
[metrics]
events = { from = "usage", value = "sum(events)", window = "28 days", empty = 0 }
mean   = { from = "usage", value = "avg(events)", window = "28 days" }
[scorecards.health]
subject = "account"
missing = "skip"
bands = { good = 50, bad = 0 }
[scorecards.health.measures]
events = { metric = "events", linear = [0, 10] }
mean   = { metric = "mean", linear = [0, 10] }
"""


@pytest.fixture
def command_line(capsys, monkeypatch, tmp_path) -> CommandLine:
    """The command line inside a project that was scored as of 1 March."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name, text in {"trigpoint.toml": PROJECT, "rules.toml": RULES}.items():
        (folder / name).write_text(text)
    (folder / "accounts.csv").write_text("account_id\nA-1\nA-2\nA-3\n")
    (folder / "usage.csv").write_text("account_id,day,events\nA-1,2026-02-20,5\nA-2,2026-02-20,8\n")
    monkeypatch.chdir(folder)
    command = CommandLine(capsys)
    assert command("run", "--as-of", "2026-03-01").code == 0
    return command


def test_an_account_without_facts_is_scored_by_what_is_known(command_line) -> None:
    """No row is the `empty` of a metric that has one, and no data of one that has none."""
    row = command_line("scores", "health", "--format", "json").json["rows"][2]
    assert (row["key"], row["outcome"], row["points"]) == ("A-3", "scored", {"events": 0.0, "mean": None})
    assert row["coverage"] == 0.5


def test_a_lost_customer_whose_rows_are_gone_keeps_its_history(command_line) -> None:
    """It is not scored any more; what was published stays, can be asked for by date, and is told by `explain`."""
    Path("accounts.csv").write_text("account_id\nA-1\nA-3\n")
    Path("usage.csv").write_text("account_id,day,events\nA-1,2026-02-20,5\n")
    assert command_line("run", "--as-of", "2026-03-02").code == 0
    rows = command_line("scores", "health", "--format", "json").json["rows"]
    assert [row["key"] for row in rows] == ["A-1", "A-3"]
    assert command_line("explain", "health", "A-2").code == 2
    assert "A-2: good, 80.0 of 100" in command_line("explain", "health", "A-2", "--as-of", "2026-03-01").out
    history = command_line("history", "health", "A-2", "--format", "json").json
    assert "2026-03-01" in str(history)


def test_stale_facts_stay_stale_without_a_load(command_line) -> None:
    """A source that failed degrades the run, and the next run too, though that one loads nothing."""
    Path("usage.csv").unlink()
    assert command_line("run", "--as-of", "2026-03-02").code == 3
    again = command_line("run", "--as-of", "2026-03-02", "--no-load", "--format", "json")
    assert again.code == 3
    assert "stale" in str(again.json["warnings"])


def test_facts_grow_too_old_without_a_load(command_line) -> None:
    """`fresh` is judged by today's clock, not by that of the load."""
    rules = Path("rules.toml")
    rules.write_text(rules.read_text().replace('time = "day"', 'time = "day"\nfresh = { error = "2 days" }'))
    again = command_line("run", "--as-of", "2026-03-01", "--no-load", "--format", "json")
    assert again.code == 3
    assert "no older than 2 days" in str(again.json["warnings"])


def test_a_table_without_a_source_is_no_data(command_line) -> None:
    """Nobody knows that nothing happened: `empty = 0` does not say so, and the run tells it."""
    project = Path("trigpoint.toml")
    project.write_text(project.read_text().partition("[sources.usage]")[0])
    answer = command_line("run", "--as-of", "2026-03-02", "--format", "json")
    assert answer.code == 0
    assert "no source fills this table: events, mean have no data" in str(answer.json["warnings"])
    rows = command_line("scores", "health", "--format", "json").json["rows"]
    assert {row["outcome"] for row in rows} == {"insufficient_data"}


def test_no_run_for_a_day_to_come(command_line) -> None:
    """It would stay the newest for good."""
    answer = command_line("run", "--as-of", "2999-12-31")
    assert (answer.code, answer.codes) == (2, ["TP363"])
