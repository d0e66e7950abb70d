"""What holds for trends of any rows."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import linregress

from support.offered import ask
from trigpoint import FunctionMetric
from trigpoint_trend import P_VALUE, SLOPE
from trigpoint_trend.line import lines

AS_OF = dt.date(2026, 3, 31)
WINDOW = (AS_OF - dt.timedelta(83), AS_OF)
BOTH = (SLOPE, P_VALUE)
Row = tuple[dt.date, float]

VALUES = st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6))
ROWS = st.lists(
    st.tuples(st.integers(0, 90).map(lambda ago: AS_OF - dt.timedelta(ago)), VALUES), min_size=1, max_size=40
)
SERIES = st.lists(st.lists(st.integers(0, 500), min_size=8, max_size=8), min_size=1, max_size=5)


def value(metric: FunctionMetric, rows: list[Row]) -> object:
    return ask(metric, {"A": rows}, AS_OF, WINDOW).get("A")


@given(SERIES)
def test_equals_the_library(series: list[list[int]]) -> None:
    """Slope and p-value are those of `scipy.stats.linregress`, which has no p-value where all weeks are the same."""
    for found, sums in zip(lines(series), series, strict=True):
        expected = linregress(range(len(sums)), sums)
        assert found.slope == pytest.approx(expected.slope, abs=1e-9)
        known = 1 if len(set(sums)) == 1 else expected.pvalue
        assert found.p_value == pytest.approx(known, rel=1e-6, abs=1e-12)


@given(ROWS, st.randoms())
def test_order_does_not_matter(rows: list[Row], chance) -> None:
    """Rows in another order give the same, to the last bit."""
    turned = list(rows)
    chance.shuffle(turned)
    assert [value(metric, turned) for metric in BOTH] == [value(metric, rows) for metric in BOTH]


@given(st.lists(ROWS, min_size=2, max_size=9))
def test_the_batch_does_not_matter(subjects: list[list[Row]]) -> None:
    """A subject's value is the same alone and among others, to the last bit."""
    named = {f"A-{number}": each for number, each in enumerate(subjects)}
    for metric in BOTH:
        together = ask(metric, named, AS_OF, WINDOW)
        assert together == {key: found for key, each in named.items() if (found := value(metric, each)) is not None}


@given(ROWS, ROWS)
def test_facts_after_the_date_change_nothing(rows: list[Row], others: list[Row]) -> None:
    """Rows after the window's last day are as if they were not there."""
    later = [(AS_OF + dt.timedelta(1) + (AS_OF - day), each) for day, each in others]
    assert [value(metric, rows + later) for metric in BOTH] == [value(metric, rows) for metric in BOTH]


@given(SERIES, st.sampled_from([0.25, 2, 8]))
def test_scaling(series: list[list[int]], factor: float) -> None:
    """Twice the events are twice the slope, the same share of the mean week, and the same p-value; backwards it turns round."""
    for plain, scaled, back in zip(
        lines(series),
        lines([[factor * each for each in sums] for sums in series]),
        lines([sums[::-1] for sums in series]),
        strict=True,
    ):
        assert scaled.slope == pytest.approx(factor * plain.slope)
        assert scaled.slope * plain.mean == pytest.approx(plain.slope * scaled.mean)
        assert scaled.p_value == pytest.approx(plain.p_value)
        assert back.slope == pytest.approx(-plain.slope)
        assert back.p_value == pytest.approx(plain.p_value, rel=1e-6, abs=1e-9)


@given(SERIES, st.integers(1, 1000))
def test_the_same_more_in_each_week(series: list[list[int]], more: int) -> None:
    """What is added to each week alike changes neither slope nor p-value."""
    for plain, raised in zip(lines(series), lines([[each + more for each in sums] for sums in series]), strict=True):
        assert raised.slope == pytest.approx(plain.slope, abs=1e-9)
        assert raised.p_value == pytest.approx(plain.p_value, rel=1e-6, abs=1e-9)


@given(SERIES)
def test_a_p_value_is_a_share(series: list[list[int]]) -> None:
    """It is from 0 to 1, and 1 only where there is no slope."""
    for found in lines(series):
        assert 0 <= found.p_value <= 1
        assume(abs(found.slope) > 1e-6)
        assert found.p_value < 1
