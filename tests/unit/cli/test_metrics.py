"""`trigpoint metrics`: the contracts of its formats."""

from __future__ import annotations

import csv
import io

from support.command_line import CommandLine


def test_json_holds_typed_values(look: CommandLine) -> None:
    """Numbers are numbers, integers whole, truth values true and false, dates text, no data null."""
    found = look("metrics", "account", "--format", "json").json
    assert (found["format"], found["subject"], found["as_of"]) == (1, "account", "2026-03-31")
    rows = {row["key"]: row["values"] for row in found["rows"]}
    assert rows["A-17"] == {
        "active_users": 3,
        "events": 40,
        "seat_utilisation": 0.3,
        "open_p1": 1,
        "resolution_hours": 60.0,
        "mood": "yellow",
        "last_seen": "2026-03-30",
        "is_quiet": False,
    }
    assert rows["A-21"]["seat_utilisation"] is None
    assert rows["A-21"]["is_quiet"] is True


def test_a_key_picks_one_subject(look: CommandLine) -> None:
    """With a key there is one row; the table then has a line per metric, with what the value rests on."""
    assert [row["key"] for row in look("metrics", "account", "A-18", "--format", "json").json["rows"]] == ["A-18"]
    lines = look("metrics", "account", "A-17").out.splitlines()
    seats = next(line for line in lines if line.startswith("seat_utilisation"))
    assert seats.split(maxsplit=3)[1:3] == ["30", "%"]
    assert seats.endswith("Seats in use")


def test_csv_writes_truth_values_as_words(look: CommandLine) -> None:
    """CSV has true and false, and blank cells for no data."""
    rows = list(csv.DictReader(io.StringIO(look("metrics", "account", "--format", "csv").out)))
    assert (rows[0]["is_quiet"], rows[4]["is_quiet"], rows[4]["seat_utilisation"]) == ("false", "true", "")
    assert (rows[0]["active_users"], rows[0]["resolution_hours"]) == ("3", "60.0")


def test_unknown_subjects_and_keys_are_said(look: CommandLine) -> None:
    """A subject or key that is not there ends with exit code 2."""
    assert (look("metrics", "acount").code, look("metrics", "acount").codes) == (2, ["TP613"])
    assert (look("metrics", "account", "a-17").code, look("metrics", "account", "a-17").codes) == (2, ["TP614"])
