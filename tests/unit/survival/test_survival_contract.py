"""The share that is done passes the suite that strangers' metrics must pass; that of durations is with the suite itself."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from trigpoint.testing import MetricContract


def at(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


class TestShareDone(MetricContract):
    """Cues that were answered within a day; answers after the date are in the rows, and are not known yet."""

    plugin = "survival"
    metric = "share_done"
    table: ClassVar = {"account_id": "text", "fired_at": "timestamp", "answered_at": "timestamp"}
    rows: ClassVar = [
        ("A-1", at(2, 9), at(2, 15)),
        ("A-1", at(3, 9), at(5, 9)),
        ("A-1", at(30, 9), None),
        ("A-1", at(31, 20), at(31, 21)),
        ("A-2", at(30, 9), dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)),
        ("A-3", at(31, 9), None),
        ("A-3", at(31, 9), at(31, 8)),
    ]
    time = "fired_at"
    settings: ClassVar = {"start": "fired_at", "end": "answered_at", "unit": "hours", "within": 24}
    as_of = dt.date(2026, 3, 31)
    expect: ClassVar = {"A-1": 0.5, "A-2": 0.0, "A-3": None}
    refused: ClassVar = [{"within": 0}, {"unit": "years"}]
