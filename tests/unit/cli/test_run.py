"""`trigpoint run` and `load`: what they print and how they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import CommandLine
from trigpoint.model.run import Load
from trigpoint.report.runs import load_in_words


def test_run_loads_scores_and_publishes(small: Path, command_line: CommandLine) -> None:
    """`run` answers 0, says what was published, and the scores can be looked at."""
    answer = command_line("run")
    assert answer.code == 0
    assert "Published run 1 as of 2026-03-31" in answer.out
    assert "health: 4 scored (2 healthy, 2 at risk), 1 insufficient data, 1 not eligible" in answer.out
    lines = answer.out.splitlines()
    usage = lines.index("  usage: 11 rows, 1 quarantined, newest 2026-03-31")
    assert lines[usage + 1].startswith("    1 ")
    assert "not-a-day" in lines[usage + 1]
    assert command_line("scores", "health").code == 0


def test_run_as_json_is_a_contract(small: Path, command_line: CommandLine) -> None:
    """`run --format json` tells status, exit code, date, counts by source and scorecard, seconds and warnings."""
    found = command_line("run", "--format", "json").json
    assert (found["format"], found["status"], found["exit_code"], found["as_of"]) == (1, "published", 0, "2026-03-31")
    usage = next(each for each in found["sources"] if each["source"] == "usage")
    assert (usage["status"], usage["rows"], usage["quarantined"], usage["newest"]) == ("loaded", 11, 1, "2026-03-31")
    assert found["scorecards"]["health"] == {
        "outcomes": {"scored": 4, "insufficient_data": 1, "not_eligible": 1},
        "bands": {"at_risk": 2, "healthy": 2},
    }
    assert {"load", "values", "judgements", "publish"} <= set(found["seconds"])
    assert any("purple" in warning for warning in found["warnings"])


def test_fail_on_a_band_answers_5_and_publishes(small: Path, command_line: CommandLine) -> None:
    """`--fail-on BAND` ends with 5 where a subject is in the band; the run is published all the same."""
    assert command_line("run", "--fail-on", "at_risk").code == 5
    assert command_line("scores", "health").code == 0
    assert command_line("run", "--no-load", "--fail-on", "watch").code == 0


def test_fail_on_an_unknown_band_runs_nothing(small: Path, command_line: CommandLine) -> None:
    """A band that no scorecard has is a mistake of the command line, found before anything runs."""
    answer = command_line("run", "--fail-on", "at_rsk", "--format", "json")
    assert (answer.code, answer.codes) == (2, ["TP344"])
    assert (answer.json["status"], answer.json["exit_code"]) == ("failed", 2)
    assert not (small / "trigpoint.db").exists()


def test_no_load_scores_what_is_there(small: Path, command_line: CommandLine) -> None:
    """`--no-load` reads no source; without facts it says how to get them."""
    answer = command_line("run", "--no-load")
    assert (answer.code, answer.codes) == (66, ["TP501"])
    assert command_line("load").code == 0
    (small / "data" / "usage.csv").unlink()
    assert command_line("run", "--no-load").code == 0


def test_no_load_needs_a_load_of_each_source(small: Path, command_line: CommandLine) -> None:
    """A source that was never loaded, or is new, keeps a run without a load from being published."""
    settings, tickets = small / "trigpoint.toml", small / "data" / "tickets.csv"
    whole = settings.read_text()
    before, _, after = whole.partition("[sources.tickets]")
    settings.write_text(before + after[after.index("[sources.surveys]") :])
    assert command_line("run").code == 0
    settings.write_text(whole)
    answer = command_line("run", "--no-load")
    assert (answer.code, answer.codes) == (4, ["TP426"])
    assert "source 'tickets' was never loaded (run without --no-load, or first: trigpoint load)" in answer.err
    content = tickets.read_text()
    tickets.unlink()
    assert command_line("run").code == 66
    answer = command_line("run", "--no-load", "--format", "json")
    assert (answer.code, answer.json["status"], answer.codes) == (4, "failed", ["TP426"])
    assert "was never loaded: its last load failed (trigpoint.toml:15:10: TP401" in answer.json["problems"][0]
    tickets.write_text(content)
    assert command_line("run").code == 0
    tickets.unlink()
    assert command_line("load").code == 66
    warned = command_line("run", "--no-load", "--format", "json")
    assert warned.code == 3
    assert any("UTC were used: " in warning for warning in warned.json["warnings"])


def test_no_load_lives_with_a_source_that_is_skipped(small: Path, command_line: CommandLine) -> None:
    """A source that may be skipped needs no load: it degrades the run, as it does with one."""
    settings = small / "trigpoint.toml"
    settings.write_text(settings.read_text().replace('"data/surveys.csv"', '"gone.csv"\non_error = "skip"'))
    assert command_line("load").code == 3
    assert command_line("run", "--no-load").code == 3


@pytest.mark.parametrize(
    ("on_error", "code", "status"), [("fail", 66, "failed"), ("stale", 3, "stale"), ("skip", 3, "skipped")]
)
def test_a_source_that_fails(small: Path, command_line: CommandLine, on_error: str, code: int, status: str) -> None:
    """A missing file ends with 66, or is lived with and ends with 3; the published run is never lost."""
    assert command_line("run").code == 0
    settings = small / "trigpoint.toml"
    text = settings.read_text().replace('path = "data/tickets.csv"', f'path = "gone.csv"\non_error = "{on_error}"')
    settings.write_text(text)
    answer = command_line("run", "--format", "json")
    assert answer.code == answer.json["exit_code"] == code
    if code == 3:
        tickets = next(each for each in answer.json["sources"] if each["source"] == "tickets")
        assert tickets["status"] == status
        assert any("tickets" in warning for warning in answer.json["warnings"])
    assert command_line("scores", "health").code == 0


def test_a_failed_run_says_which_one_is_shown_still(small: Path, command_line: CommandLine) -> None:
    """After a failure stderr names the current run; where there is none, nothing is said."""
    data = small / "data" / "tickets.csv"
    content = data.read_text()
    data.unlink()
    assert "current run" not in command_line("run").err
    data.write_text(content)
    assert command_line("run").code == 0
    data.unlink()
    answer = command_line("run")
    assert (answer.code, answer.codes) == (66, ["TP401"])
    event = json.loads(answer.err.splitlines()[-1])
    assert (event["event"], event["text"]) == ("current", "the current run is still number 2, as of 2026-03-31")


def test_a_newest_moment_is_told_as_utc() -> None:
    """The newest fact of a table with moments is one in UTC, and is said to be."""
    load = Load("tickets", "tickets", "loaded", rows=3, newest="2026-03-31 14:05:00")
    assert load_in_words(load) == "tickets: 3 rows, newest 2026-03-31 14:05:00 UTC"


def test_load_says_what_was_kept_aside_and_why(small: Path, command_line: CommandLine) -> None:
    """`load` tells rows and, for bad ones, the reason and an example; by name it loads some sources only."""
    answer = command_line("load", "usage")
    assert answer.code == 0
    assert answer.out.splitlines()[0] == "usage: 11 rows, 1 quarantined, newest 2026-03-31"
    assert "not-a-day" in answer.out.splitlines()[1]
    found = command_line("load", "accounts", "usage", "--format", "json").json
    assert [each["source"] for each in found["sources"]] == ["accounts", "usage"]
    assert (found["quarantine"][0]["source"], found["quarantine"][0]["count"]) == ("usage", 1)


def test_load_names_the_columns_that_nothing_asks_for(small: Path, command_line: CommandLine) -> None:
    """`load` says once per source what is not used, and ends as it would without; `run` does not say it."""
    data = small / "data" / "surveys.csv"
    header, *rows = data.read_text().splitlines()
    data.write_text("\n".join([f"{header},owner,currency", *(f"{row},me,EUR" for row in rows)]) + "\n")
    answer = command_line("load")
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == "  columns not used: owner, currency"
    found = command_line("load", "--format", "json").json["sources"]
    assert {each["source"]: each["unused"] for each in found}["surveys"] == ["owner", "currency"]
    answer = command_line("run", "--format", "json")
    assert answer.code == 0
    assert "currency" not in answer.out


def test_load_of_an_unknown_source(small: Path, command_line: CommandLine) -> None:
    """A source that is not there ends with 2 and the nearest name."""
    answer = command_line("load", "usge")
    assert (answer.code, answer.codes) == (2, ["TP410"])
    assert "usage" in answer.problems[0]


def test_the_log_is_json_where_nobody_looks(small: Path, command_line: CommandLine) -> None:
    """Where stderr is no terminal, events are JSON lines; stdout holds none of them."""
    answer = command_line("run", "--format", "json")
    events = [json.loads(line) for line in answer.err.splitlines()]
    assert {event["event"] for event in events} == {"loading"}
    assert {event["source"] for event in events} == {"accounts", "usage", "tickets", "surveys"}
