"""The metrics that come with the program pass the suite that strangers' metrics must pass."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from trigpoint.testing import FunctionContract, MetricContract, SourceContract

AS_OF = dt.date(2026, 3, 29)


def week(ago: int) -> dt.date:
    """The last day of a week before the date."""
    return AS_OF - dt.timedelta(7 * ago)


class TestSlope(MetricContract):
    """A line through weekly sums."""

    plugin = "trend"
    metric = "slope"
    table: ClassVar = {"account_id": "text", "day": "date", "events": "integer"}
    rows: ClassVar = [
        *(("up", week(ago), 60 - 10 * ago) for ago in range(6)),
        *(("flat", week(ago), 7) for ago in range(6)),
        ("old", week(30), 5),
    ]
    settings: ClassVar = {"day": "day", "value": "events"}
    window = "6 weeks"
    as_of = AS_OF
    expect: ClassVar = {"up": 10.0, "flat": 0.0, "old": None}
    refused: ClassVar = [{"min_weeks": 1}]


class TestDuration(MetricContract):
    """The median of Kaplan and Meier, with rows that are still open."""

    plugin = "survival"
    metric = "duration"
    table: ClassVar = {"account_id": "text", "day": "date", "live": "date"}
    rows: ClassVar = [
        ("done", dt.date(2026, 1, 1), dt.date(2026, 1, 11)),
        ("done", dt.date(2026, 1, 1), dt.date(2026, 1, 31)),
        ("done", dt.date(2026, 3, 1), None),
        ("open", dt.date(2026, 3, 1), None),
    ]
    settings: ClassVar = {"start": "day", "end": "live"}
    as_of = AS_OF
    expect: ClassVar = {"done": 30.0, "open": None}


class TestHhi(MetricContract):
    """A query, computed by the warehouse."""

    plugin = "concentration"
    metric = "hhi"
    table: ClassVar = {"account_id": "text", "day": "date", "person": "text", "events": "integer"}
    rows: ClassVar = [
        ("A-1", week(1), "ana", 5),
        ("A-1", week(0), "ben", 5),
        ("A-2", week(0), "cleo", 5),
        ("A-2", week(2), "cleo", 1),
        ("A-3", week(2), None, 1),
    ]
    settings: ClassVar = {"part": "person", "amount": "events"}
    as_of = AS_OF
    expect: ClassVar = {"A-1": 0.5, "A-2": 1.0, "A-3": None}


class TestClamp(FunctionContract):
    """A function with a template for each engine."""

    plugin = "math"
    function = "clamp"
    expect: ClassVar = {(5.0, 0.0, 3.0): 3.0, (None, 0.0, 3.0): None, (1.0, 3.0, 0.0): None}


class TestFiles(SourceContract):
    """The source that everybody begins with."""

    plugin = "files"
    source = "files"
    table: ClassVar = {"account_id": "text", "arr": "number"}
    options: ClassVar = {"path": "accounts.csv"}
    expect: ClassVar = [("A-1", "100"), ("A-2", "")]
    refused: ClassVar = [{"path": 7}]

    def prepare(self, root):
        """Two rows."""
        (root / "accounts.csv").write_text("account_id,arr\nA-1,100\nA-2,\n", encoding="utf-8")
