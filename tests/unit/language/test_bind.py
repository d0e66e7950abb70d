"""What expressions mean: trees, types, lowered forms and conversions."""

from __future__ import annotations

import datetime as dt

import pytest

from support.scopes import FORMULA, SCOPES, TABLE
from trigpoint.language import ExpressionError, Scope, bind, parse, unparse
from trigpoint.language.bind import Binder
from trigpoint.language.tokens import KEYWORDS
from trigpoint.model.expression import (
    Aggregate,
    AsOf,
    Between,
    Binary,
    Call,
    Case,
    Column,
    In,
    IsNull,
    Literal,
    MetricValue,
    Node,
    Points,
    Unary,
)
from trigpoint.model.window import Length, Shift, Window

ARR = MetricValue("arr", type="number")
P1 = MetricValue("open_p1", type="integer")
LIVE = Column("live", type="boolean")
DAY = Column("signed_up", type="date")
SEEN = Column("seen_at", type="timestamp")
AS_OF = AsOf(type="date")
ONE = Literal(1.0, type="integer")


def moment(node):
    """The date as its midnight."""
    return Call("as_moment", (node,), type="timestamp")


TREES = {
    "arr + 1": Binary("+", ARR, ONE, type="number"),
    "open_p1 * 1": Binary("*", P1, ONE, type="integer"),
    "open_p1 / 1": Binary("/", P1, ONE, type="number"),
    "-open_p1": Unary("-", P1, type="integer"),
    "-1": Literal(-1.0, type="integer"),
    "- -1": ONE,
    "-0": Literal(0.0, type="integer"),
    "0.5": Literal(0.5, type="number"),
    "1.0": ONE,
    "1e20": Literal(1e20, type="number"),
    "'it''s'": Literal("it's", type="text"),
    "TRUE": Literal(True, type="boolean"),
    "DATE '2024-02-29'": Literal(dt.date(2024, 2, 29), type="date"),
    "csm.name": Column("name", "csm", type="text"),
    "live AND NOT live": Binary("and", LIVE, Unary("not", LIVE, type="boolean"), type="boolean"),
    "arr is not null": IsNull(ARR, True, type="boolean"),
    "arr not between 1 and 1": Between(ARR, ONE, ONE, True, type="boolean"),
    "arr not in (1)": In(ARR, (ONE,), True, type="boolean"),
    "case when live then 1 end": Case(((LIVE, ONE),), type="integer"),
    "signed_up = seen_at": Binary("=", moment(DAY), SEEN, type="boolean"),
    "seen_at between as_of and signed_up": Between(SEEN, moment(AS_OF), moment(DAY), type="boolean"),
    "seen_at in (signed_up)": In(SEEN, (moment(DAY),), type="boolean"),
    "coalesce(signed_up, seen_at)": Call("coalesce", (moment(DAY), SEEN), type="timestamp"),
    "case when live then signed_up else seen_at end": Case(((LIVE, moment(DAY)),), SEEN, type="timestamp"),
    "hours_between(signed_up, seen_at)": Call("hours_between", (moment(DAY), SEEN), type="number"),
    "days_since(signed_up)": Call("days_between", (DAY, AS_OF), type="integer"),
    "days_until(signed_up)": Call("days_between", (AS_OF, DAY), type="integer"),
    "weekday(seen_at)": Call("weekday", (Call("as_day", (SEEN,), type="date"),), type="integer"),
    "round(arr)": Call("round", (ARR, Literal(0.0, type="integer")), type="number"),
    "least(arr, open_p1)": Call("least", (ARR, P1), type="number"),
    "previous(arr)": MetricValue("arr", Shift(previous=True), type="number"),
    "ago(open_p1, '12 months')": MetricValue("open_p1", Shift(Length(12, "month")), type="integer"),
    "ago(arr, 'quarter to date')": MetricValue("arr", Shift(Window("to date", Length(1, "quarter"))), type="number"),
}


@pytest.mark.parametrize("text", TREES)
def test_texts_bind_to_trees(text):
    """A text means exactly this tree, with these types."""
    assert bind(text, FORMULA).tree == TREES[text]


EVENTS = Column("events", type="integer")
AGGREGATES = {
    "count(*)": Aggregate("count", type="integer"),
    "count(DISTINCT plan)": Aggregate("count", Column("plan", type="text"), distinct=True, type="integer"),
    "count(plan)": Aggregate("count", Column("plan", type="text"), type="integer"),
    "median(events)": Aggregate("percentile", EVENTS, parameter=0.5, type="number"),
    "percentile(events, 1)": Aggregate("percentile", EVENTS, parameter=1.0, type="number"),
    "latest(paid)": Aggregate("latest", Column("paid", type="boolean"), type="boolean"),
    "share(in_force())": Aggregate("share", Call("in_force", type="boolean"), type="number"),
    "max(csm.hired_on)": Aggregate("max", Column("hired_on", "csm", type="date"), type="date"),
}


