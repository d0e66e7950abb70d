"""Explanations: every way in which a measure, group or guard can stand, as records and in words."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from trigpoint.explain import explain
from trigpoint.model.explanation import Explanation, GroupExplained, GuardExplained, MeasureExplained
from trigpoint.report.explanations import explanation_lines
from trigpoint.report.lines import plain
from trigpoint.report.scales import scale_in_words
from trigpoint.rules import load_project
from trigpoint.run import run_project
from trigpoint.store import open_store, run_of

SMALL = Path(__file__).parent / "cli" / "small"
CORNERS = """
[scorecards.corners]
subject = "account"
missing = "middle"
bands = { good = 60, bad = 0 }

[scorecards.corners.groups]
use = { weight = 2, combine = "best", title = "Use" }
care = { weight = 1, gate = { when = "points.use >= 90", else = 10 }, title = "Care" }
calm = { weight = 1, combine = "worst", group = "care" }

[scorecards.corners.measures]
seats = { group = "use", metric = "seat_utilisation", linear = [0, 1] }
events = { group = "use", metric = "events", steps = [[-inf, 0], [10, 50], ["target_events", 100]] }
speed = { group = "care", metric = "resolution_hours", linear = [100, 0] }
mood = { group = "calm", metric = "mood", choices = { green = 100, yellow = 50, else = 0 }, valid_for = "10 days", stale = "keep" }
tiny = { group = "calm", metric = "open_p1", upto = [[0, 100], [inf, 0]], when = "segment = 'tiny'" }
ranked = { group = "calm", value = "coalesce(events, 0)", rank = "company", peers = 2, better = "higher" }
alone = { group = "calm", metric = "events", rank = "company", peers = 100, better = "lower" }

[scorecards.corners.guards]
lift = { when = "seat_utilisation < 0.5", floor = 30, reason = "Is new" }
fixed = { when = "notice_given", set = "10 + open_p1", reason = "Gave notice" }
capped = { when = "open_p1 >= 1", cap = 25 }
risk = { when = "points.care < 50", kind = "alarm" }

[scorecards.strict]
subject = "account"
missing = "skip"
measures = { seats = { metric = "seat_utilisation", linear = [0, 1], missing = "fail" }, mood = { metric = "mood", choices = { green = 100 }, valid_for = "10 days", stale = "worst", missing = "worst" } }

[scorecards.tied]
subject = "account"
family = "customer"
priority = 1
missing = "skip"
when = "segment = 'enterprise'"
bands = { good = 50, bad = 0 }
measures = { seats = { metric = "seat_utilisation", linear = [0, 1] } }
"""
Ask = Callable[[str, str], Explanation]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Explains a score of the small project with the corner cases added to its rules; the bands before are of the day before."""
    root = tmp_path_factory.mktemp("corners") / "small"
    shutil.copytree(SMALL, root)
    (root / "rules" / "corners.toml").write_text(CORNERS)
    project = load_project(root)
    rules = root / "rules" / "health.toml"
    text = rules.read_text()
    rules.write_text(text.replace("healthy = 70", "healthy = 80"))
    run_project(project, dt.date(2026, 3, 30))
    rules.write_text(text.replace("healthy = 70", "healthy = 75"))
    run_project(project, load=False)

    def answer(scorecard: str, key: str) -> Explanation:
        with open_store(project.store_path) as store:
            return explain(store, run_of(store), scorecard, key)

    return answer


def _measure(explanation: Explanation, name: str) -> MeasureExplained:
    return next(measure for measure in explanation.measures if measure.name == name)


def _group(explanation: Explanation, name: str) -> GroupExplained:
    return next(each for each in explanation.members if isinstance(each, GroupExplained) and each.name == name)


def _guard(explanation: Explanation, name: str) -> GuardExplained:
    return next(guard for guard in explanation.guards if guard.name == name)


def _text(explanation: Explanation, width: int | None = None) -> str:
    return "\n".join(plain(line) for line in explanation_lines(explanation, width=width))


def test_a_best_group_hangs_on_one_member(ask: Ask) -> None:
    """In a best group one member carries the group's whole share, the others none."""
    explanation = ask("corners", "A-17")
    seats, events = _measure(explanation, "seats"), _measure(explanation, "events")
    assert (seats.points, events.points) == (30, 50)
    assert (seats.share_used, events.share_used) == (0, pytest.approx(2 / 3))
    assert "Use (best counts)" in _text(explanation)


def test_a_closed_gate_says_what_it_took(ask: Ask) -> None:
    """A gate that is closed is a reason of its own, and what it took away is in the sums."""
    explanation = ask("corners", "A-17")
    care = _group(explanation, "care")
    assert care.gate is not None
    assert (care.gate.closed, care.gate.most, care.points) == (True, 10, 10)
    assert care.gate.lost is not None
    assert "care" in {reason.name for reason in explanation.reasons}
    assert sum(reason.lost for reason in explanation.reasons) == pytest.approx(
        100 - (explanation.score_before_guards or 0)
    )
    assert "Care, gate closed" in _text(explanation)


