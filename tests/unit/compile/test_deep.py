"""The deepest expressions that the language admits are compiled in no time, and their SQL stays in proportion."""

from __future__ import annotations

import datetime as dt

import pytest

from trigpoint.compile.engines.sqlite import SQLITE
from trigpoint.compile.expressions import Emitter
from trigpoint.language import Scope, bind

SCOPE = Scope(columns={"x": "number", "t": "text", "b": "boolean"})
SHAPES = {
    "division": ("1 / (", "x", ")"),
    "integer division": ("length(t) / (", "x", ")"),
    "comparison": ("(", "b", ") = b"),
    "concat": ("concat(t, ", "t", ")"),
    "case": ("case when b then 1 else (", "x", ") end"),
    "condition of case": ("case when ", "b", " then b else b end"),
    "coalesce": ("coalesce(", "x", ", x)"),
    "not": ("not (", "b", ")"),
    "round": ("round(", "x", ", 2)"),
}


def nested(shape: str, depth: int) -> str:
    before, core, after = SHAPES[shape]
    return before * depth + core + after * depth


@pytest.mark.parametrize("shape", list(SHAPES))
def test_sql_grows_in_line_with_the_depth(shape):
    """Twice the depth gives about twice the text: no child is printed twice."""
    emitter = Emitter(SQLITE, dt.date(2026, 3, 31), 1, lambda node: node.name)
    short, long = (len(emitter.print(bind(nested(shape, depth), SCOPE).tree)) for depth in (4, 8))
    assert long < 2.5 * short
