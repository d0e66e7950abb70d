"""How long it takes until a share is done, those still going on included."""

from __future__ import annotations

import datetime as dt
import sys

import jsonschema
import pytest

from support.offered import ask
from trigpoint_survival import DURATION

AS_OF = dt.date(2026, 3, 31)
BOOKED = dt.date(2025, 1, 1)

# Weeks of remission of 21 pairs of patients, one given 6-mercaptopurine and one not; a `+` was still in remission. E. J.
# Freireich et al., Blood 21 (1963), 699-716; E. A. Gehan, Biometrika 52 (1965), 203-223. The curves and the medians, 23 and 8,
# stand in textbooks: J. P. Klein and M. L. Moeschberger, Survival Analysis (2nd ed. 2003), chapter 4.
MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
NONE = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def after(weeks: float) -> dt.date:
    return BOOKED + dt.timedelta(weeks=weeks)


def row(text: str) -> tuple[dt.date, dt.date | None]:
    """A row that took so many weeks; one with a `+` began so many weeks before the date."""
    if text.endswith("+"):
        return AS_OF - dt.timedelta(weeks=float(text[:-1])), None
    return BOOKED, after(float(text))


def rows(text: str) -> list[tuple[dt.date, dt.date | None]]:
    return [row(each) for each in text.split()]


def median(text: str, **settings: object) -> object:
    return ask(DURATION, {"A": rows(text)}, AS_OF, unit="weeks", **settings).get("A")


def test_published_medians() -> None:
    """The remissions of leukaemia come to the medians of the textbooks."""
    assert median(MERCAPTOPURINE) == 23
    assert median(NONE) == 8


def test_the_curve_by_hand() -> None:
    """Of five, after 1 week 4/5 go on, after 3 4/5 x 2/3, after 4 a third of 8/15 less: the median is 4, not the 3 of the ended."""
    assert median("1 2+ 3 4 5+") == 4
    assert median("1 3 4") == 3


def test_a_plain_median_would_be_wrong() -> None:
    """Six of ten are over after 4 weeks and four go on for 30: half are done at 4; were two more going on it is not known."""
    assert median("4 4 4 4 4 4 30+ 30+ 30+ 30+") == 4
    assert median("4 4 4 4 4 4 30+ 30+ 30+ 30+ 30+ 30+ 30+") is None


def test_half_is_reached_at_the_beginning_of_a_flat_stretch() -> None:
    """Where exactly half go on from 2 to 3 weeks, half were done after 2."""
    assert median("1 2 3 4") == 2
    assert median("1 2 3+ 4+") == 2


@pytest.mark.parametrize("number", range(2, 60, 2))
def test_rounding_never_moves_the_half(number: int) -> None:
    """Of any even number that all end, half are done when half have ended: the last bit of the curve does not decide."""
    assert median(" ".join(str(week) for week in range(1, number + 1))) == number / 2


def test_quantiles() -> None:
    """Another share than half may be asked for."""
    weeks = "1 2 3 4 5 6 7 8 9 10"
    assert [median(weeks, quantile=share) for share in (0.1, 0.25, 0.5, 0.9)] == [1, 3, 5, 9]


def test_too_few_that_are_over() -> None:
    """Fewer ends than `min_events` are no data."""
    assert median("1 2 3 9+", min_events=3) == 2
    assert median("1 2 3 9+", min_events=4) is None


def test_nothing_is_over() -> None:
    """Where all go on, or no row counts, there is no data."""
    assert median("5+ 6+") is None
    assert ask(DURATION, {"A": [(None, None)]}, AS_OF) == {}


@pytest.mark.parametrize(
    "left_out",
    [
        (None, AS_OF),
        (None, None),
        (AS_OF + dt.timedelta(1), None),
        (AS_OF + dt.timedelta(1), AS_OF + dt.timedelta(2)),
        (after(3), after(2)),
    ],
    ids=["no start", "nothing", "begins later", "all later", "ends before it starts"],
)
def test_rows_that_do_not_count(left_out: tuple[dt.date | None, dt.date | None]) -> None:
    """A row without a start, that begins after the date, or that ends before it starts changes nothing."""
    plain = rows("1 2 3+")
    assert ask(DURATION, {"A": [*plain, left_out]}, AS_OF) == ask(DURATION, {"A": plain}, AS_OF)


def test_an_end_after_the_date_is_not_known() -> None:
    """What ends after the date still goes on; what ends on it is over, what begins on it has lasted 0 days."""
    began = AS_OF - dt.timedelta(10)
    assert ask(DURATION, {"A": [(began, AS_OF + dt.timedelta(1))]}, AS_OF) == {}
    assert ask(DURATION, {"A": [(began, AS_OF)]}, AS_OF) == {"A": 10}
    assert ask(DURATION, {"A": [(AS_OF, AS_OF)]}, AS_OF) == {"A": 0}


@pytest.mark.parametrize(("unit", "expected"), [("hours", 48), ("days", 2), ("weeks", 2 / 7), ("months", 2 / 30.4375)])
def test_units(unit: str, expected: float) -> None:
    """Two days are 48 hours; a month is a twelfth of 365.25 days."""
    assert ask(DURATION, {"A": [(AS_OF - dt.timedelta(2), AS_OF)]}, AS_OF, unit=unit) == {"A": pytest.approx(expected)}


@pytest.mark.parametrize(
    "settings", [{"quantile": 0}, {"quantile": 1}, {"unit": "years"}, {"min_events": -1}, {"q": 1}]
)
def test_settings_that_do_not_fit(settings: dict[str, object]) -> None:
    """The schema refuses what has no meaning."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(settings, DURATION.settings)


def test_the_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the error says how to get it."""
    monkeypatch.setitem(sys.modules, "statsmodels.duration.survfunc", None)
    with pytest.raises(ImportError, match=r'pip install "trigpoint\[survival\]"'):
        median("1 2 3")
