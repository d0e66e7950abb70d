"""`trigpoint explain`: from the score to the raw values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from support.command_line import CommandLine

SCORED = [
    ("health", "A-17"),
    ("health", "A-18"),
    ("health", "A-19"),
    ("health", "A-22"),
    ("big", "A-17"),
    ("big", "A-22"),
]
SUMS = [("other", "A-18"), ("other", "A-19"), ("other", "A-21")]


def _measures(members: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for member in members:
        if "members" in member:
            yield from _measures(member["members"])
        else:
            yield member


def _measure(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(each for each in _measures(found["members"]) if each["name"] == name)


@pytest.mark.parametrize(("scorecard", "key"), SCORED)
def test_what_measures_give_and_cost_adds_up(look: CommandLine, scorecard: str, key: str) -> None:
    """Contributions add up to the score before guards, costs to what is missing to 100."""
    found = look("explain", scorecard, key, "--format", "json").json
    measures = list(_measures(found["members"]))
    before = found["score_before_guards"]
    gates = [each["gate"]["lost"] or 0 for each in found["members"] if each.get("gate")]
    assert sum(each["contribution"] or 0 for each in measures) - sum(gates) == pytest.approx(before)
    assert sum(each["lost"] or 0 for each in measures) + sum(gates) == pytest.approx(100 - before)
    assert sum(each["share"] for each in measures) == pytest.approx(1)
    assert sum(each["share_used"] for each in measures) == pytest.approx(1)


@pytest.mark.parametrize(("scorecard", "key"), SUMS)
def test_worths_add_up_in_a_sum(look: CommandLine, scorecard: str, key: str) -> None:
    """In a sum the base and what the measures give add up to the score."""
    found = look("explain", scorecard, key, "--format", "json").json
    given = sum(each["contribution"] or 0 for each in _measures(found["members"]))
    assert min(max(found["base"] + given, 0), 100) == pytest.approx(found["score_before_guards"])


@pytest.mark.parametrize(("scorecard", "key"), [*SCORED, *SUMS])
def test_reasons_are_those_that_were_published(look: CommandLine, scorecard: str, key: str) -> None:
    """The dearest reasons of the explanation are the stored ones, in their order."""
    rows = look("scores", scorecard, "--format", "json").json["rows"]
    stored = next(row["reasons"] for row in rows if row["key"] == key)
    reasons = look("explain", scorecard, key, "--format", "json").json["reasons"]
    assert [each["name"] for each in reasons[:3]] == [each["measure"] for each in stored]
    assert [each["lost"] for each in reasons[:3]] == pytest.approx([each["lost"] for each in stored])
    assert [each["text"] for each in reasons[:3]] == [each["text"] for each in stored]


def test_a_quotient_shows_its_parts(look: CommandLine) -> None:
    """A ratio is shown as '3 of 10 (30 %)', with what it takes to be good, why, and what to do."""
    out = look("explain", "health", "A-17").out
    assert "3 of 10 (30 %) gives 14.3 points (0 points at 20 % or less, 100 at 90 % or more)" in out
    assert "What is paid for and not used is cut first" in out
    assert "→ Find the teams that never logged in" in out


def test_computed_numbers_of_a_scale_are_shown_with_their_formula(look: CommandLine) -> None:
    """Where a target is computed for the subject, the number and the formula are shown."""
    assert "100 points at 100 events (target_events), 0 at 0 events" in look("explain", "health", "A-17").out


@pytest.mark.parametrize(
    ("key", "measure", "state", "words"),
    [
        ("A-18", "speed", "too few", "too few: fewer than 2 with data (n = 1); its 20 % of the weight is shared out"),
        ("A-18", "mood", "stale", "stale: the newest fact is of 2025-10-01, valid for 90 days"),
        ("A-19", "mood", "unscalable", "no points listed for 'purple'"),
        ("A-19", "volume", "unscalable", "no points: target_events, a number of its scale, has no data"),
        ("A-19", "speed", "no data", "no data: no row with hours in the window (1 Jan 2026 to 31 Mar 2026); its 20 %"),
    ],
)
def test_what_is_not_known_is_said(look: CommandLine, key: str, measure: str, state: str, words: str) -> None:
    """A measure without points says why: no data, too few, stale, or a value its scale does not know."""
    found = look("explain", "health", key, "--format", "json").json
    assert _measure(found, measure)["state"] == state
    assert _measure(found, measure)["points"] is None
    assert words in look("explain", "health", key).out


def test_weights_before_and_after_missing_data(look: CommandLine) -> None:
    """The weight of what has no data goes to the others, and both are shown."""
    seats = _measure(look("explain", "health", "A-18", "--format", "json").json, "seats")
    assert (seats["weight"], seats["share"], seats["share_used"]) == (60, pytest.approx(0.36), pytest.approx(0.6))
    assert "36 % → 60 %" in look("explain", "health", "A-18").out


@pytest.mark.parametrize(
    ("key", "guard", "state"),
    [
        ("A-17", "p1", "true"),  # the score was below the cap already
        ("A-17", "notice", "not judged"),
        ("A-17", "upsell", "false"),
        ("A-18", "upsell", "true"),
        ("A-22", "p1", "false"),
    ],
)
def test_guards_say_what_they_did(look: CommandLine, key: str, guard: str, state: str) -> None:
    """A guard acted, holds without effect, could not be judged, or does not hold; with the values it saw."""
    found = look("explain", "health", key, "--format", "json").json
    assert {each["name"]: each["state"] for each in found["guards"]}[guard] == state
    assert all(each["values"] for each in found["guards"])


def test_without_a_score_there_is_no_sum(look: CommandLine) -> None:
    """Where there is too little data nothing gives to a score or costs, and no weight is shared out: it is missing."""
    out = look("explain", "health", "A-21").out
    assert "36 % of the weight is missing" in out
    assert not any(word in out for word in ("gives", "costs", "shared out", "→", "  score"))
    seats = _measure(look("explain", "health", "A-21", "--format", "json").json, "seats")
    assert (seats["contribution"], seats["lost"], seats["share_used"]) == (None, None, None)


@pytest.mark.parametrize(
    ("scorecard", "key", "words"),
    [
        ("health", "A-20", "Only an account with status = 'live' is scored; here status is gone."),
        ("health", "A-21", "Only 0 % of the weight has data; 30 % are needed for a score."),
        ("big", "A-18", "This scorecard is for segment = 'enterprise'; here segment is smb."),
        ("big", "A-18", "Of its family the scorecard other is used here."),
    ],
)
def test_what_is_not_scored_says_why(look: CommandLine, scorecard: str, key: str, words: str) -> None:
    """Without a score the explanation is a sentence."""
    answer = look("explain", scorecard, key)
    assert answer.code == 0
    assert words in answer.out.splitlines()


def test_origins_name_file_and_line(look: CommandLine) -> None:
    """`--origin` shows where each setting was written; without it none is."""
    lines = look("explain", "health", "A-17", "--origin").out.splitlines()
    start = lines.index("Where the settings come from")
    places = [line.split(": ", 1) for line in lines[start + 1 :]]
    assert ["  seats", "rules/health.toml:14"] in places
    assert any(name.startswith("  seats.metric") and place.startswith("rules/base.toml:") for name, place in places)
    assert "origins" not in look("explain", "health", "A-17", "--format", "json").out


def test_an_unknown_key_is_answered_with_the_nearest(look: CommandLine) -> None:
    """A key that is not there ends with 2; one that differs in case, or a name, is recognised."""
    assert (look("explain", "health", "a-17").code, look("explain", "health", "a-17").codes) == (2, ["TP614"])
    assert "did you mean 'A-17' (Acme)?" in look("explain", "health", "Acme").problems[0]