@pytest.mark.parametrize("text", AGGREGATES)
def test_aggregates_bind_to_trees(text):
    """An aggregate's text means exactly this tree; median is percentile 0.5."""
    assert bind(text, TABLE).tree == AGGREGATES[text]


def test_points_are_numbers_of_the_same_scorecard():
    """`points.NAME` reads a group or measure, as a number."""
    assert bind("points.retention", SCOPES["gate"]).tree == Points("retention", type="number")


def test_literals_are_constants():
    """An expression that is a plain literal offers its value."""
    assert bind("-2.5", FORMULA).constant == -2.5
    assert bind("arr", FORMULA).constant is None


@pytest.mark.parametrize(
    ("text", "expect"), [("open_p1", "number"), ("arr > 1", "boolean"), ("as_of", "date"), ("plan", "any")]
)
def test_the_expected_type_is_accepted(text, expect):
    """An integer is a number; anything is `any`."""
    bind(text, FORMULA, expect)


CANONICAL = {
    "((arr))": "arr",
    "arr+1 - (2 - 1)": "arr + 1 - (2 - 1)",
    "(arr + 1) * 2": "(arr + 1) * 2",
    "arr * (2 / 3)": "arr * (2 / 3)",
    "-(arr + 1)": "-(arr + 1)",
    "2 - (-3)": "2 - -3",
    "not (live and live)": "not (live and live)",
    "(not live) = live": "(not live) = live",
    "live and (live or live)": "live and (live or live)",
    "(arr = 1) = live": "(arr = 1) = live",
    "(arr is null) is null": "(arr is null) is null",
    "(1 + arr) between 1 and 2 + 3": "1 + arr between 1 and 2 + 3",
    "live = (arr in (1,2))": "live = (arr in (1, 2))",
    "Case When live Then 'it''s' End": "case when live then 'it''s' end",
    "1000000.0": "1000000",
    "0.10": "0.1",
    "1E30": "1e+30",
    "seen_at = signed_up": "seen_at = signed_up",
    "days_since(seen_at)": "days_between(seen_at, as_of)",
    "ago(arr, '1 months')": "ago(arr, '1 month')",
    "date'2026-03-31'": "date '2026-03-31'",
    "arr NOT IN (1)": "arr not in (1)",
    "arr not  between 1 and 2": "arr not between 1 and 2",
    "csm . name": "csm.name",
}


@pytest.mark.parametrize("text", CANONICAL)
def test_one_meaning_has_one_canonical_text(text):
    """The canonical text has no needless parentheses, and means the same tree."""
    tree = bind(text, FORMULA).tree
    assert unparse(tree) == CANONICAL[text]
    assert bind(unparse(tree), FORMULA).tree == tree


def test_trees_that_are_not_bound_have_a_text_too():
    """Messages may show what was parsed only; a metric moved twice is shown as such."""
    assert unparse(parse("csm.name = points.x")) == "csm.name = points.x"
    assert unparse(bind("points.retention", SCOPES["gate"]).tree) == "points.retention"
    assert unparse(MetricValue("arr", Shift(Length(1, "year"), previous=True))) == "ago(previous(arr), '1 year')"


def test_only_what_the_parser_makes_is_bound():
    """The second wall has no way in for a tree from elsewhere, and no text for an unknown kind of node."""
    with pytest.raises(TypeError, match="Column"):
        Binder(FORMULA).bind(LIVE)
    with pytest.raises(TypeError, match="Node"):
        unparse(Node())


@pytest.mark.parametrize("name", ["date", "timestamp", "like", "select", "sum", "year", "period"])
def test_words_that_are_no_keywords_can_name_columns(name):
    """Only the keywords are taken; a column may have the name of a function or of an SQL word."""
    scope = Scope(columns={name: "date"})
    assert bind(f"days_between({name}, date '2026-03-31') > 1 and {name} in ({name})", scope).type == "boolean"


@pytest.mark.parametrize("name", sorted(KEYWORDS - {"date"}))
def test_keywords_name_nothing_but_stand_after_a_dot(name):
    """A bare keyword is refused as a name even where a column has it; after a dot there is no doubt."""
    with pytest.raises(ExpressionError):
        bind(f"{name} = date '2026-03-31'", Scope(columns={name: "date"}))
    assert bind(f"a.{name} = as_of", Scope(owners={"a": {name: "date"}})).type == "boolean"
