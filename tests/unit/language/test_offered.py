"""What a plugin may offer as a function, and what is told of one that cannot be offered."""

from __future__ import annotations

import pytest
from attrs import evolve

from trigpoint.language.offered import check_function, type_combinations
from trigpoint.model.expression import NUMERIC
from trigpoint.model.function import ANY, ORDERED, TIMES, Function, Parameter

X = Parameter("x", NUMERIC)
DOUBLE = Function("double", (X,), "first", "Twice x.", templates={"*": "x * 2"}, oracle=lambda x: x)


def told(function: Function) -> list[str]:
    return [str(each) for each in check_function(function)]


def test_a_sound_function_is_accepted():
    """Nothing is told of a function that has all it needs."""
    assert told(DOUBLE) == []
    assert told(evolve(DOUBLE, name="pi", parameters=(), result="number", templates={"*": "3.14"})) == []


@pytest.mark.parametrize(
    "name", ["Double", "2x", "a__b", "", "case", "as_of", "points", "date", "x" * 61, "a-b", "ä", 7]
)
def test_names_are_names_of_the_language(name):
    """A function that nobody could write is refused."""
    assert told(evolve(DOUBLE, name=name)) == [
        f"TP236 function '{name}': a name is written in small letters, digits and single underscores, "
        "and is no word of the language"
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": "round"}, "the language has a function of this name"),
        ({"name": "sum"}, "the language has a function of this name"),
        ({"aggregate": True}, "an aggregate cannot be offered: it would need the rows"),
        ({"meaning": " "}, "its meaning is one line of text"),
        ({"meaning": "Two\nlines."}, "its meaning is one line of text"),
        ({"oracle": None}, "it needs an oracle: a Python function that gives the same"),
        ({"result": "column"}, "'column' is no result: write a type, 'first' or 'common'"),
        ({"result": "float"}, "'float' is no result: write a type, 'first' or 'common'"),
        ({"parameters": (), "templates": {"*": "1"}}, "'first' is no result: write a type, 'first' or 'common'"),
        ({"parameters": (X, X)}, "it has at most 8 parameters, each with a name of its own"),
        ({"parameters": (Parameter("as_of"),)}, "'as_of' is no name of a parameter"),
        ({"parameters": (Parameter("x", frozenset()),)}, "parameter x takes some of the types boolean, date, integer, number, text, timestamp"),
        ({"parameters": (Parameter("x", NUMERIC, into="date"),)}, "parameter x: only dates and timestamps are turned `into` one another"),
        ({"parameters": (X, Parameter("y", NUMERIC, optional=True))}, "parameter y: a template knows all arguments, so none is optional or repeated"),
        ({"parameters": (X, Parameter("y", NUMERIC, repeated=True))}, "parameter y: a template knows all arguments, so none is optional or repeated"),
        ({"parameters": (Parameter("x", frozenset({"timestamp"}), literal=True),)}, "parameter x: a timestamp cannot be written out"),
        ({"parameters": [X]}, "its parameters are a tuple of Parameter"),
        ({"parameters": ("x",)}, "its parameters are a tuple of Parameter"),
        ({"parameters": (Parameter("x", ["number"]),)}, "the types of a parameter are a frozenset"),
        ({"templates": "x * 2"}, "its templates are a mapping of engines to texts"),
        ({"result": ["number"]}, "'['number']' is no result: write a type, 'first' or 'common'"),
        ({"templates": {}}, "it has no template"),
        ({"templates": {"sqllite": "x"}}, "'sqllite' is no engine: templates are for sqlite or '*'"),
        ({"templates": {"sqlite": 3}}, "the template for sqlite is no text"),
    ],
)  # fmt: skip
def test_records_that_cannot_be_offered_are_told(changes, text):
    """Each fault of the record, in the words of the one who writes the plugin."""
    assert told(evolve(DOUBLE, **changes)) == [f"TP236 function '{changes.get('name', 'double')}': {text}"]


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (evolve(DOUBLE, templates={"*": "y * 2"}), "unknown name 'y'"),
        (evolve(DOUBLE, templates={"*": "floor(x)"}), "unknown function 'floor' (write round(x), or enable the plugin math, which has floor(x))"),
        (evolve(DOUBLE, templates={"*": "double(x)"}), "unknown function 'double'"),
        (evolve(DOUBLE, templates={"*": "x / 2"}), "it gives a number for x integer, not a whole number"),
        (evolve(DOUBLE, templates={"*": "x > 2"}), "it gives a condition (true or false) for x integer, not a whole number"),
        (evolve(DOUBLE, templates={"*": "x * 2 + days_between(as_of, as_of)"}), "it sees nothing but its arguments: take as_of as one of them"),
        (Function("f", (Parameter("d", TIMES),), "integer", "Days.", templates={"*": "days_between(d, d)"}, oracle=len), "a date meets a timestamp, which depends on the project's zone: say `into` for the parameter"),
        (Function("f", (Parameter("d", TIMES, into="date"),), "text", "A year.", templates={"*": "period(d, 'year')"}, oracle=len), "period depends on the project's fiscal year: take its result as an argument"),
        (Function("f", (Parameter("a"), Parameter("b")), "common", "One.", templates={"*": "least(a, b)"}, oracle=len), "least takes a text or a number or a date or a timestamp as a, this is a condition"),
    ],
)  # fmt: skip
def test_templates_that_cannot_be_used_are_told(function, text):
    """Once for each template, with what is wrong in it."""
    shown = [each.removeprefix(f"TP237 function '{function.name}', template for *: ") for each in told(function)]
    assert len(shown) == 1
    assert shown[0].startswith(text)


def test_each_template_is_told():
    """A fault in one template hides none in another."""
    assert [each.code for each in check_function(evolve(DOUBLE, templates={"*": "y", "sqlite": "z"}))] == ["TP237"] * 2


def test_templates_are_read_for_every_type():
    """All combinations where these are few; else each parameter with each of its types."""
    two = Function("f", (X, Parameter("y", NUMERIC)), "number", "")
    assert len(list(type_combinations(two))) == 4
    three = Function("f", (Parameter("a"), Parameter("b"), Parameter("c")), "number", "")
    found = list(type_combinations(three))
    assert all({each[name] for each in found} == set(ANY) for name in "abc")
    assert len(found) <= 24
    fitting = list(type_combinations(Function("f", (Parameter("a", ORDERED), Parameter("b", ORDERED)), "common", "")))
    assert {"a": "date", "b": "timestamp"} in fitting
    assert {"a": "text", "b": "number"} not in fitting
