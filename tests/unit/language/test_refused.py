"""Expressions that are refused: with which code, where exactly, and with which way out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from support.scopes import FORMULA, SCOPES
from trigpoint.language import ExpressionError, bind

FILE = Path(__file__).parents[2] / "cases" / "language" / "refused" / "expressions.toml"
CASES = tomllib.loads(FILE.read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["expression"])
def test_refusals_underline_the_fault_and_say_the_way_out(case):
    """A wrong expression is refused with the code, the exact piece of text and the hint of its case."""
    with pytest.raises(ExpressionError) as caught:
        bind(case["expression"], SCOPES[case.get("scope", "formula")], case.get("expect", "any"))
    fault = caught.value.faults[0]
    at = case["expression"][fault.start : fault.end]
    assert (fault.code, at, fault.hint or "") == (case["code"], case["at"], case["hint"])


def test_every_unknown_name_is_told_at_once():
    """All faults of one expression come together, in order of the text, each once."""
    with pytest.raises(ExpressionError) as caught:
        bind("zzz + live * yyy > www or plan", FORMULA)
    faults = caught.value.faults
    assert [(fault.code, fault.start) for fault in faults] == [
        ("TP210", 0),
        ("TP220", 6),
        ("TP210", 13),
        ("TP210", 19),
        ("TP220", 26),
    ]
    assert str(caught.value).count("unknown name") == 3


def test_every_foreign_sign_is_told_at_once():
    """The first wall tells all signs it refuses, and stops at ten."""
    with pytest.raises(ExpressionError) as caught:
        bind('plan == "red" && live', FORMULA)
    assert [fault.hint for fault in caught.value.faults] == ["write =", "write 'red'", "write and"]
    with pytest.raises(ExpressionError) as caught:
        bind("?" * 100, FORMULA)
    assert len(caught.value.faults) == 10


def test_an_unknown_argument_makes_no_second_complaint():
    """What is said about a name is not said again about what was computed from it."""
    for text in ("abs(zzz)", "coalesce(zzz, arr)", "case when zzz then 1 end", "period(zzz, 'month')", "zzz > 1"):
        with pytest.raises(ExpressionError) as caught:
            bind(text, FORMULA)
        assert [fault.code for fault in caught.value.faults] == ["TP210"], text
