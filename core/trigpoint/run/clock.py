"""When a run takes place, and for which date."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from attrs import frozen

from trigpoint.errors import UsageError
from trigpoint.model.project import Project

EARLIEST = 1900  # windows reach back from here by as much as rules may say


@frozen
class Clock:
    """When a run takes place: one moment, read once, in UTC."""

    now: dt.datetime
    timezone: str

    @property
    def today(self) -> dt.date:
        """The day it is in the project's zone."""
        return self.now.astimezone(ZoneInfo(self.timezone)).date()


def clock_of(project: Project, now: dt.datetime | None = None) -> Clock:
    """The moment of a run of a project; `now` stands in for the clock."""
    return Clock(now or dt.datetime.now(dt.UTC), project.calendar.timezone)


def resolve_as_of(project: Project, clock: Clock) -> dt.date:
    """The date that a run is for when none is given: the project's setting, in the project's zone."""
    if project.as_of == "today":
        return clock.today
    return clock.today - dt.timedelta(days=1) if project.as_of == "yesterday" else project.as_of


def check_date(date: dt.date, clock: Clock) -> None:
    """Raises UsageError (TP363) for a day that cannot be scored: one to come, or before the calendar begins."""
    if date.year < EARLIEST:
        hint = "the calendar of rules begins with 1900"
        raise UsageError.of("TP363", f"as of {date} cannot be scored", hint=hint)
    if date > clock.today:
        text = f"as of {date} cannot be scored yet: today is {clock.today} in {clock.timezone}"
        raise UsageError.of("TP363", text, hint="name today or a day before it")
