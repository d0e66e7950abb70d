"""The p-value passes the suite that strangers' metrics must pass; the slope is with the suite itself."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from trigpoint.testing import MetricContract

AS_OF = dt.date(2026, 3, 29)


def weeks(key: str, *sums: int) -> list[tuple[str, dt.date, int]]:
    """A row for each week, the last of which ends on the date."""
    return [(key, AS_OF - dt.timedelta(7 * ago), value) for ago, value in enumerate(reversed(sums))]


class TestPValue(MetricContract):
    """2, 4, 5, 4, 5 have slope 0.6 and t = 2.1213 on 3 degrees of freedom."""

    plugin = "trend"
    metric = "p_value"
    table: ClassVar = {"account_id": "text", "day": "date", "events": "integer"}
    rows: ClassVar = [*weeks("up", 2, 4, 5, 4, 5), *weeks("flat", 3, 3, 3, 3, 3), *weeks("old", *[1] * 30)[-5:]]
    settings: ClassVar = {"day": "day", "value": "events", "min_weeks": 5}
    window = "5 weeks"
    as_of = AS_OF
    expect: ClassVar = {"up": 0.12402706265755445, "flat": 1.0, "old": None}
    refused: ClassVar = [{"min_weeks": 2}]
