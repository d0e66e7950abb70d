"""`trigpoint history`: the scores of one subject over time."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from support.command_line import CommandLine


@pytest.fixture
def moved(small: Path, command_line: CommandLine) -> CommandLine:
    """Three runs: a month before, the date of the project, and again a day later under changed rules."""
    assert command_line("run", "--as-of", "2026-02-28").code == 0
    assert command_line("run", "--no-load").code == 0
    health = small / "rules" / "health.toml"
    health.write_text(health.read_text().replace("linear = [0.2, 0.9]", "linear = [0.2, 0.6]"))
    assert command_line("run", "--no-load", "--as-of", "2026-04-01").code == 0
    return command_line


def test_history_marks_changes_of_the_rules(moved: CommandLine) -> None:
    """Each run is a row, oldest first, with what moved the score and whether the rules were changed."""
    rows = moved("history", "health", "A-17", "--format", "json").json["rows"]
    assert [row["as_of"] for row in rows] == ["2026-02-28", "2026-03-31", "2026-04-01"]
    assert [row["rules_changed"] for row in rows] == [False, False, True]
    assert rows[0]["change"] is None
    assert rows[1]["change"]["score"] == pytest.approx(rows[1]["score"] - rows[0]["score"])
    assert "seats" in {mover["measure"] for mover in rows[2]["change"]["movers"]}


def test_history_as_table_and_csv(moved: CommandLine) -> None:
    """The table says why each score moved; CSV has the same rows."""
    lines = moved("history", "health", "A-17").out.splitlines()
    assert lines[0].split() == ["as", "of", "score", "change", "band", "known", "why"]
    assert "rules changed: measures.seats.linear [0.2, 0.9] → [0.2, 0.6]; Seats in use +" in lines[3]
    rows = list(csv.DictReader(io.StringIO(moved("history", "health", "A-17", "--format", "csv").out)))
    assert [row["rules_changed"] for row in rows] == ["false", "false", "true"]


def test_a_score_of_the_past_can_be_explained(moved: CommandLine) -> None:
    """`--as-of` shows an earlier run by the rules it was made with."""
    before = moved("explain", "health", "A-17", "--as-of", "2026-03-31").out
    after = moved("explain", "health", "A-17").out
    assert "100 at 90 % or more" in before
    assert "100 at 60 % or more" in after
