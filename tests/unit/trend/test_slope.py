"""The straight line through weekly sums, and whether it could be chance."""

from __future__ import annotations

import datetime as dt
import sys

import jsonschema
import pytest

from support.offered import ask
from trigpoint_trend import P_VALUE, SLOPE
from trigpoint_trend.line import lines

AS_OF = dt.date(2026, 3, 29)
SIX_WEEKS = (AS_OF - dt.timedelta(41), AS_OF)


def weeks(*sums: float) -> list[tuple[dt.date, float]]:
    """A row for each week, the last of which ends on the date."""
    return [(AS_OF - dt.timedelta(7 * ago), value) for ago, value in enumerate(reversed(sums))]


def window(number: int, days: int = 0) -> tuple[dt.date, dt.date]:
    """So many weeks, and some days before them."""
    return AS_OF - dt.timedelta(7 * number + days - 1), AS_OF


def both(*sums: float, **settings: object) -> tuple[object, object]:
    """Slope and p-value of one customer with these sums."""
    asked = ({"A": weeks(*sums)}, AS_OF, window(len(sums)))
    return ask(SLOPE, *asked, **settings).get("A"), ask(P_VALUE, *asked, **settings).get("A")


def test_a_line_by_hand() -> None:
    """2, 4, 5, 4, 5: slope 0.6, residuals 2.4 on 3 degrees of freedom, so t = 2.1213 and p = 0.1240."""
    slope, p_value = both(2, 4, 5, 4, 5, min_weeks=5)
    assert slope == pytest.approx(0.6)
    assert p_value == pytest.approx(0.1240, abs=5e-5)


def test_p_values_of_a_table() -> None:
    """For 10 degrees of freedom tables of Student's t say 2.228 at 0.05: twelve weeks with that t have that p."""
    pattern = [1, -1, -1, 1] * 3  # neither a slope nor a mean, and sums of squares that are easy
    error = (12 / 10 / 143) ** 0.5  # residual variance 12/10; the squares of the weeks around their mean add up to 143
    steep = 2.228139 * error
    slope, p_value = both(*(50 + steep * week + each for week, each in enumerate(pattern)))
    assert slope == pytest.approx(steep)
    assert p_value == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 7.0, 0.1])
def test_all_weeks_the_same(value: float) -> None:
    """A constant has slope 0 and p-value 1, exactly."""
    assert both(*[value] * 8) == (0, 1)


def test_a_perfect_line() -> None:
    """Weeks that lie on a line are no chance."""
    slope, p_value = both(6, 5, 4, 3, 2, 1)
    assert slope == pytest.approx(-1)
    assert p_value == pytest.approx(0, abs=1e-9)


def test_weeks_are_added_up() -> None:
    """A week ends on the window's last day and holds seven days, the first and the last in."""
    day = dt.timedelta(1)
    rows = [(AS_OF, 1), (AS_OF - 6 * day, 2), (AS_OF - 7 * day, 10), (AS_OF - 13 * day, 20), (AS_OF - 41 * day, 60)]
    assert ask(SLOPE, {"A": rows}, AS_OF, SIX_WEEKS) == ask(SLOPE, {"A": weeks(60, 0, 0, 0, 30, 3)}, AS_OF, SIX_WEEKS)


def test_the_order_of_rows_is_not_in_the_last_bit() -> None:
    """0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1 to a machine; as a week's sum it is."""
    plain = [(AS_OF, 0.1), (AS_OF, 0.2), (AS_OF, 0.3)]
    assert ask(SLOPE, {"A": plain}, AS_OF, SIX_WEEKS) == ask(SLOPE, {"A": plain[::-1]}, AS_OF, SIX_WEEKS)


def test_a_week_without_rows_is_0() -> None:
    """Who stops after two weeks falls by the line through 30, 30, 0, 0, 0, 0."""
    two = [(AS_OF - dt.timedelta(41), 30), (AS_OF - dt.timedelta(34), 30)]
    assert ask(SLOPE, {"A": two}, AS_OF, SIX_WEEKS)["A"] == pytest.approx(both(30, 30, 0, 0, 0, 0)[0])


