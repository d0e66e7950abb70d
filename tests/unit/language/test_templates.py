"""Functions of plugins in expressions: they are bound like the language's own, and their templates take their place."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve

from trigpoint.compile.engines.sqlite import SQLITE
from trigpoint.compile.expressions import Emitter
from trigpoint.errors import RulesError
from trigpoint.language import FUNCTIONS, ExpressionError, Scope, bind, unparse
from trigpoint.language.natives import NATIVES
from trigpoint.language.templates import WRITTEN_LIMIT
from trigpoint.model.expression import NUMERIC, Call
from trigpoint.model.function import TEXTS, TIMES, Function, Parameter

X = Parameter("x", NUMERIC)


def plugged(name, parameters, result, template, engine="*") -> Function:
    return Function(name, parameters, result, "Something.", templates={engine: template}, oracle=max)


OFFERED = {
    each.name: each
    for each in (
        plugged("less", (Parameter("a", NUMERIC), Parameter("b", NUMERIC)), "number", "a - b"),
        plugged("cube", (X,), "first", "x * x * x"),
        plugged("minus", (X,), "first", "-x"),
        plugged("half", (X,), "number", "x / 2"),
        plugged("same", (X,), "number", "x"),
        plugged("deep", (X,), "number", f"{'abs(' * 10}x{')' * 10}"),
        plugged("down", (X,), "first", "floor(x)", "sqlite"),
        plugged("left", (Parameter("text", TEXTS), Parameter("n", NUMERIC, literal=True)), "text", "substr(text, 1, n)", "sqlite"),
        plugged("lived", (Parameter("a", TIMES, into="date"), Parameter("b", TIMES, into="date")), "integer", "days_between(a, b)"),
        plugged("elsewhere", (X,), "number", "x", "duckdb"),
    )
}  # fmt: skip
SCOPE = Scope(
    columns={"a": "number", "i": "integer", "j": "integer", "t": "text", "d": "date", "s": "timestamp", "p": "boolean"},
    functions={**OFFERED, **FUNCTIONS},
)
ENGINE = evolve(SQLITE, plugged=OFFERED)


def printed(text: str) -> str:
    tree = bind(text, SCOPE).tree
    return Emitter(ENGINE, dt.date(2026, 3, 31), 1, lambda node: node.name).print(tree)


def refused(text: str) -> list[tuple[str, str | None]]:
    with pytest.raises(ExpressionError) as caught:
        bind(text, SCOPE)
    return [(f"{fault.code} {fault.text}", fault.hint) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("less(a, 1)", "a - 1.0"),
        ("less(a, 1) * 2", "(a - 1.0) * 2.0"),
        ("2 - less(a, 1)", "2.0 - (a - 1.0)"),
        ("less(a, a - 1)", "a - (a - 1.0)"),
        ("-less(a, 1)", "-(a - 1.0)"),
        ("cube(a + 1)", "(a + 1.0) * (a + 1.0) * (a + 1.0)"),
        ("cube(-1)", "-1.0 * -1.0 * -1.0"),
        ("less(less(a, 1), less(a, 2))", "a - 1.0 - (a - 2.0)"),
        ("not less(a, 1) > 0", "NOT a - 1.0 > 0.0"),
        ("minus(-1)", "1.0"),
        ("minus(minus(-1))", "-1.0"),
        ("minus(-a)", "-(-a)"),
        ("a - minus(2)", "a - -2.0"),
        ("down(a / 2)", "tp_floor(a / nullif(2.0, 0.0))"),
        ("left(t, 3) = 'abc'", "substr(t, 1.0, 3.0) = 'abc'"),
        ("left('it''s', 1)", "substr('it''s', 1.0, 1.0)"),
        ("lived(d, s)", "(julianday(tp_as_day(s)) - julianday(d))"),
        ("lived(d, as_of)", "(julianday('2026-03-31') - julianday(d))"),
    ],
)
def test_the_template_takes_the_place_of_the_call(text, sql):
    """Arguments stand in parentheses where they must, and operators around the call bind as around any value."""
    assert printed(text) == sql


def test_whole_numbers_do_not_divide_as_whole_numbers():
    """Where the engine would cut decimals off, a whole number is made a double: of the argument's type, and the call's."""
    assert printed("half(i)") == "CAST(i AS REAL) / nullif(2.0, 0.0)"
    assert printed("half(a)") == "a / nullif(2.0, 0.0)"
    assert printed("same(i) / j") == "CAST(i AS REAL) / nullif(j, 0.0)"
    assert printed("cube(i) / j") == "CAST(i * i * i AS REAL) / nullif(j, 0.0)"


def test_the_tree_keeps_the_call():
    """A rule is shown, kept and hashed with the function's name, as it was written."""
    tree = bind("less(a,1)", SCOPE).tree
    assert isinstance(tree, Call)
    assert (tree.function, tree.type, unparse(tree)) == ("less", "number", "less(a, 1)")


