"""Queries of plugins are bound step by step: what is sound becomes records, what is not is told in a sentence."""

from __future__ import annotations

import pytest

from trigpoint.language import FUNCTIONS
from trigpoint.model.expression import Literal, walk
from trigpoint.model.query import Query, Where, rows
from trigpoint.rules.queries import bind_query, query_of, query_settings

INPUTS = {"part": "text", "amount": "number", "day": "date", "open": "boolean"}
SETTINGS = {"top": 2, "word": "it's", "strict": True, "list": [1], "long": "x" * 2000, "bell": "\x07", "huge": 1e308}
LONG = rows()
for _ in range(17):
    LONG = LONG.where("open")


def bound(query, wanted="number", settings=SETTINGS):
    """The bound query, and what was told."""
    told: list[str] = []

    def refuse(code, text, hint):
        told.append(f"{code} {text}" + (f" ({hint})" if hint else ""))

    return bind_query(query, INPUTS, settings, wanted, FUNCTIONS, refuse=refuse), told


SOUND = [
    (rows().value("count(*)"), "number"),
    (rows().value("count(*)"), "integer"),
    (rows().value("max(part)"), "text"),
    (rows().value("min(day)"), "date"),
    (rows().value("sum(amount) > top"), "boolean"),
    (rows().value("top * 2 + sum(amount)"), "number"),
    (rows().where("open and strict").value("avg(amount) / top"), "number"),
    (rows().where("part = word").value("share(open)"), "number"),
    (rows().value("percentile(amount, 0.5)"), "number"),
    (rows().with_columns(age="days_since(day)", twice="amount * top").value("sum(age * twice)"), "number"),
    (rows().group_by("part", amount="sum(amount)").value("max(amount) / sum(amount)"), "number"),
    (rows().group_by(total="sum(amount)", many="count(distinct part)").value("max(total / many)"), "number"),
    (rows().group_by("part").value("count(*)"), "number"),
    (rows().ranked("place", "day", descending=True).where("place = 1").value("max(amount)"), "number"),
    (rows().group_by("day", "part", n="count(*)").group_by("part", n="max(n)").value("median(n)"), "number"),
]


@pytest.mark.parametrize(("query", "wanted"), SOUND, ids=str)
def test_sound_queries_are_bound(query, wanted):
    """Columns of the step before, settings and functions of the language have their types."""
    found, told = bound(query, wanted)
    assert told == []
    assert len(found.steps) == len(query.steps)


@pytest.mark.parametrize(("query", "wanted"), SOUND, ids=str)
def test_a_query_can_be_kept_among_the_settings(query, wanted):
    """Its plain form says the same query."""
    assert query_of(query_settings(query)) == query