def test_a_stand_in_counts_but_has_no_points_of_its_own(ask: Ask) -> None:
    """`missing = "middle"`: 50 points are counted, none are its own, and that is said."""
    explanation = ask("corners", "A-19")
    speed = _measure(explanation, "speed")
    assert (speed.state, speed.points, speed.counted) == ("no data", None, 50)
    assert speed.contribution == pytest.approx(speed.share_used * 50)
    assert "no data; it counts as 50 points" in _text(explanation)
    assert "(50.0)" in _text(explanation)


def test_stale_facts_that_are_kept_are_flagged(ask: Ask) -> None:
    """`stale = "keep"`: the points stay, with a flag."""
    mood = _measure(ask("corners", "A-17"), "mood")
    assert (mood.state, mood.stale, mood.points) == ("data", True, 50)
    assert "stale: the newest fact is of 2026-03-01, valid for 10 days; used all the same" in _text(
        ask("corners", "A-17")
    )


def test_stale_facts_as_worst_count_as_nothing(ask: Ask) -> None:
    """`stale = "worst"`: 0 points are counted, and none are its own."""
    explanation = ask("strict", "A-17")
    mood = _measure(explanation, "mood")
    assert (mood.state, mood.points, mood.lost) == ("stale", None, 50)
    assert "it counts as 0 points" in _text(explanation)


def test_what_does_not_apply_has_no_weight(ask: Ask) -> None:
    """A measure whose `when` is not true leaves the total."""
    explanation = ask("corners", "A-17")
    tiny = _measure(explanation, "tiny")
    assert (tiny.state, tiny.share, tiny.contribution) == ("not applicable", 0, None)
    assert "does not apply (only when segment = 'tiny')" in _text(explanation)


def test_a_rank_says_with_whom_it_was_compared(ask: Ask) -> None:
    """A rank looks at all peers; too few of them are no points."""
    explanation = ask("corners", "A-18")
    assert _measure(explanation, "ranked").points == 100
    assert _measure(explanation, "alone").state == "unscalable"
    text = _text(explanation)
    assert "fewer than 100 with the same company to compare with" in text


def test_guards_in_their_order(ask: Ask) -> None:
    """Set, floor, cap: each that moved the score acted, also where a later one moved it again."""
    explanation = ask("corners", "A-17")
    assert explanation.score == 25
    assert _guard(explanation, "capped").state == "acted"
    assert _guard(explanation, "fixed").state == "not judged"
    assert _guard(explanation, "risk").state == "true"
    assert _guard(explanation, "risk").values["points.care"].value == 10
    assert "flags an alarm" in _text(explanation)


def test_a_computed_amount_is_shown(ask: Ask) -> None:
    """A guard whose number is an expression shows what it came to; a floor then lifts what was set."""
    explanation = ask("corners", "A-19")
    assert (_guard(explanation, "fixed").amount, _guard(explanation, "fixed").state) == (10, "acted")
    assert (_guard(explanation, "lift").state, explanation.score) == ("acted", 30)
    assert "Gave notice: sets the score to 10" in _text(explanation)
    assert "Is new: lifts the score to at least 30" in _text(explanation)


def test_a_needed_measure_without_data(ask: Ask) -> None:
    """`missing = "fail"`: the explanation names the measure without which there is no score."""
    explanation = ask("strict", "A-21")
    assert explanation.outcome == "insufficient_data"
    assert "Without Seats in use there is no score: licensed_seats is blank." in _text(explanation)


def test_a_tie_is_explained(ask: Ask) -> None:
    """Two scorecards of one priority are an error, with the way out."""
    explanation = ask("big", "A-17")
    assert explanation.outcome == "error"
    assert "Two scorecards of its family with the same priority apply" in _text(explanation)


def test_a_band_that_was_held_says_so(ask: Ask) -> None:
    """Where `hold` keeps the band of the run before, the explanation says by how much the edge must be passed."""
    explanation = ask("health", "A-22")
    assert (explanation.band, explanation.band_before, explanation.held) == ("watch", "at_risk", True)
    words = (
        "By its points it would be healthy; but the run before said at risk, and an edge must be passed by 3 points."
    )
    assert words in _text(explanation)
    assert not ask("health", "A-17").held


def test_the_tree_fits_a_narrow_terminal(ask: Ask) -> None:
    """Names and values are cut where the tree would be wider than the terminal."""
    lines = _text(ask("health", "A-17"), width=80).splitlines()
    tree = lines[lines.index("How the score comes about") + 1 : lines.index("Guards") - 1]
    assert max(map(len, tree)) <= 80
    assert any("…" in line for line in tree)


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("seats", "0 points at 0 % or less, 100 at 100 % or more"),
        ("events", "0 points below 10 events, 50 from 10 events, 100 from 100 events (target_events)"),
        ("speed", "0 points at 100 hours or more, 100 at 0 hours or less"),
        ("mood", "points: green 100, yellow 50, anything else 0"),
        ("tiny", "100 points up to 0 tickets, 0 above"),
        ("ranked", "rank within the same company: 100 points for the highest, from 2 on"),
        ("alone", "rank within the same company: 100 points for the lowest, from 100 on"),
    ],
)
def test_scales_in_words(ask: Ask, measure: str, words: str) -> None:
    """Every kind of scale says which value gives which points, in the unit of the measure."""
    found = _measure(ask("corners", "A-17"), measure)
    assert scale_in_words(found.scale, found.quantity) == words
