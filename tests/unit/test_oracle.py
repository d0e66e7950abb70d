"""The oracle itself, on cases worked out by hand: it judges the compiler, so something must judge the oracle.

Here its expressions and calendar; beside this file its values and its scores.
"""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import oracle
from oracle import days
from oracle.expressions import Context, evaluate
from support.small import AS_OF
from trigpoint.language import Scope, bind
from trigpoint.model.window import parse_length, parse_window

BERLIN = ZoneInfo("Europe/Berlin")
CELLS = {
    "x": 7.0,
    "none_n": None,
    "t": "Grün",
    "none_t": None,
    "b": True,
    "none_b": None,
    "d": dt.date(2026, 1, 31),
    "none_d": None,
    "ts": dt.datetime(2026, 3, 28, 23, 30, tzinfo=dt.UTC),
}
TYPES = {
    "x": "number",
    "none_n": "number",
    "t": "text",
    "none_t": "text",
    "b": "boolean",
    "none_b": "boolean",
    "d": "date",
    "none_d": "date",
    "ts": "timestamp",
}


class Row(Context):
    """The names of `CELLS`, in Berlin, with a fiscal year that starts in April."""

    zone, year_start, as_of = BERLIN, 4, AS_OF

    def column(self, name, _owner):
        return CELLS[name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x / 0", None),
        ("1 / 2 + 2 * 3 - -1", 7.5),
        ("none_n + 1", None),
        ("least(x, none_n)", None),
        ("least(x, 3, 5)", 3.0),
        ("greatest(coalesce(none_n, 1), x)", 7.0),
        ("nullif(x, 7)", None),
        ("nullif(x, none_n)", 7.0),
        ("none_b and false", False),
        ("none_b and true", None),
        ("none_b or true", True),
        ("not none_b", None),
        ("x in (1, none_n)", None),
        ("x in (7, none_n)", True),
        ("x not in (1, 2)", True),
        ("x between 7 and none_n", None),
        ("x between 8 and none_n", False),
        ("none_n is null", True),
        ("x is not null", True),
        ("case when none_b then 1 else 2 end", None),
        ("case when b then 1 when none_b then 2 end", 1.0),
        ("case when none_n is null then 0 when none_n > 3 then 1 end", 0.0),
        ("case when x < 0 then 1 end", None),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -3.0),
        ("round(1.005, 2)", 1.0),
        ("ln(0)", None),
        ("sqrt(0 - 1)", None),
        ("power(0, 0)", 1.0),
        ("power(0, -1)", None),
        ("power(-8, 0.5)", None),
        ("power(10, 400)", None),
        ("1e308 * 10 > 5", True),
        ("abs(1e308 * 10)", None),
        ("upper('straße')", "STRASSE"),
        ("lower('ÄRGER')", "ärger"),
        ("length('naïve')", 5.0),
        ("concat(t, none_t)", None),
        ("contains(t, 'rü')", True),
        ("starts_with(t, 'g')", False),
        ("trim('  a ')", "a"),
        ("days_since(d)", 59.0),
        ("days_until(d)", -59.0),
        ("days_between(ts, as_of)", 2.0),  # 00:30 of the 29th in Berlin
        ("hours_between(date '2026-03-29', date '2026-03-30')", 23.0),
        ("ts < date '2026-03-29'", False),
        ("months_between(d, date '2026-02-28')", 1.0),
        ("months_between(date '2026-02-28', d)", -1.0),
        ("months_between(date '2024-02-29', date '2025-02-28')", 12.0),
        ("weekday(d)", 6.0),
        ("period(d, 'month')", "2026-01"),
        ("period(d, 'quarter')", "2026-Q4"),
        ("period(as_of, 'year')", "2026"),
        ("period(date '2026-04-01', 'year')", "2027"),
    ],
)
def test_expressions(text, expected):
    """Each function and operator means what the table of functions says."""
    bound = bind(text, Scope(columns=TYPES))
    assert evaluate(bound.tree, Row()) == expected


@pytest.mark.parametrize(
    ("window", "as_of", "edges", "before"),
    [
        ("28 days", "2026-03-31", "2026-03-03 2026-03-31", "2026-02-03 2026-03-03"),
        ("2 weeks", "2026-03-31", "2026-03-17 2026-03-31", "2026-03-03 2026-03-17"),
        ("1 month", "2026-03-31", "2026-02-28 2026-03-31", "2026-01-31 2026-02-28"),
        ("3 months", "2026-06-30", "2026-03-30 2026-06-30", "2025-12-30 2026-03-30"),
        ("1 quarter", "2024-05-31", "2024-02-29 2024-05-31", "2023-11-30 2024-02-29"),
        ("1 year", "2024-02-29", "2023-02-28 2024-02-29", "2022-02-28 2023-02-28"),
        ("month to date", "2026-03-31", "2026-02-28 2026-03-31", "2026-01-31 2026-02-28"),
        ("quarter to date", "2026-05-31", "2026-03-31 2026-05-31", "2025-12-31 2026-02-28"),
        ("year to date", "2026-01-01", "2025-12-31 2026-01-01", "2024-12-31 2025-01-01"),
        ("previous month", "2026-03-31", "2026-01-31 2026-02-28", "2025-12-31 2026-01-31"),
        ("previous quarter", "2026-03-31", "2025-09-30 2025-12-31", "2025-06-30 2025-09-30"),
        ("next 90 days", "2026-03-31", "2026-03-31 2026-06-29", None),
    ],
)
def test_windows(window, as_of, edges, before):
    """Windows are half-open, counted from the as-of date in one step, end-of-month safe."""

    def told(stretch):
        return " ".join(str(day) for day in stretch)

    day = dt.date.fromisoformat(as_of)
    assert told(days.edges(parse_window(window), day, 1)) == edges
    if before:
        assert told(days.edges_before(parse_window(window), day, 1)) == before


def test_fiscal_years_move_quarters_and_years():
    """With a year that starts in February the quarters start in February, May, August and November."""
    march = dt.date(2026, 3, 31)
    assert days.edges(parse_window("quarter to date"), march, 2)[0] == dt.date(2026, 1, 31)
    assert days.edges(parse_window("previous year"), march, 2) == (dt.date(2025, 1, 31), dt.date(2026, 1, 31))
    assert days.edges(parse_window("month to date"), march, 2)[0] == dt.date(2026, 2, 28)


def test_shifts():
    """`ago` moves by a length in one step, or to the opening edge of a window word."""
    assert days.date_of_shift(parse_length("1 month"), AS_OF, 1) == dt.date(2026, 2, 28)
    assert days.date_of_shift(parse_window("quarter to date"), AS_OF, 1) == dt.date(2025, 12, 31)


def test_a_day_is_a_day_in_the_projects_zone():
    """A moment just before midnight UTC belongs to the next day in Berlin."""
    assert days.day_of(CELLS["ts"], BERLIN) == dt.date(2026, 3, 29)
    assert days.moment_of(dt.date(2026, 7, 1), BERLIN) == dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC)


def test_the_oracle_asks_nothing_of_the_compiler():
    """The oracle reads the records of `trigpoint.model` and nothing else of trigpoint."""
    files = sorted(Path(oracle.__file__).parent.glob("*.py"))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    asked = {node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in asked if name and name.startswith("trigpoint")}
    assert len(files) > 5
    assert ours
    assert all(name.startswith("trigpoint.model") for name in ours), ours
