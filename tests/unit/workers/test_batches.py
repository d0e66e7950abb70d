"""Batches of whole subjects, and how their cells travel."""

from __future__ import annotations

import datetime as dt

import pytest

from trigpoint.workers.batches import batches
from trigpoint.workers.wire import pack, unpack


def test_subjects_are_never_cut():
    """A batch ends with the subject that fills it, however many rows that one has."""
    subjects = [("A", 2, None, [1.0, 2.0]), ("B", 7, None, [3.0] * 7), ("C", 1, None, [4.0])]
    found = list(batches(iter(subjects), {"x": "number"}, size=3))
    assert [batch.keys for batch in found] == [("A", "B"), ("C",)]
    assert [list(unpack(batch.packed).columns["x"]) for batch in found] == [[1.0, 2.0, *[3.0] * 7], [4.0]]


def test_rows_of_nobody_are_left_out():
    """Rows without a key are nobody's, and a subject without rows is not asked for."""
    subjects = [(None, 1, None, [1.0]), ("", 1, None, [1.0]), ("A", 0, None, []), ("B", 1, "", [2.0])]
    (batch,) = batches(iter(subjects), {"x": "number"})
    assert (batch.keys, batch.counts, batch.newest) == (("B",), (1,), (None,))


def test_nothing_makes_no_batch():
    """Where there are no rows there is nothing to ask."""
    assert list(batches(iter([]), {"x": "number"})) == []


@pytest.mark.parametrize(
    ("kind", "cells", "given"),
    [
        ("number", [1.5, None, -2.0], [1.5, None, -2.0]),
        ("number", [float("inf"), 1, float("-inf")], [None, 1.0, None]),
        ("integer", [3.0, None], [3, None]),
        ("integer", [3.0, 4.0], [3, 4]),
        ("boolean", [1, 0, None, 1], [True, False, None, True]),
        ("text", ["ä", None, "b", "ä", ""], ["ä", None, "b", "ä", None]),
        ("date", ["2026-03-01", None], [dt.date(2026, 3, 1), None]),
        (
            "timestamp",
            ["2026-03-01 12:00:00", "2026-03-01 12:00:00.250"],
            [dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), dt.datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=dt.UTC)],
        ),
    ],
)
def test_cells_arrive_as_their_type(kind, cells, given):
    """A function is given cells of the types that Python has for them, and None where there is no data."""
    rows = unpack(pack(("A",), (len(cells),), [("x", kind, cells)]))
    assert rows.columns["x"] == given
    assert [type(cell) for cell in rows.columns["x"]] == [type(cell) for cell in given]
    assert (rows.keys, rows.counts) == (["A"], [len(cells)])


@pytest.mark.parametrize(
    ("kind", "texts", "given"),
    [
        ("text", ('["ä,\\"b",null]', '["", "ä,\\"b"]'), ['ä,"b', None, None, 'ä,"b']),
        ("date", ('["2026-03-01","2026-03-01"]', "[null]"), [dt.date(2026, 3, 1), dt.date(2026, 3, 1), None]),
        ("boolean", ("[1,0,null]", "[1]"), [True, False, None, True]),
        ("date", ('["2026-03-01"]', ["2026-03-02", None]), [dt.date(2026, 3, 1), dt.date(2026, 3, 2), None]),
    ],
    ids=["texts", "dates", "conditions", "one of them as a list"],
)
def test_cells_may_come_as_json(kind, texts, given):
    """Cells that the warehouse gives as JSON arrive as those of lists do."""
    subjects = [(key, 2, None, text) for key, text in zip("AB", texts, strict=True)]
    (batch,) = batches(iter(subjects), {"x": kind})
    assert list(unpack(batch.packed).columns["x"]) == given
    assert [type(cell) for cell in unpack(batch.packed).columns["x"]] == [type(cell) for cell in given]


def test_equal_cells_travel_as_equal_bytes():
    """What is sent depends on the cells alone, not on which objects hold them."""
    one, other = "".join(["a", "b"]), "".join(["a", "b"])
    shared = pack((one, "c"), (1, 1), [("x", "text", [one, one])])
    apart = pack((other, "c"), (1, 1), [("x", "text", [one, other])])
    assert list(shared.parts()) == list(apart.parts())
