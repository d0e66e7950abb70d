"""A function that is not what its oracle says is found, with the arguments that show it."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from trigpoint.errors import RulesError
from trigpoint.model.expression import NUMERIC
from trigpoint.model.function import CONDITIONS, TEXTS, TIMES, Function, Parameter
from trigpoint.warehouse.agreement import RELATIVE, compare_with_oracle

X = Parameter("x", NUMERIC)
TEXT = Parameter("text", TEXTS)


def unless_none(function):
    """No data spreads."""
    return lambda *given: None if None in given else function(*given)


def offered(parameters, result, template, oracle) -> Function:
    return Function("f", parameters, result, "Something.", templates={"sqlite": template}, oracle=oracle)


def told(function: Function) -> list[str]:
    return [str(each) for each in compare_with_oracle(function)]


SOUND = {
    "number": offered((X,), "first", "x * 2", unless_none(lambda x: x * 2)),
    "overflow": offered((X,), "first", "x * x * x", unless_none(lambda x: x * x * x)),
    "no data": offered((X,), "number", "coalesce(x, 7)", lambda x: 7.0 if x is None else x),
    "condition": offered((X, Parameter("p", CONDITIONS)), "boolean", "p and x > 0", lambda x, p: False if p is False or (x is not None and x <= 0) else None if x is None or p is None else p),
    "text": offered((TEXT,), "text", "concat(upper(text), '!')", unless_none(lambda text: text.upper() + "!")),
    "written out": offered((TEXT, Parameter("n", frozenset({"integer"}), literal=True)), "text", "substr(text, 1, abs(n))", unless_none(lambda text, n: text[: int(abs(n))])),
    "date": offered((Parameter("d", frozenset({"date"})),), "date", "greatest(d, date '2020-01-01')", unless_none(lambda d: max(d, dt.date(2020, 1, 1)))),
    "days": offered((Parameter("d", TIMES, into="date"),), "integer", "weekday(d)", unless_none(lambda d: float(d.isoweekday()))),
    "moment": offered((Parameter("d", TIMES, into="timestamp"),), "timestamp", "d", lambda d: d),
    "nothing": offered((), "number", "3.14", lambda: 3.14),
}  # fmt: skip


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_function_shows_no_difference(kind):
    """Of every type, with and without data; inf and nan are no data on both sides."""
    assert told(SOUND[kind]) == []


WRONG = {
    "halves": (offered((X,), "first", "round(x)", unless_none(lambda x: float(round(x)))), "f(0.5): the engine gives 1.0, the oracle 0.0"),
    "no data": (offered((X,), "number", "coalesce(x, 0)", unless_none(float)), "f(no data): the engine gives 0.0, the oracle no data"),
    "only negative": (offered((X,), "first", "abs(x)", lambda x: x), "f(-1.0): the engine gives 1.0, the oracle -1.0"),
    "only huge": (offered((X,), "number", "sqrt(x * x)", unless_none(abs)), "f(-1e+300): the engine gives no data, the oracle 1e+300"),
    "beyond ASCII": (offered((TEXT,), "text", "lower(text)", unless_none(lambda text: "".join(each.lower() if each.isascii() else each for each in text))), "f('ÄRGER'): the engine gives 'ärger', the oracle 'Ärger'"),
    "raises": (offered((X,), "number", "exp(x)", unless_none(math.exp)), "f(710.0): the engine gives no data, the oracle raises OverflowError: math range error"),
    "raises without data": (offered((X,), "first", "x * 2", lambda x: x * 2), "f(no data): the engine gives no data, the oracle raises TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'"),
    "of another type": (offered((X,), "number", "x", lambda x: None if x is None else str(x)), "f(0.0): the engine gives 0.0, the oracle '0.0'"),
    "a little": (offered((X,), "number", "x * 1.00000001", unless_none(float)), "f(1.0): the engine gives 1.00000001, the oracle 1.0"),
    "written out": (offered((TEXT, Parameter("n", frozenset({"integer"}), literal=True)), "text", "substr(text, 1, n)", unless_none(lambda text, n: text[: int(n)])), "f('long long long"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_function_is_told_with_its_arguments(kind):
    """Each difference names the arguments and both answers."""
    function, expected = WRONG[kind]
    found = told(function)
    assert any(each.startswith(expected) for each in found), found[:5]


def test_numbers_may_differ_in_the_last_digits():
    """Two ways to the same number are the same to a relative 1e-9."""
    assert told(offered((X,), "number", "x * 1.0000000001", unless_none(float))) == []
    assert RELATIVE == 1e-9


def test_many_parameters_are_sampled_the_same_way_each_time():
    """Where all combinations would be too many some are chosen, always the same."""
    three = (X, Parameter("y", NUMERIC), Parameter("z", NUMERIC))
    wrong = offered(three, "number", "x + y - z", unless_none(lambda x, y, z: x + y + z))
    first = compare_with_oracle(wrong, rows=40)
    assert 0 < len(first) <= 40 * 8
    assert first == compare_with_oracle(wrong, rows=40)


def test_a_template_that_cannot_be_used_is_an_error():
    """What could not be offered cannot be compared either; nor what is for another engine."""
    with pytest.raises(RulesError, match="TP210"):
        compare_with_oracle(offered((X,), "number", "y", float))
    with pytest.raises(ValueError, match="duckdb"):
        compare_with_oracle(SOUND["number"], engine="duckdb")
