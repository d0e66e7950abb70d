"""A day of the project's zone is an interval of moments, and every moment lies in exactly one."""

from __future__ import annotations

import datetime as dt
import sqlite3
from zoneinfo import ZoneInfo

import pytest

from trigpoint.compile.dates import DAY, Dates

ZONES = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Auckland", "America/St_Johns"]
FIRST = dt.date(2017, 9, 1)  # within 400 days São Paulo, too, still changes its clocks
DAYS = 400


def moments() -> list[str]:
    """One moment every 17 minutes and some milliseconds, as the warehouse stores them, over the days and a margin."""
    start = dt.datetime.combine(FIRST - DAY, dt.time())
    count = (DAYS + 2) * 24 * 60 // 17
    made = (start + k * dt.timedelta(minutes=17, milliseconds=k % 7) for k in range(count))
    return [each.isoformat(" ", "milliseconds" if each.microsecond else "seconds") for each in made]


@pytest.mark.parametrize("zone", ZONES)
def test_each_event_lies_in_exactly_one_day(zone):
    """For 400 days with all clock changes: the day that zoneinfo says, and no other."""
    dates = Dates(FIRST, zone, 1)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE events (at TEXT, hits INTEGER DEFAULT 0, day TEXT)")
    connection.executemany("INSERT INTO events (at) VALUES (?)", ((each,) for each in moments()))
    for number in range(-2, DAYS + 3):
        day = FIRST + number * DAY
        inside = f"{dates.after('at', 'timestamp', day - DAY)} AND {dates.until('at', 'timestamp', day)}"
        connection.execute(f"UPDATE events SET hits = hits + 1, day = ? WHERE {inside}", (day.isoformat(),))
    rows = connection.execute("SELECT at, hits, day FROM events").fetchall()
    assert len(rows) > 30_000
    assert {hits for _, hits, _ in rows} == {1}
    local = ZoneInfo(zone)
    assert all(
        dt.datetime.fromisoformat(f"{at}+00:00").astimezone(local).date().isoformat() == day for at, _, day in rows
    )
