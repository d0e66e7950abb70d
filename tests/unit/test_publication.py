"""Publications: which days are final for a period, and what the period is called."""

from __future__ import annotations

import datetime as dt

import pytest

from trigpoint.model.publication import publication
from trigpoint.model.window import Period


@pytest.mark.parametrize(
    ("every", "as_of", "year_start", "text"),
    [
        ("month", "2026-02-28", 1, "final for 2026-02"),
        ("month", "2028-02-28", 1, "provisional: 2028-02 ends on 2028-02-29"),
        ("quarter", "2026-04-01", 1, "provisional: 2026-Q2 ends on 2026-06-30"),
        ("quarter", "2026-04-30", 2, "final for 2027-Q1"),
        ("year", "2026-12-31", 1, "final for 2026"),
        ("year", "2026-12-31", 10, "provisional: 2027 ends on 2027-09-30"),
    ],
)
def test_final_on_the_last_day(every: Period, as_of: str, year_start: int, text: str) -> None:
    """Quarters and years are those of the fiscal year, months those of the calendar."""
    assert str(publication(every, dt.date.fromisoformat(as_of), year_start)) == text


@pytest.mark.parametrize(("every", "many"), [("month", 12), ("quarter", 4), ("year", 1)])
@pytest.mark.parametrize("year_start", [1, 2, 7])
def test_each_period_has_one_final_day(every: Period, many: int, year_start: int) -> None:
    """In a year there are as many final days as periods, each of another period."""
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    final = [found for day in days if (found := publication(every, day, year_start)) and found.final]
    assert len({each.period for each in final}) == len(final) == many


def test_without_every_there_is_none() -> None:
    """A scorecard without periods is neither final nor provisional."""
    assert publication(None, dt.date(2026, 3, 31)) is None
