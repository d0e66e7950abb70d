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

from attrs import frozen

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[T ](?P<clock>\d\d:\d\d(:\d\d)?)([.,](?P<fraction>\d{1,9}))?"
    r" ?(?P<zone>Z|UTC|[+-]\d\d(:?\d\d)?)?",
    re.ASCII,
)
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
    """How dates are written: a strptime format, or None for ISO 8601. `check()` raises ValueError for a wrong one."""

    text: str | None = None

    @property
    def has_clock(self) -> bool:
        """Whether the format names a time of day."""
        return self.text is not None and any(
            letter in CLOCK_DIRECTIVES for letter in re.findall(r"%[-#]?([a-zA-Z])", self.text)
        )

    def check(self) -> None:
        """ValueError if strptime does not understand the format, or if it cannot tell a whole date."""
        if self.text is not None:
            probe = dt.datetime(2027, 11, 29)  # a calendar date, no moment
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
    if form.text is not None and form.has_clock:
        return kept(dt.datetime.strptime(text, form.text), zone)  # `kept` puts it into the zone
    if form.text is not None:
        text = _iso(text, form)
    if DAY.fullmatch(text):
        return kept(dt.datetime.fromisoformat(text), zone)
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    fraction = f".{found['fraction'][:6]:0<6}" if found["fraction"] else ""
    offset = {"Z": "+00:00", "UTC": "+00:00", None: ""}.get(found["zone"], found["zone"])
    return kept(dt.datetime.fromisoformat(f"{found['day']} {found['clock']}{fraction}{offset}"), zone)


def _iso(text: str, form: Format) -> str:
    """A text whose date is written in `form`, perhaps with a clock after it, with the date in ISO."""
    for separator in (" ", "T"):
        day, found, clock = text.partition(separator)
        if found and ":" in clock:
            return f"{day_text(day, form)} {clock}"
    return day_text(text, form)


def kept(moment: dt.datetime, zone: ZoneInfo) -> str:
    """A moment as the warehouse keeps it; without a zone of its own it is in `zone`. May raise OverflowError."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    utc = aware.astimezone(dt.UTC)
    text = f"{utc:%H:%M:%S}"
    milliseconds = utc.microsecond // 1000
    return f"{utc.date().isoformat()} {text}.{milliseconds:03d}" if milliseconds else f"{utc.date().isoformat()} {text}"
