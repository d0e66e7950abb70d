"""Dates and timestamps: the texts in files into the texts the warehouse keeps."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trigpoint.intake.moments import SHAPES, Format, day_text, kept, moment_text

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("2026-03-31", None, "2026-03-31"),
        ("2024-02-29", None, "2024-02-29"),
        ("2026-03-31 00:00:00", None, "2026-03-31"),
        ("2026-03-31T00:00:00.000", None, "2026-03-31"),
        ("31-03-2026", "%d-%m-%Y", "2026-03-31"),
        ("1-3-2026", "%d-%m-%Y", "2026-03-01"),
        ("31/03/2026", "%d/%m/%Y", "2026-03-31"),
        ("03/31/2026", "%m/%d/%Y", "2026-03-31"),
        ("31.03.2026", "%d.%m.%Y", "2026-03-31"),
        ("20260331", "%Y%m%d", "2026-03-31"),
        ("31 Mar 26", "%d %b %y", "2026-03-31"),
        ("31-03-2026 17:30", "%d-%m-%Y %H:%M", "2026-03-31"),
    ],
)
def test_a_date_is_kept_as_iso(text: str, form: str | None, day: str) -> None:
    """A date is read in its format, ISO without one; midnight is how databases export a date."""
    assert day_text(text, Format(form)) == day


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-02-30", None),
        ("2025-02-29", None),
        ("31-03-2026", None),
        ("20260331", None),
        ("2026-W14-2", None),
        ("2026-3-1", None),
        ("2026-03-31 17:30:00", None),
        ("2026-03-31 00:00:00Z", None),
        ("２０２６-03-31", None),
        ("30/02/2026", "%d/%m/%Y"),
        ("31/13/2026", "%m/%d/%Y"),
        ("2026-03-31", "%d-%m-%Y"),
        ("0000-01-01", None),
    ],
)
def test_what_is_no_date_is_refused(text: str, form: str | None) -> None:
    """Days that do not exist, other formats and times of day are refused, never guessed."""
    with pytest.raises(ValueError):  # noqa: PT011  # the reason is worded by `cells`
        day_text(text, Format(form))


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("2026-03-31 14:30:05", None, "2026-03-31 12:30:05"),
        ("2026-03-31T14:30", None, "2026-03-31 12:30:00"),
        ("2026-01-31 14:30:00", None, "2026-01-31 13:30:00"),
        ("2026-03-31", None, "2026-03-30 22:00:00"),
        ("2026-03-31T14:30:05Z", None, "2026-03-31 14:30:05"),
        ("2026-03-31 14:30:05 UTC", None, "2026-03-31 14:30:05"),
        ("2026-03-31T14:30:05+05:30", None, "2026-03-31 09:00:05"),
        ("2026-03-31T14:30:05-0800", None, "2026-03-31 22:30:05"),
        ("2026-03-31 14:30:05.250", None, "2026-03-31 12:30:05.250"),
        ("2026-03-31 14:30:05,25", None, "2026-03-31 12:30:05.250"),
        ("2026-03-31 14:30:05.250999999", None, "2026-03-31 12:30:05.250"),
        ("2026-03-31 14:30:05.0004", None, "2026-03-31 12:30:05"),
        ("31-03-2026 14:30", "%d-%m-%Y %H:%M", "2026-03-31 12:30:00"),
        ("31-03-2026 14:30", "%d-%m-%Y", "2026-03-31 12:30:00"),
        ("31-03-2026T14:30:05Z", "%d-%m-%Y", "2026-03-31 14:30:05"),
        ("31-03-2026", "%d-%m-%Y", "2026-03-30 22:00:00"),
        ("03/31/2026 02:30:00 PM", "%m/%d/%Y %I:%M:%S %p", "2026-03-31 12:30:00"),
        ("31 Mar 2026", "%d %b %Y", "2026-03-30 22:00:00"),
    ],
)
def test_a_timestamp_is_kept_in_utc(text: str, form: str | None, moment: str) -> None:
    """A timestamp without a zone is in the project's; milliseconds are kept where there are any."""
    assert moment_text(text, Format(form), BERLIN) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-29 01:59:59", "2026-03-29 00:59:59"),
        ("2026-03-29 02:30:00", "2026-03-29 01:30:00"),  # never occurs: read as 03:30
        ("2026-03-29 03:30:00", "2026-03-29 01:30:00"),
        ("2026-10-25 02:30:00", "2026-10-25 00:30:00"),  # occurs twice: the first
        ("2026-10-25 03:00:00", "2026-10-25 02:00:00"),
    ],
)
def test_hours_that_are_skipped_or_occur_twice(text: str, moment: str) -> None:
    """Of an hour that occurs twice the first is meant; one that never occurs is read with the offset before."""
    assert moment_text(text, Format(), BERLIN) == moment


@pytest.mark.parametrize("text", ["2026-03-31 24:00", "2026-03-31 1:30", "14:30", "2026-03-31 14:30 CET", "soon"])
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    """Times of day and names of zones that are not plain are refused."""
    with pytest.raises(ValueError):  # noqa: PT011  # the reason is worded by `cells`
        moment_text(text, Format(), BERLIN)


@pytest.mark.parametrize(("text", "sound"), [("%d-%m-%Y", True), ("%d-%m", False), ("%Q", False), ("%H:%M", False)])
def test_a_format_is_checked_before_it_is_used(text: str, sound: bool) -> None:
    """A format must be one of strptime's and tell a whole date."""
    if sound:
        Format(text).check()
    else:
        with pytest.raises(ValueError):  # noqa: PT011  # some of the words are strptime's
            Format(text).check()


@given(st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)), st.sampled_from(sorted(SHAPES)))
def test_the_fast_way_reads_what_strptime_reads(day: dt.date, form: str) -> None:
    """The own reading of common formats and strptime agree on every day."""
    text = form.replace("%Y", f"{day.year:04d}").replace("%m", f"{day.month:02d}").replace("%d", f"{day.day:02d}")
    assert day_text(text, Format(form)) == dt.datetime.strptime(text, form).date().isoformat()


@given(
    st.lists(
        st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)),
        min_size=2,
        max_size=2,
    )
)
def test_the_order_of_kept_texts_is_the_order_of_time(moments: list[dt.datetime]) -> None:
    """Two kept timestamps compare as texts as their moments do, to the millisecond."""
    one, other = (moment.replace(microsecond=moment.microsecond // 1000 * 1000) for moment in moments)
    assert (kept(one, BERLIN) < kept(other, BERLIN)) == (one < other)
