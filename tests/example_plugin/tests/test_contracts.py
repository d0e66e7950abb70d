"""The suites that everything of its kind must pass."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from trigpoint.testing import FunctionContract, MetricContract, SourceContract

NOTES = {"account_id": "text", "day": "date", "stars": "integer", "words": "integer"}
MARCH = dt.date(2026, 3, 1)


class TestMood(MetricContract):
    """Ten days are half a life: of two notes the newer one counts twice."""

    plugin = "example"
    metric = "mood"
    table = NOTES
    rows = [
        ("A-1", MARCH, 1, 10),
        ("A-1", MARCH + dt.timedelta(10), 4, 30),
        ("A-2", MARCH, 5, 1),
        ("A-3", MARCH, None, 1),
    ]
    settings = {"stars": "stars", "day": "day", "half_life": 10}
    as_of = dt.date(2026, 3, 31)
    expect = {"A-1": 3.0, "A-2": 5.0, "A-3": None}
    refused = [{"half_life": 0}]


class TestBusiestDay(MetricContract):
    """Thirty words of forty were written on one day."""

    plugin = "example"
    metric = "busiest_day"
    table = NOTES
    rows = [
        ("A-1", MARCH, 1, 10),
        ("A-1", MARCH + dt.timedelta(10), 4, 30),
        ("A-2", MARCH, 5, 1),
        ("A-3", MARCH, 5, 0),
    ]
    settings = {"part": "day", "amount": "words"}
    as_of = dt.date(2026, 3, 31)
    expect = {"A-1": 0.75, "A-2": 1.0, "A-3": None}


class TestPerHundred(FunctionContract):
    """The function of the language."""

    plugin = "example"
    function = "per_hundred"
    expect = {(3.0, 12.0): 25.0, (3.0, 0.0): None, (None, 1.0): None}


class TestNotes(SourceContract):
    """The source."""

    plugin = "example"
    source = "example"
    table = {**NOTES, "text": "text"}
    options = {"path": "notes.txt"}
    expect = [("A-1", "2026-03-01", 4, 2, "Fine weather"), ("A-2", "2026-03-02", 1, 1, "Rain")]
    refused = [{"path": 7}]

    def prepare(self, root: Path) -> None:
        """Two notes, and a line that is none."""
        text = "2026-03-01 A-1 **** Fine weather\nnothing\n2026-03-02 A-2 * Rain\n"
        (root / "notes.txt").write_text(text, encoding="utf-8")