def test_results_have_the_types_that_are_declared():
    """A function gives its own type, or that of its first argument."""
    assert [bind(text, SCOPE).type for text in ("cube(i)", "cube(a)", "half(i)", "left(t, 1)", "lived(d, s)")] == [
        "integer", "number", "number", "text", "integer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cube(t)", ("TP220 cube takes a number as x, this is a text", None)),
        ("cube(a, 1)", ("TP221 cube takes 1 argument, 2 given", "write cube(x)")),
        ("cueb(a)", ("TP212 unknown function 'cueb'", "did you mean 'cube'?")),
        ("cube + 1", ("TP213 'cube' is a function", "write cube(x)")),
        ("left(t, a)", ("TP221 n of left is written out: a number, text or date", None)),
        ("lived(d, 3)", ("TP220 lived takes a date or a timestamp as b, this is a number", None)),
        ("floor(a)", ("TP212 unknown function 'floor'", "write round(x), or enable the plugin math, which has floor(x)")),
        ("elsewhere(a)", ("TP239 sqlite cannot compute elsewhere(...): its plugin has no template for it", "write the rule without it, or use another warehouse")),
    ],
)  # fmt: skip
def test_wrong_calls_are_told_like_those_of_the_language(text, told):
    """Types, numbers of arguments, and names that were meant."""
    assert refused(text) == [told]


def test_engines_own_functions_are_no_part_of_the_language():
    """A rule cannot call what a template may."""
    assert all(refused(f"{name}(a)")[0][0].startswith("TP212") for name in NATIVES["sqlite"])


def test_what_grows_is_refused_before_it_is_written_out():
    """Each call prints its argument three times: nested, they are refused long before they fill the memory."""
    bind("cube(" * 5 + "a" + ")" * 5, SCOPE)
    for depth in (7, 20):
        ((told, hint),) = refused("cube(" * depth + "a" + ")" * depth)
        assert told.startswith("TP238 with cube written out the expression has ")
        assert told.endswith(f" characters; {WRITTEN_LIMIT} are allowed")
        assert hint == "make metrics of its parts and use their names"


def test_long_arguments_count_as_often_as_they_are_used():
    """What is limited is the length with the functions written out, not the number of calls."""
    bind(f"cube(length('{'x' * 1900}'))", SCOPE)
    assert refused(f"cube(cube(length('{'x' * 1900}')))")[0][0].startswith("TP238")


def test_what_is_too_deep_when_written_out_is_refused():
    """The depth of the template counts: the database's parser is not reached."""
    bind("deep(deep(a))", SCOPE)
    assert refused("deep(deep(deep(a)))")[0][0] == "TP238 with deep written out the expression is nested too deeply"


def test_every_function_that_templates_may_call_is_printed():
    """The list with the types and the table of the engine name the same functions."""
    assert set(SQLITE.native) == set(NATIVES["sqlite"])


def test_an_engine_without_a_template_refuses_when_compiling():
    """Where the second wall was passed for another engine, printing does not go on without the function."""
    with pytest.raises(RulesError, match="TP507"):
        SQLITE.function("native:reverse")
    tree = bind("down(a)", SCOPE).tree
    with pytest.raises(RulesError, match=r"TP507 duckdb cannot compute down\(...\)"):
        Emitter(evolve(ENGINE, name="duckdb"), dt.date(2026, 3, 31), 1, lambda node: node.name).print(tree)
