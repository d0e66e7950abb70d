"""Properties of the language: no text breaks it, and canonical texts keep their meaning."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from support import random_expressions
from support.scopes import FORMULA, SCOPES, TABLE
from trigpoint.language import FUNCTIONS, ExpressionError, bind, parse, unparse
from trigpoint.language.tokens import KEYWORDS, tokenize

WORDS = sorted(
    KEYWORDS | set(FUNCTIONS) | {"arr", "plan", "live", "signed_up", "events", "csm.name", "as_of", "points.x"}
)
SIGNS = [
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "=",
    "<>",
    "<",
    ">=",
    ".",
    "'a'",
    "1",
    "0.5",
    "date '2026-03-31'",
    "'1 month'",
]
PIECES = st.lists(st.sampled_from(WORDS + SIGNS), max_size=25).map(" ".join)
NAMES = random_expressions.Scope(
    names={
        "number": ("arr", "open_p1", "licensed_seats", "previous(arr)", "ago(seats, '1 year')"),
        "text": ("plan", "csm.name"),
        "boolean": ("live",),
        "date": ("signed_up", "csm.hired_on", "as_of"),
        "timestamp": ("seen_at",),
    }
)


def refusal(text, scope):
    """The error of a text; None if it binds."""
    try:
        bind(text, scope)
    except ExpressionError as error:
        return error
    return None


def too_deep(text, scope):
    """Whether a text hits a limit, as random ones may."""
    error = refusal(text, scope)
    return error is not None and error.faults[0].code == "TP202"


@given(st.text(max_size=80) | PIECES, st.sampled_from(sorted(SCOPES)))
@settings(max_examples=600, deadline=None)
def test_no_text_raises_anything_but_expression_errors(text, scope):
    """Any text either binds or is refused, with places inside the text and a code of the language."""
    error = refusal(text, SCOPES[scope])
    assert error is None or error.faults, "an error says what is wrong"
    for fault in error.faults if error else ():
        assert 0 <= fault.start <= len(text)
        assert fault.start <= fault.end <= len(text) + 1
        assert fault.code.startswith("TP2") or fault.code == "TP190"


@given(st.integers(0, 10**9), st.sampled_from(["number", "text", "boolean", "date", "timestamp"]), st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_the_canonical_text_of_an_expression_means_the_same(seed, kind, depth):
    """bind(unparse(tree)) is the tree again, and its canonical text is its own."""
    text = random_expressions.expression(Random(seed), kind, NAMES, depth)
    if too_deep(text, FORMULA):
        return
    bound = bind(text, FORMULA)
    again = bind(unparse(bound.tree), FORMULA)
    assert again.tree == bound.tree
    assert unparse(again.tree) == unparse(bound.tree)


@given(st.integers(0, 10**9), st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_aggregates_of_anything_have_a_canonical_text(seed, depth):
    """What binds inside an aggregate binds again from its canonical text."""
    names = {
        "number": ("events", "hours"),
        "text": ("plan",),
        "boolean": ("paid",),
        "date": ("day",),
        "timestamp": ("at",),
    }
    inner = random_expressions.expression(Random(seed), "number", random_expressions.Scope(names), depth)
    text = f"sum({inner}) / count(distinct {inner})"
    if too_deep(text, TABLE):
        return
    tree = bind(text, TABLE).tree
    assert bind(unparse(tree), TABLE).tree == tree


@given(st.integers(0, 10**9), st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_spaces_and_capital_keywords_change_nothing(seed, depth):
    """Between tokens white space means nothing, and keywords may be written in capitals."""
    text = random_expressions.expression(Random(seed), "boolean", NAMES, depth)
    tokens = tokenize(text)[:-1]
    shouted = "\n\t ".join(token.text.upper() if token.kind == "keyword" else token.text for token in tokens)
    assert parse(shouted) == parse(text)


@given(
    st.text(
        st.characters(
            exclude_categories=["Cc", "Cs"], exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        ),
        max_size=40,
    )
)
@settings(max_examples=200, deadline=None)
def test_texts_keep_every_character(value):
    """A text literal holds what was written, apostrophes and signs included."""
    text = "'" + value.replace("'", "''") + "'"
    bound = bind(text, FORMULA)
    assert bound.constant == value
    assert unparse(bound.tree) == text


@given(st.floats(0, allow_nan=False, allow_infinity=False))
@settings(max_examples=200, deadline=None)
def test_numbers_keep_every_bit(value):
    """A number's canonical text is the same double."""
    bound = bind(repr(value), FORMULA)
    assert bound.constant == value
    assert bind(unparse(bound.tree), FORMULA).constant == value
