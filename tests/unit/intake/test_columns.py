"""Cells into values: what each type takes, what it refuses, and that the fast way agrees with the exact one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trigpoint.intake import columns
from trigpoint.intake.cells import CellError, Reading, excerpt, read_cell
from trigpoint.intake.columns import Column
from trigpoint.intake.moments import Format
from trigpoint.model.expression import NUMERIC

UTC = ZoneInfo("UTC")
DECIMAL_COMMA = Reading("number", decimal=",")
TAKEN = [
    (Reading("text"), "  Acme ", "Acme"),
    (Reading("text"), "  ", None),
    (Reading("text"), "Łódź", "Łódź"),
    (Reading("text"), 17, "17"),
    (Reading("text"), 17.0, "17"),
    (Reading("text"), 1.5, "1.5"),
    (Reading("text"), True, "true"),
    (Reading("text"), dt.date(2026, 3, 31), "2026-03-31"),
    (Reading("number"), "1.5", 1.5),
    (Reading("number"), " -0.5 ", -0.5),
    (Reading("number"), "1e3", 1000.0),
    (Reading("number"), ".5", 0.5),
    (Reading("number"), "", None),
    (Reading("number"), Decimal("1.25"), 1.25),
    (DECIMAL_COMMA, "1,5", 1.5),
    (DECIMAL_COMMA, "15", 15.0),
    (Reading("integer"), "12", 12.0),
    (Reading("integer"), "12.0", 12.0),
    (Reading("integer"), "-3", -3.0),
    (Reading("integer"), "9007199254740992", 2.0**53),
    (Reading("integer"), Decimal(12), 12.0),
    (Reading("boolean"), "TRUE", 1),
    (Reading("boolean"), "no", 0),
    (Reading("boolean"), "Yes", 1),
    (Reading("boolean"), 0, 0),
    (Reading("boolean"), False, 0),
    (Reading("boolean"), " ", None),
    (Reading("date"), "2026-03-31", "2026-03-31"),
    (Reading("date"), dt.date(2026, 3, 31), "2026-03-31"),
    (Reading("date"), dt.datetime(2026, 3, 31), "2026-03-31"),
    (Reading("date", Format("%d-%m-%Y")), "31-03-2026", "2026-03-31"),
    (Reading("timestamp"), dt.datetime(2026, 3, 31, 9, 30), "2026-03-31 09:30:00"),
    (Reading("timestamp"), dt.date(2026, 3, 31), "2026-03-31 00:00:00"),
    (Reading("timestamp"), "2026-03-31 09:30", "2026-03-31 09:30:00"),
    (Reading("timestamp"), None, None),
]
GERMAN = Reading("number", decimal=",", thousands=".")
MARKS = frozenset({"n/a", "-", "9999"})
TAKEN += [
    (GERMAN, "18.500,75", 18500.75),
    (GERMAN, "-1.234.567", -1234567.0),
    (GERMAN, "1500", 1500.0),
    (Reading("integer", thousands=","), "1,500", 1500.0),
    (Reading("number", thousands=" "), "1 234.5", 1234.5),
    (Reading("number", thousands=" "), "1\u202f234\u00a0567", 1234567.0),
    (Reading("number", thousands="'"), "1\u2019234", 1234.0),
    (Reading("number", blanks=MARKS), " n/a ", None),
    (Reading("number", blanks=MARKS), "9999", None),
    (Reading("number", blanks=MARKS), 9999, 9999.0),
    (Reading("text", blanks=MARKS), "-", None),
    (Reading("text", blanks=MARKS), "N/A", "N/A"),
    (Reading("date", blanks=MARKS), "-", None),
]
REFUSED = [
    (Reading("text"), ["a"], "is no text but a list"),
    (Reading("text"), {"a": 1}, "is no text but a JSON object"),
    (Reading("text"), "a\0b", "holds a NUL character"),
    (Reading("text"), "\ud800", "half a Unicode pair"),
    (Reading("text"), float("nan"), "is no text but a number"),
    (Reading("number"), "n/a", 'is no number (write blank = ["n/a"])'),
    (Reading("number"), "18.500,00", 'is no number (write decimal = "," and thousands = ".")'),
    (Reading("number"), "1 234", 'is no number (write thousands = " ")'),
    (DECIMAL_COMMA, "1 234", 'is no number (write thousands = " ")'),
    (GERMAN, "1.5", 'is no number (write decimal = ".")'),
    (GERMAN, "1.50.000", "is no number"),
    (Reading("number", blanks=MARKS), "--", 'is no number (write blank = ["--"])'),
    (Reading("number"), "nan", "is no number"),
    (Reading("number"), "inf", "is no number"),
    (Reading("number"), "1e999", "is no finite number"),
    (Reading("number"), "1_000", "is no number"),
    (Reading("number"), "١٢", "is no number"),
    (Reading("number"), "1,500", 'is no number (write decimal = "," or thousands = ",")'),
    (Reading("number"), "1,234.5", 'is no number (write thousands = ",")'),
    (Reading("number"), "$5", "is no number"),
    (Reading("number"), float("nan"), "is no finite number"),
    (Reading("number"), float("inf"), "is no finite number"),
    (Reading("number"), 10**400, "is no finite number"),
    (Reading("number"), True, "is no number but a truth value"),
    (DECIMAL_COMMA, "1.234,5", 'is no number (write thousands = ".")'),
    (DECIMAL_COMMA, "1.5", 'is no number (write decimal = ".")'),
    (Reading("integer"), "1.5", "is no whole number"),
    (Reading("integer"), "9007199254740993", "beyond 2^53"),
    (Reading("integer"), 2**60, "beyond 2^53"),
    (Reading("boolean"), "maybe", "none of true, false"),
    (Reading("boolean"), 2, "none of true, false"),
    (Reading("boolean"), [], "none of true, false"),
    (Reading("date"), "31/03/2026", "is no date written as YYYY-MM-DD"),
    (Reading("date", Format("%d-%m-%Y")), "2026-03-31", "is no date written as %d-%m-%Y"),
    (Reading("date"), dt.datetime(2026, 3, 31, 9), "has a time of day"),
    (Reading("date"), 20260331, "is no date but a number"),
    (Reading("timestamp"), "yesterday", "is no timestamp written as YYYY-MM-DD HH:MM:SS"),
    (
        Reading("timestamp"),
        dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(dt.timedelta(hours=-12))),
        "is no timestamp",
    ),
    (Reading("timestamp"), 12.5, "is no timestamp but a number"),
]


@pytest.mark.parametrize(("reading", "cell", "value"), TAKEN)
def test_a_cell_of_its_type_is_kept(reading: Reading, cell: object, value: object) -> None:
    """A cell becomes the value the warehouse keeps, alone and in a column; blank is no data."""
    assert read_cell(cell, reading) == value
    assert list(Column(reading).read([cell, cell]).values) == [value, value]


@pytest.mark.parametrize(("reading", "cell", "reason"), REFUSED)
def test_a_cell_of_another_type_is_refused(reading: Reading, cell: object, reason: str) -> None:
    """A cell that is not of its type is refused with the reason; its neighbours are kept."""
    with pytest.raises(CellError) as raised:
        read_cell(cell, reading)
    assert reason in str(raised.value)
    read = Column(reading).read([None, cell, None])
    assert list(read.faults) == [1]
    assert list(read.values) == [None, None, None]


@pytest.mark.parametrize("kind", ["text", "date", "timestamp"])
def test_columns_that_tables_lie_by_hold_no_null(kind: str) -> None:
    """In a column of the clustering key no data is ''."""
    assert list(Column(Reading(kind), "").read(["", None, " "]).values) == ["", "", ""]  # type: ignore[arg-type]


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            " ",
            "1",
            "1.0",
            "-2.5",
            "1e3",
            "1.500",
            "1.500,5",
            "-",
            "nan",
            "1_0",
            "1,5",
            "true",
            "NO",
            "2026-03-31",
            "31-03-2026",
        ]
    ),
    st.sampled_from(["2026-03-31 10:00", "9007199254740993", "1e999", "٣", "\ud800", "a\0"]),
    st.none(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.lists(st.integers(), max_size=1),
)
READINGS = st.builds(
    Reading,
    st.sampled_from(["text", "number", "integer", "boolean", "date", "timestamp"]),
    st.sampled_from([Format(), Format("%d-%m-%Y")]),
    st.sampled_from([".", ","]),
    st.sampled_from([UTC, ZoneInfo("America/New_York")]),
    st.sampled_from([None, " ", "'"]),
    st.sampled_from([frozenset(), frozenset({"-", "1"})]),
)


@given(READINGS, st.lists(st.lists(CELLS, max_size=6), max_size=4), st.sampled_from([None, ""]))
def test_the_fast_way_agrees_with_the_exact_one(
    reading: Reading, batches: list[list[object]], blank: str | None
) -> None:
    """Whatever the cells and batches, a column gives the values and faults that cell by cell reading gives."""
    blank = None if reading.type in NUMERIC else blank
    column = Column(reading, blank)
    for cells in batches:
        read = column.read(cells)
        found = [(read.faults.get(place), value) for place, value in enumerate(read.values) if place not in read.faults]
        exact = [one_by_one(cell, reading, blank) for cell in cells]
        assert dict(read.faults) == {place: why for place, (why, _value) in enumerate(exact) if why}
        assert found == [(why, value) for why, value in exact if why is None]


@pytest.mark.parametrize(
    ("reading", "batches", "values"),
    [
        (Reading("number"), [["1", "2"], ["1", "", " "], ["3", ""]], [[1, 2], [1, None, None], [3, None]]),
        (DECIMAL_COMMA, [["1,5", ""], ["2", "-0,5 "]], [[1.5, None], [2, -0.5]]),
        (Reading("integer"), [[1, None, 2.0], ["7", "8.0"]], [[1, None, 2], [7, 8]]),
        (Reading("text"), [["a ", None, ""], [" b", "c"]], [["a", None, None], ["b", "c"]]),
        (
            Reading("date"),
            [["2026-03-01", dt.date(2026, 3, 2), None], [""]],
            [["2026-03-01", "2026-03-02", None], [None]],
        ),
    ],
)
def test_batch_after_batch_is_read(reading: Reading, batches: list[list[object]], values: list[list[object]]) -> None:
    """A column goes on reading whatever the batch before it held: blanks, texts or typed cells."""
    column = Column(reading)
    read = [column.read(cells) for cells in batches]
    assert [list(each.values) for each in read] == values
    assert not any(each.faults for each in read)


def one_by_one(cell: object, reading: Reading, blank: str | None) -> tuple[str | None, object]:
    """The reason against a cell, or none and its value."""
    try:
        value = read_cell(cell, reading)
    except CellError as error:
        return str(error), None
    return None, blank if value is None else value


def test_the_memory_of_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of endlessly many dates does not remember them all."""
    monkeypatch.setattr(columns, "REMEMBERED", 10)
    column = Column(Reading("date"))
    days = [(dt.date(2026, 1, 1) + dt.timedelta(days=day)).isoformat() for day in range(100)]
    assert list(column.read(days).values) == days
    assert len(column._memory) <= 10


def test_an_excerpt_is_short() -> None:
    """A long cell is shown cut."""
    assert excerpt("x" * 500) == repr("x" * 77 + "...")
    assert excerpt(12) == "'12'"