REFUSED = [
    (rows(), "TP179 the value: there is none (end the query with .value('sum(x)'))"),
    (LONG.value("count(*)"), "TP179 the query: it has 17 steps, and 16 are enough"),
    (
        rows().with_columns(**{f"c{k}": "1" for k in range(65)}).value("count(*)"),
        "TP179 the query: a step makes 65 columns, and 64 are enough",
    ),
    (rows().with_columns().value("count(*)"), "TP179 step 1 (with_columns): it adds no column (write .with_columns(total='a + b'))"),
    (rows().value("sum(amout)"), "TP178 the value: unknown name 'amout' (did you mean 'amount'?)"),
    (rows().value("sum(account.amount)"), "TP178 the value: unknown name 'account'"),
    (rows().where("amount"), "TP178 step 1 (where): a condition (true or false) is expected, this is a number (compare it with something, as in x > 0)"),
    (rows().where("sum(amount) > 1"), "TP178 step 1 (where): sum is an aggregate, which stands in group_by and value, and not inside another one"),
    (rows().with_columns(x="count(*)"), "TP178 step 1 (with_columns): column 'x': count is an aggregate, which stands in group_by and value, and not inside another one"),
    (rows().group_by("part", x="amount"), "TP178 step 1 (group_by): column 'x': 'amount' differs from row to row: it stands inside an aggregate here (write sum(amount), max(...), latest(...) or another one)"),
    (rows().group_by("prat", x="sum(amount)"), "TP178 step 1 (group_by): unknown column 'prat' (did you mean 'part'?)"),
    (rows().group_by("part", "part", x="sum(amount)"), "TP179 step 1 (group_by): column 'part' stands there twice"),
    (rows().group_by("part", part="max(part)"), "TP179 step 1 (group_by): column 'part' is there already (choose another name)"),
    (rows().group_by("top", x="sum(amount)"), "TP178 step 1 (group_by): unknown column 'top'"),
    (rows().with_columns(amount="1"), "TP179 step 1 (with_columns): column 'amount' is there already (choose another name)"),
    (rows().with_columns(top="1"), "TP179 step 1 (with_columns): 'top' is a setting, and cannot be a column as well (choose another name)"),
    (rows().with_columns(Total="1"), "TP179 step 1 (with_columns): 'Total' is no name of a column (write small letters, digits and single _)"),
    (rows().with_columns(a="amount", b="a"), "TP178 step 1 (with_columns): column 'b': unknown name 'a'"),
    (rows().group_by("part", x="sum(amount)").where("amount > 1"), "TP178 step 2 (where): unknown name 'amount'"),
    (rows().value("sum(max(amount))"), "TP178 the value: max is an aggregate, which stands in group_by and value, and not inside another one"),
    (rows().value("top + 1"), "TP178 the value: it needs an aggregate (write count(*), sum(x), avg(x), max(x), share(condition), ...)"),
    (rows().ranked("place", "open"), "TP178 step 1 (ranked): conditions have no order (rank by case when ... then 1 else 0 end)"),
    (rows().ranked("part", "amount"), "TP179 step 1 (ranked): column 'part' is there already (choose another name)"),
    (rows().ranked("place", "rank(amount)"), "TP178 step 1 (ranked): column 'place': unknown function 'rank'"),
    (rows().value("amount"), "TP178 the value: 'amount' differs from row to row: it stands inside an aggregate here (write sum(amount), max(...), latest(...) or another one)"),
    (rows().value("max(part)"), "TP178 the value: it is of type text, and number is declared (declare type='text')"),
    (rows().value("latest(amount)"), "TP178 the value: latest cannot be used here: the rows of a query lie in no order of time"),
    (rows().value("sum(case when in_force() then 1 else 0 end)"), "TP178 the value: in_force() cannot be used here (it belongs to conditions on the rows of a table that declares `in_force`)"),
    (rows().value("sum(lookup(fx, part))"), "TP178 the value: unknown lookup 'fx'"),
    (rows().value("previous(amount)"), "TP178 the value: previous cannot be used here (it stands in formula metrics and scorecards)"),
    (rows().value("sum(amount) + list"), "TP178 the value: 'list' is a setting that is no finite number, no short text and no truth value, which cannot be used here"),
    (rows().value("sum(amount) + huge"), "TP178 the value: 'huge' is a setting that is no finite number, no short text and no truth value, which cannot be used here"),
    (rows().where("part = long").value("count(*)"), "TP178 step 1 (where): 'long' is a setting that is no finite number, no short text and no truth value, which cannot be used here"),
    (rows().where("part = bell").value("count(*)"), "TP178 step 1 (where): 'bell' is a setting that is no finite number, no short text and no truth value, which cannot be used here"),
]  # fmt: skip  # one line each, to be read as a table


@pytest.mark.parametrize(("query", "expected"), REFUSED, ids=[line for _, line in REFUSED])
def test_faults_are_told_with_their_step(query, expected):
    """The step, the column, what is wrong with it, and a way out."""
    found, told = bound(query)
    assert found is None
    assert told[0].startswith(expected)


def test_all_faults_of_a_step_are_told():
    """Later steps, which read its columns, are left alone."""
    query = rows().with_columns(a="amout", b="prat").where("a > b").value("sum(a)")
    assert [each.partition(": column ")[2] for each in bound(query)[1]] == [
        "'a': unknown name 'amout' (did you mean 'amount'?)",
        "'b': unknown name 'prat' (did you mean 'part'?)",
    ]


def test_settings_become_literals():
    """A setting can stand wherever a literal can, as the share of a percentile too; an input of its name comes first."""
    found, told = bound(rows().value("percentile(amount, quantile)"), settings={"quantile": 0.9, "amount": 3})
    assert (told, found.value.tree.parameter) == ([], 0.9)
    found, _ = bound(rows().value("sum(amount) + top"), settings={"top": -2})
    assert [node.value for node in walk(found.value.tree) if isinstance(node, Literal)] == [-2.0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: rows().where(5),
        lambda: rows().where(None),
        lambda: rows().with_columns(a=1),
        lambda: rows().group_by(5, a="count(*)"),
        lambda: rows().group_by("part", a=None),
        lambda: rows().ranked("place", 1),
        lambda: rows().ranked("place", "amount", descending="yes"),
        lambda: rows().value(7),
        lambda: Query(("where",)),
        lambda: Query([Where("open")] and 5),
    ],
)
def test_a_query_of_other_things_than_texts_is_no_query(make):
    """It fails where the plugin makes it, not in the run of somebody else."""
    with pytest.raises(TypeError):
        make()