def test_part_of_a_week_is_left_out() -> None:
    """Of a window of six weeks and three days the six whole weeks next to the date count."""
    early = [(AS_OF - dt.timedelta(42), 1000)]
    rows = weeks(1, 2, 3, 4, 5, 6)
    assert ask(SLOPE, {"A": rows + early}, AS_OF, window(6, 3)) == {"A": pytest.approx(1)}
    assert ask(SLOPE, {"A": early}, AS_OF, window(6, 3)) == {}


def test_rows_that_do_not_count() -> None:
    """A row without a day, or without a value, is left out; a customer with no other has no data."""
    gaps = [(None, 5.0), (AS_OF, None)]
    assert ask(SLOPE, {"A": weeks(1, 2, 3, 4, 5, 6) + gaps}, AS_OF, SIX_WEEKS) == {"A": pytest.approx(1)}
    assert ask(SLOPE, {"A": gaps, "B": []}, AS_OF, SIX_WEEKS) == {}


def test_too_few_weeks() -> None:
    """A window of fewer whole weeks than `min_weeks` is no data."""
    assert both(1, 2, 3, 4, 5) == (None, None)
    assert both(1, 2, 3, 4, 5, min_weeks=5) == (pytest.approx(1), pytest.approx(0, abs=1e-9))


def test_as_a_share_of_the_mean_week() -> None:
    """From 60 down to 10 by 10 a week is 10/35 of the mean week; without a mean above 0 there is no share."""
    asked = {
        "A": weeks(60, 50, 40, 30, 20, 10),
        "B": weeks(0, 0, 0, 0, 0, 0),
        "C": weeks(5, 3, 1, -1, -3, -5),
        "D": weeks(0, -1, -2, -3, -4, -5),
    }
    assert ask(SLOPE, asked, AS_OF, SIX_WEEKS, relative=True) == {"A": pytest.approx(-10 / 35)}


def test_a_week_beyond_all_doubles() -> None:
    """A customer whose week cannot be added up has no data, and takes it from nobody else."""
    much = [(AS_OF, 1e308), (AS_OF, 1.5e308), *weeks(1, 2, 3, 4, 5, 6)]
    for metric, value in ((SLOPE, 1), (P_VALUE, 0)):
        found = ask(metric, {"A": much, "B": weeks(1, 2, 3, 4, 5, 6)}, AS_OF, SIX_WEEKS)
        assert found == {"B": pytest.approx(value, abs=1e-9)}


@pytest.mark.parametrize("unit", [1e-308, 2.0**-40, 1.0, 2.0**1000, 1.7e307])
def test_the_unit_makes_no_difference(unit: float) -> None:
    """The line of sums in another unit is the same line, however large or small the numbers are."""
    sums = [10, 10, 9, 10, 10, 1, 0]
    (line,) = lines([[each * unit for each in sums]])
    (plain,) = lines([sums])
    assert (line.slope / unit, line.mean / unit) == pytest.approx((plain.slope, plain.mean), rel=1e-12)
    assert line.p_value == pytest.approx(plain.p_value, rel=1e-12)


def test_a_window_is_needed() -> None:
    """Without a window there are no weeks: the error says what to write."""
    with pytest.raises(ValueError, match='window = "12 weeks"'):
        ask(SLOPE, {"A": weeks(1, 2, 3)}, AS_OF)


@pytest.mark.parametrize("settings", [{"min_weeks": 2}, {"relative": 1}, {"weeks": 4}])
def test_settings_that_do_not_fit(settings: dict[str, object]) -> None:
    """The schema refuses what has no meaning: through two points there is always a line."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(settings, SLOPE.settings)


def test_the_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the error says how to get it."""
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(ImportError, match=r'pip install "trigpoint\[trend\]"'):
        both(1, 2, 3, 4, 5, 6)
