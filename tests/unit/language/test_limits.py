"""The first wall: length, nesting and depth."""

from __future__ import annotations

import pytest

from support.scopes import FORMULA
from trigpoint.language import ExpressionError, bind, unparse
from trigpoint.language.depth import DEPTH_LIMIT
from trigpoint.language.parse import NESTING_LIMIT
from trigpoint.language.tokens import LENGTH_LIMIT

NESTED = {
    "parentheses": ("(", "arr", ")"),
    "calls": ("abs(", "arr", ")"),
    "not": ("not ", "live", ""),
    "minus": ("- ", "arr", ""),
    "case": ("case when live then ", "arr", " end"),
    "lists": ("arr in (", "arr", ")"),
}


@pytest.mark.parametrize("kind", [kind for kind in NESTED if kind != "lists"])
def test_nesting_has_a_limit(kind):
    """Each kind of nesting is fine up to the limit and refused one level deeper."""
    opening, core, closing = NESTED[kind]
    most = {"case": 9, "calls": 21, "not": 25, "minus": 25}.get(
        kind, NESTING_LIMIT
    )  # these need more of the database's parser
    bind(opening * most + core + closing * most, FORMULA)
    with pytest.raises(ExpressionError) as caught:
        bind(opening * (most + 1) + core + closing * (most + 1), FORMULA)
    assert caught.value.faults[0].code == "TP202"


@pytest.mark.parametrize("kind", NESTED)
@pytest.mark.parametrize("times", [33, 100, 400])
def test_huge_nesting_is_refused_and_not_a_crash(kind, times):
    """However deep, nesting ends in an error with a place, never in a RecursionError."""
    opening, core, closing = NESTED[kind]
    with pytest.raises(ExpressionError) as caught:
        bind(opening * times + core + closing * times, FORMULA)
    assert caught.value.faults[0].code == "TP202"


def test_the_heaviest_nesting_that_is_allowed_is_read():
    """A level of every precedence in each parenthesis stays far from Python's recursion limit."""
    text = "arr"
    for _ in range(10):
        text = f"(arr * ({text}) + 1)"
    tree = bind(f"live or live and not {text} > 1 and arr in (1, {text})", FORMULA).tree
    assert bind(unparse(tree), FORMULA).tree == tree


@pytest.mark.parametrize("operator", ["+", "*", "-", "/"])
def test_chains_of_operators_have_a_limit(operator):
    """A sum of sixty terms is fine; a chain beyond the depth of the tree is refused."""
    bind(f" {operator} ".join(["arr"] * DEPTH_LIMIT), FORMULA)
    with pytest.raises(ExpressionError) as caught:
        bind(f" {operator} ".join(["arr"] * (DEPTH_LIMIT + 1)), FORMULA)
    assert caught.value.faults[0].code == "TP202"


def test_length_has_a_limit():
    """2,000 characters are read, one more is refused before anything else is looked at."""
    bind("arr".ljust(LENGTH_LIMIT), FORMULA)
    with pytest.raises(ExpressionError) as caught:
        bind("arr".ljust(LENGTH_LIMIT + 1, ";"), FORMULA)
    fault = caught.value.faults[0]
    assert (fault.code, fault.start, fault.end) == ("TP202", LENGTH_LIMIT, LENGTH_LIMIT + 1)
