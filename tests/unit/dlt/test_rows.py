"""Items of a resource become rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from trigpoint import Batch, SourceRequest, SourceSettings, Table
from trigpoint_dlt.limits import Limits
from trigpoint_dlt.rows import BATCH_ROWS, batches_of, flattened

COLUMNS = ("id", "a__b", "tags", "at")


def batches(pages: Iterable[object]) -> list[Batch]:
    """The batches of some pages of a resource, for a table with a few columns."""
    table = Table("items", columns=dict.fromkeys(COLUMNS, "text"), key=("id",))
    request = SourceRequest(SourceSettings("crm", "items", "dlt"), table, Path())
    return list(batches_of("items", pages, request, Limits("crm")))


def rows(*pages: object) -> list[list[object]]:
    """The rows of some pages."""
    return [list(row) for batch in batches(pages) for row in batch.rows]


@pytest.mark.parametrize(
    ("item", "flat"),
    [
        ({"a": 1}, {"a": 1}),
        ({"a": {"b": {"c": 1}, "d": 2}, "e": 3}, {"a__b__c": 1, "a__d": 2, "e": 3}),
        ({"a": {}}, {}),
        ({"a": None}, {"a": None}),
        ({"a": {"b": 1}, "a__b": 2}, {"a__b": 2}),
        ({"a__b": 2, "a": {"b": 1}}, {"a__b": 2}),
        ({1: {2: 3}}, {"1__2": 3}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}]}),
    ],
)
def test_nested_objects(item: dict[str, Any], flat: dict[str, Any]) -> None:
    """Objects within objects become columns; a name that is there already keeps its value; lists stay whole."""
    assert flattened(item) == flat


def test_objects_that_lie_too_deep() -> None:
    """What lies deeper than ten levels becomes JSON text, however deep it goes on."""
    item: Any = {"end": 1}
    for _ in range(300):
        item = {"a": item}
    ((name, value),) = flattened(item).items()
    assert name == "__".join("a" * 11)
    assert isinstance(value, dict)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (["ü", {"x": 1}], '["ü", {"x": 1}]'),
        (("a", dt.date(2026, 3, 1)), '["a", "2026-03-01"]'),
        ({"b", "a"}, '["a", "b"]'),
        (Decimal("1.50"), Decimal("1.50")),
        (True, True),
        (dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC), dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)),
        (dt.time(4, 30), "04:30:00"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (b"x", b"x"),
    ],
)
def test_cells(value: object, cell: object) -> None:
    """Lists are written as JSON, rare kinds as text; the intake types the rest."""
    assert rows({"id": "1", "tags": value, "a__b": 1, "at": 1})[0][2] == cell


def test_arrow_tables() -> None:
    """Arrow tables are rows; structs are objects."""
    pyarrow = pytest.importorskip("pyarrow")
    items = [{"id": str(each), "a": {"b": each}, "tags": [1], "at": None} for each in range(1200)]
    found = rows(pyarrow.Table.from_pylist(items), pyarrow.RecordBatch.from_pylist(items[:1]))
    assert len(found) == 1201
    assert found[1199] == ["1199", 1199, "[1]", None]


def test_frames_of_pandas() -> None:
    """Frames of pandas are rows; what is no number and no time is no data."""
    pandas = pytest.importorskip("pandas")
    at = pandas.to_datetime(["2026-03-01T04:05:06Z", None])
    found = rows(pandas.DataFrame({"id": ["1", "2"], "a__b": [1.5, float("nan")], "tags": [True, False], "at": at}))
    assert found == [["1", 1.5, True, dt.datetime(2026, 3, 1, 4, 5, 6, tzinfo=dt.UTC)], ["2", None, False, None]]


def test_batches_are_small_and_numbered() -> None:
    """However large the pages are, batches have the same header and a size; numbers go on over bad rows."""
    pages: list[object] = [[{"id": each, "a__b": 1, "tags": 1, "at": 1} for each in range(1300)], "bad", {"id": 1300}]
    found = batches(pages)
    assert [len(batch.rows) + len(batch.bad) for batch in found] == [BATCH_ROWS, BATCH_ROWS, 302]
    assert {tuple(batch.header) for batch in found} == {COLUMNS}
    assert [row.row for row in found[-1].bad] == [1301]
    assert list(found[-1].numbers)[-2:] == [1300, 1302]


def test_memory_is_constant() -> None:
    """Pages are taken one by one: no more is held than a batch."""
    alive, most = 0, 0

    class Item(dict[str, object]):
        def __init__(self, number: int) -> None:
            nonlocal alive, most
            super().__init__(id=number, a__b=1, tags=1, at=1)
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    table = Table("items", columns=dict.fromkeys(COLUMNS, "text"), key=("id",))
    request = SourceRequest(SourceSettings("crm", "items", "dlt"), table, Path())
    pages = ([Item(page * 10 + each) for each in range(10)] for page in range(1000))
    assert sum(len(batch.rows) for batch in batches_of("items", pages, request, Limits("crm"))) == 10_000
    assert most <= 2 * BATCH_ROWS + 20
