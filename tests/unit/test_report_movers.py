"""What moved a score, in words: the parts add up to the change."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from trigpoint.history import Cause, Change, Moment, Mover
from trigpoint.report.movers import movers_in_words
from trigpoint.report.scores import ScoreSheet, scores_table
from trigpoint.store.records import Run, ScoreRow

DAY = dt.date(2026, 1, 1)
EDGES = {"at_risk": 0.0, "watch": 55.0, "healthy": 75.0}


def _row(score: float | None, before: float | None, guards: str = "", **fields: str) -> ScoreRow:
    texts = {"scorecard": "health", "band": "at_risk"} | fields
    return ScoreRow(
        texts["scorecard"], "A", "Acme", "scored", score, before, texts["band"], 1.0, guards=tuple(guards.split())
    )


def _moments(old: ScoreRow, new: ScoreRow, cause: Cause, *effects: float) -> tuple[Moment, Moment]:
    movers = tuple(Mover(f"m{place}", 50.0, 60.0, effect) for place, effect in enumerate(effects, start=1))
    came = tuple(guard for guard in new.guards if guard not in old.guards)
    went = tuple(guard for guard in old.guards if guard not in new.guards)
    score = None if old.score is None or new.score is None else new.score - old.score
    change = Change(cause, score, movers, came, went)
    return Moment(1, DAY, "f", False, old), Moment(2, DAY, "f", False, new, change)


CASES = [
    (_row(50, 50), _row(54, 54), "data", (3, 1), ""),
    (_row(52, 52), _row(0, 52, "notice"), "data", (), "guard notice on -52.0"),
    (_row(0, 52, "notice"), _row(60, 60), "data", (8,), "guard notice off +52.0"),
    (_row(40, 45, "p1"), _row(40, 55, "p1"), "data", (10,), "held by guard p1 -10.0"),
    (_row(50, 50), _row(53.8, 53.8), "rules", (3,), "weights and other rules +0.8"),
    (_row(50, 50), _row(56.3, 56.3), "data", (3, 2, 1, 0.2, 0.1), "smaller ones +0.3"),
    (_row(50, 50), _row(58, 58), "data", (3,), "gates and weights shared out +5.0"),
    (_row(50, 50), _row(40, 40, scorecard="large"), "rules", (-3,), "another scorecard (large) -7.0"),
    (_row(50, 50), _row(10, None, "gone"), "data", (-3,), "guard gone on -37.0"),
]


@pytest.mark.parametrize(("old", "new", "cause", "effects", "last"), CASES)
def test_the_sum_is_closed(old: ScoreRow, new: ScoreRow, cause: Cause, effects: tuple[float, ...], last: str) -> None:
    """What the measures shown leave open is one last part in words."""
    words = movers_in_words(*_moments(old, new, cause, *effects))
    parts = [float(found) for found in re.findall(r"[+-]\d+\.\d", words)]
    assert sum(parts) == pytest.approx((new.score or 0) - (old.score or 0))
    assert words.split("), ")[-1] == last if last else words.endswith(")")


def test_measures_have_their_titles() -> None:
    """A measure with a title is shown by it, one without by its name."""
    words = movers_in_words(*_moments(_row(50, 50), _row(54, 54), "data", 3, 1), {"m1": "Seats in use"})
    assert words == "Seats in use +3.0 (50.0 → 60.0), m2 +1.0 (50.0 → 60.0)"


def test_without_a_difference_nothing_is_closed() -> None:
    """From a score to none there is no sum: only what changed."""
    words = movers_in_words(*_moments(_row(50, 50), _row(None, None, "p1"), "data", 3, 2, 1, 1))
    assert words.endswith("1 more, guard p1 on")


@pytest.mark.parametrize(
    ("score", "band", "shown"),
    [(57.8, "at_risk", "at risk (held)"), (57.8, "watch", "watch"), (54.9, "at_risk", "at risk")],
)
def test_a_band_that_is_held_is_marked(score: float, band: str, shown: str) -> None:
    """Where the edges alone would give another band, the table says that it is held."""
    run = Run(1, DAY, "f", "published", "2026-01-02 00:00:00")
    sheet = ScoreSheet("health", "account", run, (), [_row(score, score, band=band)], bands={"health": EDGES})
    assert scores_table(sheet).rows[0][3] == shown
