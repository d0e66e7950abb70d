"""`trigpoint scores`: the contracts of its formats."""

from __future__ import annotations

import csv
import io

import pytest

from support.command_line import CommandLine

FIELDS = ["key", "label", "score", "score_before_guards", "band", "outcome", "coverage", "points", "guards", "reasons"]


def test_json_is_one_object_with_the_promised_fields(look: CommandLine) -> None:
    """`scores --format json` is one object with the stamp of the run and a row per subject."""
    found = look("scores", "health", "--format", "json").json
    assert {name: found[name] for name in ("format", "scorecard", "subject", "as_of")} == {
        "format": 1,
        "scorecard": "health",
        "subject": "account",
        "as_of": "2026-03-31",
    }
    assert found["run"] == 1
    assert len(found["ruleset"]) == 64
    assert [row["key"] for row in found["rows"]] == ["A-17", "A-18", "A-19", "A-20", "A-21", "A-22"]
    assert all(list(row) == FIELDS for row in found["rows"])


def test_a_scored_row_says_why(look: CommandLine) -> None:
    """A row holds the score, the points of all groups and measures, and the dearest reasons with their texts."""
    row = look("scores", "health", "--format", "json").json["rows"][0]
    assert (row["label"], row["band"], row["outcome"], row["coverage"]) == ("Acme", "at_risk", "scored", 1.0)
    assert row["score"] == pytest.approx(27.742857143)
    assert list(row["points"]) == ["adoption", "support", "seats", "volume", "speed", "mood"]
    assert row["points"]["mood"] == 50.0
    assert row["guards"] == ["p1"]
    assert [each["measure"] for each in row["reasons"]] == ["seats", "speed", "volume"]
    assert row["reasons"][0]["text"] == "Few licensed seats are in use"


@pytest.mark.parametrize(("key", "outcome"), [("A-20", "not_eligible"), ("A-21", "insufficient_data")])
def test_only_what_is_scored_has_a_score(look: CommandLine, key: str, outcome: str) -> None:
    """Score and band are null unless the outcome is `scored`; there is never a number that stands for no data."""
    rows = {row["key"]: row for row in look("scores", "health", "--format", "json").json["rows"]}
    assert rows[key]["outcome"] == outcome
    assert (rows[key]["score"], rows[key]["band"], rows[key]["reasons"]) == (None, None, [])
    assert set(rows[key]["points"].values()) == {None}


def test_a_family_shows_the_scorecard_that_applies(look: CommandLine) -> None:
    """`scores FAMILY` has one row per subject, each with its own scorecard."""
    found = look("scores", "customer", "--format", "json").json
    assert found["scorecard"] == "customer"
    assert {row["key"]: row["scorecard"] for row in found["rows"]} == {
        "A-17": "big",
        "A-18": "other",
        "A-19": "other",
        "A-20": "big",
        "A-21": "other",
        "A-22": "big",
    }


def test_csv_has_a_column_for_each_point(look: CommandLine) -> None:
    """CSV is the same with one column per group and measure; no data is an empty cell."""
    rows = list(csv.DictReader(io.StringIO(look("scores", "health", "--format", "csv").out)))
    assert float(rows[0]["seats"]) == pytest.approx(100 / 7)
    assert rows[0]["guards"] == "p1"
    assert rows[0]["reason_1"] == "Few licensed seats are in use"
    assert (rows[3]["score"], rows[3]["outcome"], rows[3]["as_of"]) == ("", "not_eligible", "2026-03-31")


def test_csv_cells_are_never_formulas(look: CommandLine) -> None:
    """A name that a spreadsheet would run as a formula gets a quote mark before it."""
    rows = list(csv.DictReader(io.StringIO(look("scores", "health", "--format", "csv").out)))
    assert rows[1]["label"] == "'=Beta"


def test_a_band_is_picked_and_rows_are_sorted(look: CommandLine) -> None:
    """`--band` keeps one band, `--sort score` puts the lowest first."""
    found = look("scores", "health", "--band", "at_risk", "--sort", "score", "--format", "json").json
    assert [row["key"] for row in found["rows"]] == ["A-19", "A-17"]


def test_the_table_is_for_people(look: CommandLine) -> None:
    """The table says who, how much, which band and why."""
    lines = look("scores", "health").out.splitlines()
    assert lines[0].split() == ["account", "name", "score", "band", "known", "reasons"]
    assert "Few licensed seats are in use (30.9)" in lines[1]
    assert "not eligible" in lines[4]


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (["heath"], "TP612", "health"),
        (["health", "--band", "at_rsk"], "TP344", "at_risk"),
        (["health", "--as-of", "2026-03-30"], "TP611", "2026-03-31"),
        (["health", "--as-of", "31.03.2026"], "TP345", "2026-03-31"),
        (["health", "--format", "xml"], "TP340", "trigpoint scores --help"),
        ([], "TP340", "trigpoint scores --help"),
    ],
)
def test_what_is_not_there_is_said_with_a_way_out(
    look: CommandLine, arguments: list[str], code: str, hint: str
) -> None:
    """A name, band, date or format that is not there ends with exit code 2, one line, and the way out."""
    answer = look("scores", *arguments)
    assert (answer.code, answer.codes, answer.out) == (2, [code], "")
    assert hint in answer.problems[0]
