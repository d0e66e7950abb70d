"""Texts of dates and timestamps, as they are written in files, into the texts the warehouse keeps.

A date is kept as 'YYYY-MM-DD'; a timestamp in UTC as 'YYYY-MM-DD HH:MM:SS', with '.fff' where it has milliseconds, so
that the order of the texts is the order of time. A timestamp without a zone is in the project's zone: of an hour that
occurs twice (clocks go back) the first is meant; one that never occurs (clocks go forward) is read with the offset
before the change, so that 02:30 becomes 03:30.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from attrs import field, frozen

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[T ](?P<clock>\d\d:\d\d(:\d\d)?)([.,](?P<fraction>\d{1,9}))?"
    r" ?(?P<zone>Z|UTC|[+-]\d\d(:?\d\d)?)?",
    re.ASCII,
)
PLAIN = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?", re.ASCII)  # what `fromisoformat` reads as we do
CLOCK_DIRECTIVES = frozenset("HIMSfpzZcXs")
# What the common formats look like, and where year, month and day stand in them: a slice is 20x faster than strptime.
SHAPES: dict[str, tuple[re.Pattern[str], slice, slice, slice]] = {
    "%d-%m-%Y": (re.compile(r"\d\d-\d\d-\d{4}", re.ASCII), slice(6, 10), slice(3, 5), slice(0, 2)),
    "%d/%m/%Y": (re.compile(r"\d\d/\d\d/\d{4}", re.ASCII), slice(6, 10), slice(3, 5), slice(0, 2)),
    "%d.%m.%Y": (re.compile(r"\d\d\.\d\d\.\d{4}", re.ASCII), slice(6, 10), slice(3, 5), slice(0, 2)),
    "%m/%d/%Y": (re.compile(r"\d\d/\d\d/\d{4}", re.ASCII), slice(6, 10), slice(0, 2), slice(3, 5)),
    "%Y-%m-%d": (DAY, slice(0, 4), slice(5, 7), slice(8, 10)),
    "%Y/%m/%d": (re.compile(r"\d{4}/\d\d/\d\d", re.ASCII), slice(0, 4), slice(5, 7), slice(8, 10)),
    "%Y%m%d": (re.compile(r"\d{8}", re.ASCII), slice(0, 4), slice(4, 6), slice(6, 8)),
}


@frozen
class Format:
    """How dates are written: a strptime format, or None for ISO 8601.

    A common format, with or without a time of day behind it, is taken apart once: `day` is its date, `clock` the length
    of its time of day.
    """

    text: str | None = None
    has_clock: bool = field(init=False, eq=False)
    day: str | None = field(init=False, eq=False)
    clock: int = field(init=False, eq=False)

    @has_clock.default
    def _has_clock(self) -> bool:
        letters = re.findall(r"%[-#]?([a-zA-Z])", self.text or "")
        return not CLOCK_DIRECTIVES.isdisjoint(letters)

    @day.default
    def _day(self) -> str | None:
        day = re.split(r"[ T](?=%H)", self.text or "")[0]
        return day if day in SHAPES else None

    @clock.default
    def _clock(self) -> int:
        rest = (self.text or "").removeprefix(self.day or "")[1:]
        return {"%H:%M": len("09:30"), "%H:%M:%S": len("09:30:00")}.get(rest, 0)

    def check(self) -> None:
        """ValueError if strptime does not understand the format, or if it cannot tell a whole date."""
        if self.text is not None:
            probe = dt.datetime(2027, 11, 29)
            if dt.datetime.strptime(probe.strftime(self.text), self.text).date() != probe.date():
                raise ValueError("it does not hold a day, a month and a year")


def day_text(text: str, form: Format) -> str:
    """The date in `text` as it is kept. Raises ValueError."""
    written = form.text
    if written in SHAPES:
        shape, year, month, day = SHAPES[written]
        if shape.fullmatch(text):
            return dt.date.fromisoformat(f"{text[year]}-{text[month]}-{text[day]}").isoformat()
    if written is not None:
        return dt.datetime.strptime(text, written).date().isoformat()  # a date has no zone
    if DAY.fullmatch(text):
        return dt.date.fromisoformat(text).isoformat()
    if (
        (found := MOMENT.fullmatch(text))
        and not found["zone"]
        and set(found["clock"] + (found["fraction"] or "")) <= {"0", ":"}
    ):
        return dt.date.fromisoformat(found["day"]).isoformat()  # midnight: how spreadsheets and databases export a date
    raise ValueError(text)


def moment_text(text: str, form: Format, zone: ZoneInfo) -> str:
    """The timestamp in `text` as it is kept, in UTC. A date is its midnight. Raises ValueError or OverflowError."""
    if form.has_clock:
        if not form.clock or form.day is None or len(text) <= form.clock:
            return kept(dt.datetime.strptime(text, str(form.text)), zone)
        text = _iso_day(text[: -form.clock - 1], text[-form.clock - 1 :], form)
    elif form.text is not None:
        at = text.find(":") - 3  # where the time of day begins, if there is one
        text = _iso_day(text[:at], text[at:], form) if at > 0 else day_text(text, form)
    if PLAIN.fullmatch(text):
        return kept(dt.datetime.fromisoformat(text), zone)
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    fraction = f".{found['fraction'][:6]:0<6}" if found["fraction"] else ""
    offset = {"Z": "+00:00", "UTC": "+00:00", None: ""}.get(found["zone"], found["zone"])
    return kept(dt.datetime.fromisoformat(f"{found['day']} {found['clock']}{fraction}{offset}"), zone)


def _iso_day(day: str, rest: str, form: Format) -> str:
    """A date written in the format, and the time of day behind it, with the date in ISO."""
    dated = form if form.day is None else DATED[form.day]
    return day_text(day, dated) + rest


def kept(moment: dt.datetime, zone: ZoneInfo) -> str:
    """A moment as the warehouse keeps it; without a zone of its own it is in `zone`. May raise OverflowError."""
    offset = zone.utcoffset(moment) if moment.tzinfo is None else moment.utcoffset()
    # seven times as fast as replace() and astimezone(); a zone of either kind always has an offset
    utc = (moment if moment.tzinfo is None else moment.replace(tzinfo=None)) - (offset or dt.timedelta())
    text = utc.isoformat(" ")
    return text[:19] if utc.microsecond < 1000 else text[:23]


DATED = {day: Format(day) for day in SHAPES}
