"""The share that is done within some time."""

from __future__ import annotations

import datetime as dt

import jsonschema
import pytest

from support.offered import ask
from trigpoint_survival import SHARE_DONE

AS_OF = dt.date(2026, 3, 31)


def done(text: str, within: float, **settings: object) -> object:
    """Of rows that took so many days; one with a `+` goes on for so many."""
    rows = []
    for each in text.split():
        days = dt.timedelta(int(each.rstrip("+")))
        rows.append((AS_OF - days, None if "+" in each else AS_OF))
    return ask(SHARE_DONE, {"A": rows}, AS_OF, within=within, **settings).get("A")


def test_shares_by_hand() -> None:
    """Of five, 1/5 are done after a day; of the three watched for longer than two a third at 3: 1 - 4/5 x 2/3 = 7/15."""
    days = "1 2+ 3 4 5+"
    assert [done(days, within) for within in (0.5, 1, 2.9, 3, 4)] == pytest.approx([0, 0.2, 0.2, 7 / 15, 11 / 15])


def test_nobody_was_watched_for_so_long() -> None:
    """Beyond the longest that has been watched the share is not known, unless all are done."""
    assert done("1 2+ 3 4 5+", 5) == pytest.approx(11 / 15)
    assert done("1 2+ 3 4 5+", 5.01) is None
    assert done("1 2", 5.01) == 1


def test_the_published_share() -> None:
    """Of those given 6-mercaptopurine 0.753 were in remission after ten weeks, 0.448 after 23, say the textbooks."""
    weeks = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
    assert [done(weeks, week) for week in (10, 23)] == pytest.approx([1 - 0.753, 1 - 0.448], abs=0.0005)


def test_nothing_is_over() -> None:
    """Where all go on nothing is done, as far as they were watched; `min_events` may ask for more."""
    assert done("5+ 6+", 6) == 0
    assert done("5+ 6+", 6, min_events=1) is None


def test_within_is_asked_for() -> None:
    """The schema asks for a time above 0."""
    for settings in ({}, {"within": 0}, {"within": "12 weeks"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(settings, SHARE_DONE.settings)
