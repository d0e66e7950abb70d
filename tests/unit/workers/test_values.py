"""What fits a metric's type, and how it is kept."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from trigpoint.model.offer import MetricRows
from trigpoint.workers.answer import taken
from trigpoint.workers.values import LONGEST, NoNumberError, UnfitError, kept, sound

BERLIN = dt.timezone(dt.timedelta(hours=1))
NOON = dt.datetime(2026, 3, 1, 12)
FIT = [
    (1, "number", 1.0),
    (0.5, "number", 0.5),
    (3.0, "integer", 3.0),
    (2**53, "integer", 9007199254740992.0),
    (2**70, "number", 1180591620717411303424.0),
    (True, "boolean", 1),
    ("ä", "text", "ä"),
    ("", "text", None),
    (dt.date(987, 3, 1), "date", "0987-03-01"),
    (NOON, "timestamp", "2026-03-01 12:00:00"),
    (NOON.replace(tzinfo=BERLIN), "timestamp", "2026-03-01 11:00:00"),
    (NOON.replace(microsecond=250_999), "timestamp", "2026-03-01 12:00:00.250"),
    (None, "date", None),
]
UNFIT = [
    (True, "number"),
    ("1", "number"),
    (1.5, "integer"),
    (1, "boolean"),
    (1, "text"),
    ("a\0b", "text"),
    ("\ud800", "text"),
    ("x" * (LONGEST + 1), "text"),
    (10**400, "integer"),
    (2**53 + 1, "integer"),
    (-1e300, "integer"),
    (NOON, "date"),
    ("2026-03-01", "date"),
    (dt.date(2026, 3, 1), "timestamp"),
    (dt.datetime.min.replace(tzinfo=BERLIN), "timestamp"),
]


@pytest.mark.parametrize(("value", "kind", "cell"), FIT)
def test_what_fits_is_kept(value, kind, cell):
    """A value of the declared type is kept as the warehouse keeps that type."""
    assert kept(value, kind) == cell
    assert type(kept(value, kind)) is type(cell)
    assert sound(kept(value, kind), kind)


@pytest.mark.parametrize(("value", "kind"), UNFIT)
def test_what_does_not_fit_is_refused(value, kind):
    """A value of another type, or one that no column can hold, is refused."""
    with pytest.raises(UnfitError):
        kept(value, kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(value, kind) for value in (math.nan, math.inf, -math.inf) for kind in ("number", "integer")]
    + [(10**400, "number")],
)
def test_no_number(value, kind):
    """What is not finite, and what no double can hold, is told apart from what does not fit."""
    with pytest.raises(NoNumberError):
        kept(value, kind)


def test_numbers_of_numpy():
    """Numbers of numpy are numbers, and a date that is none is no data."""
    numpy = pytest.importorskip("numpy")
    pandas = pytest.importorskip("pandas")
    assert kept(numpy.int64(3), "integer") == 3.0
    assert kept(numpy.float32(0.5), "number") == 0.5
    assert kept(numpy.bool_(True), "boolean") == 1
    with pytest.raises(NoNumberError):
        kept(pandas.NaT, "timestamp")
    with pytest.raises(UnfitError):
        kept(numpy.array([1.0, 2.0]), "number")


@pytest.mark.parametrize("unit", ["ns", "us", "s", "D"])
def test_times_of_numpy_are_no_numbers(unit):
    """numpy counts times in whole numbers of its unit; nobody means that count when a number is wanted."""
    numpy = pytest.importorskip("numpy")
    for value in (numpy.timedelta64(5, unit), numpy.datetime64("2026-03-01", unit), numpy.datetime64("NaT", unit)):
        for kind in ("number", "integer", "text"):
            with pytest.raises(UnfitError, match=f"of type {type(value).__name__}, and the metric is of type"):
                kept(value, kind)
    with pytest.raises(UnfitError):
        kept(numpy.timedelta64(5, unit), "timestamp")


def test_times_of_numpy():
    """A time of numpy, of whatever unit, is one; a date has a unit of days; NaT is no data."""
    numpy = pytest.importorskip("numpy")
    pandas = pytest.importorskip("pandas")
    for unit in ("ns", "us", "ms", "s"):
        assert kept(numpy.datetime64("2026-03-01T12:00:00", unit), "timestamp") == "2026-03-01 12:00:00"
        with pytest.raises(UnfitError):
            kept(numpy.datetime64("2026-03-01T12:00:00", unit), "date")
    assert kept(numpy.datetime64("2026-03-01"), "date") == "2026-03-01"
    for nothing in (numpy.datetime64("NaT"), numpy.datetime64("NaT", "ns"), pandas.NaT):
        for kind in ("date", "timestamp"):
            with pytest.raises(NoNumberError):
                kept(nothing, kind)
    with pytest.raises(UnfitError, match="NaT of type NaTType"):
        kept(pandas.NaT, "number")


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (1, "number"),
        (1.5, "integer"),
        (1e300, "integer"),
        (True, "boolean"),
        (2, "boolean"),
        ("", "text"),
        ("2026-3-1", "date"),
        ("2026-03-01T12:00:00", "timestamp"),
        ([], "text"),
    ],
)
def test_cells_from_outside_are_looked_at_again(cell, kind):
    """A cell that no value is kept as is not believed to come from our own check."""
    assert not sound(cell, kind)


ROWS = MetricRows(("A", "B"), (1, 1), {})


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([("A", 1), ("A", 2)], "'A' twice"),
        ([("C", 1)], "'C', which is none"),
        ([(1, 1)], "a key of type int"),
        ([(["A"], 1)], "a key of type list"),
        (["A1"], "a str that is no pair"),
        ([("A", 1, 2)], "a tuple that is no pair"),
        ({"A": 1.0}, "gave a dict"),
        (None, "gave a NoneType"),
        ("AB", "gave a str"),
        ([("A", "one")], "'one' of type str, and the metric is of type number (for 'A')"),
    ],
)
def test_pairs_that_do_not_fit(pairs, says):
    """Anything but one pair of key and value for a key is refused, and told."""
    with pytest.raises(UnfitError, match=r".*") as refused:
        taken(pairs, ROWS, "number")
    assert says in str(refused.value)


def test_an_endless_answer_is_cut():
    """A generator that never ends is stopped at the first pair too many."""

    def endless():
        while True:
            yield "A", 1.0

    with pytest.raises(UnfitError, match="twice"):
        taken(endless(), ROWS, "number")


def test_left_out_keys_have_no_data():
    """A key that is left out has no data; what is not finite has none either, and is counted."""
    answer = taken([("B", math.nan)], ROWS, "number")
    assert answer.cells == [None, None]
    assert answer.unusable == 1
