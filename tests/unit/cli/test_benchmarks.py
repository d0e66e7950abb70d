"""`trigpoint benchmarks`: own figures beside references."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from support.command_line import CommandLine
from trigpoint.rules import load_project, load_ruleset

RULES = """
[benchmarks.users_2016]
title = "Active users of a firm"
metric = "active_users"
basis = "peers"
citation = "A report"
year = 2016
when = "events > 100"
values = { few = 2, many = 10 }
review_after = "3 years"
[benchmarks.seats]
metric = "seat_utilisation"
subject = "account"
basis = "rule of thumb"
citation = "A talk"
year = 2025
values = { low = 0.2, fair = 0.7 }
when = "segment = 'enterprise'"
[benchmarks.users_before]
metric = "active_users"
basis = "own"
quantile = 0.5
history = "1 year"
runs = 2
"""
TABLE = """\
Active users of a firm  users_2016
  own figure  4 users (n 9)  between few 2 users and many 10 users
  references: few 2 users · many 10 users
  peers: A report, 2016; out of date since 31 December 2019

Seats in use, by account  seats
  Acme (A-17)         30 % (n 3)  between low 20 % and fair 70 %
  =Beta (A-18)       100 % (n 4)  not compared: it applies only where segment = 'enterprise'; here segment = 'smb'
  Gamma GmbH (A-19)   20 % (n 1)  not compared: it applies only where segment = 'enterprise'; here segment = 'smb'
  Delta (A-20)         0 % (n 0)  not compared: it applies only where segment = 'enterprise'; here segment = 'tiny'
  Echo (A-21)            no data  not compared: it applies only where segment = 'enterprise'; here segment = 'smb'
  Foxtrot (A-22)      50 % (n 1)  between low 20 % and fair 70 %
  references: low 20 % · fair 70 %
  rule of thumb: A talk, 2025

Active users  users_before
  own figure  4 users (n 9)  not compared: only 0 of 2 past runs within 1 year have a figure
  reference: the median of the published runs within 1 year before
  own past: published runs of this project
"""


@pytest.fixture
def compared(small: Path, command_line: CommandLine) -> CommandLine:
    """The small project with three benchmarks, published as of 2026-03-31."""
    (small / "rules" / "benchmarks.toml").write_text(RULES)
    assert command_line("run").code == 0
    return command_line


def test_all_are_shown_with_their_source(compared: CommandLine) -> None:
    """Figures of a subject at which nothing else asks for the metric are computed for the benchmark alone."""
    assert compared("benchmarks").out == TABLE


def test_the_own_past_fills_as_runs_are_published(compared: CommandLine) -> None:
    """The median of two earlier runs; `--as-of` shows an earlier date by what was known then."""
    for day in ("2026-02-28", "2026-01-31"):
        assert compared("run", "--no-load", "--as-of", day).code == 0
    assert "above own median 0.5 users" in compared("benchmarks", "users_before").out
    earlier = compared("benchmarks", "users_before", "--as-of", "2026-02-28").out
    assert "not compared: only 1 of 2 past runs within 1 year have a figure" in earlier


def test_json_and_csv(compared: CommandLine) -> None:
    """JSON has one entry per benchmark; CSV one row per figure, with the provenance in each."""
    told = compared("benchmarks", "seats", "users_2016", "--format", "json").json
    assert (told["format"], told["run"]) == (1, 1)
    assert [each["benchmark"] for each in told["benchmarks"]] == ["seats", "users_2016"]
    assert told["benchmarks"][0]["figures"][1]["refused"]["kind"] == "outside"
    rows = list(csv.DictReader(io.StringIO(compared("benchmarks", "--format", "csv").out)))
    assert len(rows) == 8
    assert {(row["basis"], row["citation"]) for row in rows} == {
        ("peers", "A report"),
        ("rule of thumb", "A talk"),
        ("own", ""),
    }


def test_a_changed_condition_asks_for_a_run(small: Path, compared: CommandLine) -> None:
    """The rules of today are held against a run that judged the rules of yesterday: that is refused until the next run."""
    rules = small / "rules" / "benchmarks.toml"
    rules.write_text(RULES.replace("events > 100", "events > 100000"))
    assert "not compared: the run as of 2026-03-31 did not judge where" in compared("benchmarks", "users_2016").out
    assert compared("run", "--no-load").code == 0
    assert "it applies only where events > 100000; here events = 136 events" in compared("benchmarks", "users_2016").out


def test_what_is_not_there_is_told(small: Path, compared: CommandLine) -> None:
    """A mistyped name, and rules without benchmarks."""
    answer = compared("benchmarks", "seat")
    assert (answer.code, answer.codes, answer.out) == (2, ["TP371"], "")
    (small / "rules" / "benchmarks.toml").unlink()
    assert compared("benchmarks").codes == ["TP370"]


def test_benchmarks_change_no_score(small: Path) -> None:
    """They are no part of the fingerprint, and a ruleset has them by name."""
    before = load_ruleset(load_project(small))
    (small / "rules" / "benchmarks.toml").write_text(RULES)
    after = load_ruleset(load_project(small))
    assert before.fingerprint == after.fingerprint
    assert list(after.benchmarks) == ["users_2016", "seats", "users_before"]
