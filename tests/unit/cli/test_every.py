"""`every`: scores that are final on the last day of a period, and provisional on other days."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from support.command_line import CommandLine


@pytest.fixture
def quarterly(small: Path, command_line: CommandLine) -> CommandLine:
    """Scores for each quarter: a run in the middle of one, and one on its last day."""
    health = small / "rules" / "health.toml"
    health.write_text(health.read_text().replace("hold = 3", 'hold = 3\nevery = "quarter"'))
    assert command_line("run", "--as-of", "2026-02-28").code == 0
    assert "health: 4 scored" in command_line("run", "--no-load").out
    return command_line


@pytest.mark.parametrize(
    ("as_of", "text"),
    [("2026-02-28", "provisional: 2026-Q1 ends on 2026-03-31"), ("2026-03-31", "final for 2026-Q1")],
)
def test_scores_and_explain_say_what_they_are(quarterly: CommandLine, as_of: str, text: str) -> None:
    """The table begins with it, and so does the head of an explanation."""
    assert quarterly("scores", "health", "--as-of", as_of).out.splitlines()[0] == text
    assert f"· {text}" in quarterly("explain", "health", "A-17", "--as-of", as_of).out.splitlines()[1]


def test_json_says_it_in_two_fields(quarterly: CommandLine) -> None:
    """`period` and `final` stand in the head of scores, in explain, and in each row of a history."""
    found = quarterly("scores", "health", "--format", "json").json
    assert (found["period"], found["final"]) == ("2026-Q1", True)
    explained = quarterly("explain", "health", "A-17", "--as-of", "2026-02-28", "--format", "json").json
    assert (explained["period"], explained["final"]) == ("2026-Q1", False)
    rows = quarterly("history", "health", "A-17", "--format", "json").json["rows"]
    assert [(row["period"], row["final"]) for row in rows] == [("2026-Q1", False), ("2026-Q1", True)]


def test_history_marks_what_is_final(quarterly: CommandLine) -> None:
    """In the table only final scores are marked; CSV has both columns at the end."""
    lines = quarterly("history", "health", "A-17").out.splitlines()
    assert ["final for 2026-Q1" in line for line in lines] == [False, False, True]
    rows = list(csv.DictReader(io.StringIO(quarterly("history", "health", "A-17", "--format", "csv").out)))
    assert [(row["period"], row["final"]) for row in rows] == [("2026-Q1", "false"), ("2026-Q1", "true")]


def test_csv_of_scores_has_it_at_the_end(quarterly: CommandLine) -> None:
    """Each line says whether it is final."""
    lines = quarterly("scores", "health", "--format", "csv").out.splitlines()
    assert lines[0].endswith(",ruleset,period,final")
    assert all(line.endswith(",2026-Q1,true") for line in lines[1:])


def test_a_run_says_it_of_each_scorecard(quarterly: CommandLine) -> None:
    """The summary of a run tells final from provisional; scorecards without `every` say nothing."""
    lines = quarterly("run", "--no-load").out.splitlines()
    marked = {line.split(":")[0]: "final for 2026-Q1" in line for line in lines if " scored" in line}
    assert marked == {"health": True, "big": False, "other": False}


def test_without_every_nothing_is_said(quarterly: CommandLine) -> None:
    """A scorecard without periods, and a family of such, has null in both fields."""
    for name in ("big", "customer"):
        found = quarterly("scores", name, "--format", "json").json
        assert (found["period"], found["final"]) == (None, None)
        assert quarterly("scores", name).out.startswith("account")


def test_years_are_fiscal(small: Path, command_line: CommandLine) -> None:
    """A fiscal year is named after the year in which it ends, and its last day is final."""
    project = small / "trigpoint.toml"
    project.write_text('year_starts = "april"\n' + project.read_text())
    health = small / "rules" / "health.toml"
    health.write_text(health.read_text().replace("hold = 3", 'hold = 3\nevery = "year"'))
    assert command_line("run").code == 0
    assert command_line("scores", "health").out.startswith("final for 2026\n")
    assert command_line("run", "--no-load", "--as-of", "2026-04-01").code == 0
    assert command_line("scores", "health").out.startswith("provisional: 2027 ends on 2027-03-31\n")
