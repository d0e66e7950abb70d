"""Durations between timestamps, and between dates and timestamps."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from support.offered import ask
from trigpoint_survival import DURATION, SHARE_DONE

AS_OF = dt.date(2026, 3, 29)  # in Berlin clocks go forward on this day
BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> dt.datetime:
    """A moment written as it is in Berlin."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(dt.UTC)


def hours(*rows: tuple[object, object], as_of: dt.date = AS_OF) -> object:
    return ask(DURATION, {"A": rows}, as_of, timezone="Europe/Berlin", unit="hours").get("A")


def test_hours_are_those_of_a_watch() -> None:
    """From midnight to three there are two hours in the night in which clocks go forward."""
    assert hours((utc("2026-03-29 00:00"), utc("2026-03-29 03:00"))) == 2
    assert hours((utc("2026-03-28 00:00"), utc("2026-03-28 03:00"))) == 3


def test_the_date_ends_at_midnight_where_the_firm_is() -> None:
    """What ends a minute before midnight in Berlin is over, at midnight it still goes on."""
    start = utc("2026-03-29 22:00")
    assert hours((start, utc("2026-03-29 23:59"))) == pytest.approx(119 / 60)
    assert hours((start, utc("2026-03-30 00:00"))) is None


def test_what_begins_at_midnight_is_not_there() -> None:
    """A row of the first moment after the date is not counted among those that were not over at once."""
    at_once = (utc("2026-03-29 22:00"), utc("2026-03-29 22:00"))
    assert hours(at_once) == 0
    rows = {"A": [at_once, (utc("2026-03-30 00:00"), None)]}
    assert ask(DURATION, rows, AS_OF, timezone="Europe/Berlin", quantile=0.9) == {"A": 0}


def test_what_goes_on_has_lasted_until_midnight() -> None:
    """On a day of 23 hours a cue of its first minute has waited for 23 hours at its end."""
    rows = {"A": [(utc("2026-03-29 00:00"), None)]}
    asked = {"timezone": "Europe/Berlin", "unit": "hours"}
    assert ask(SHARE_DONE, rows, AS_OF, within=23, **asked) == {"A": 0}
    assert ask(SHARE_DONE, rows, AS_OF, within=23.1, **asked) == {}


def test_a_date_and_a_timestamp() -> None:
    """From a date on, whole days are counted, of the calendar where the firm is; until a date, to the end of that day."""
    early = utc("2026-03-29 00:30")  # in UTC still the day before
    assert hours((dt.date(2026, 3, 28), early)) == 24
    assert hours((utc("2026-03-27 12:00"), dt.date(2026, 3, 28))) == 36
    assert hours((utc("2026-03-27 12:00"), dt.date(2026, 3, 29))) == 59
    assert hours((utc("2026-03-27 12:00"), dt.date(2026, 3, 27))) == 12
    assert hours((utc("2026-03-27 12:00"), dt.date(2026, 3, 26))) is None
