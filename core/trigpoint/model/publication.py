"""Publications: scores that are final on the last day of a period, and provisional on the days before it."""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from trigpoint.model.window import Period, last_day, period_name


@frozen
class Publication:
    """What the scores of a day are for a period: '2026-Q1', which has a last day."""

    period: str
    as_of: dt.date
    last_day: dt.date

    @property
    def final(self) -> bool:
        """Whether these are the scores that stand for the period."""
        return self.as_of == self.last_day

    def __str__(self) -> str:
        return (
            f"final for {self.period}" if self.final else f"provisional: {self.period} ends on {self.last_day:%Y-%m-%d}"
        )


def publication(every: Period | None, as_of: dt.date, year_start: int = 1) -> Publication | None:
    """The publication of a scorecard's scores on a day; None for a scorecard that has no periods."""
    if every is None:
        return None
    return Publication(period_name(as_of, every, year_start), as_of, last_day(as_of, every, year_start))
