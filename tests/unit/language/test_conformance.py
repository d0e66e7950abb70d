"""The conformance table and the hostile texts, as far as the language alone can judge them."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest

from support.scopes import SCOPES
from trigpoint.language import FUNCTIONS, ExpressionError, Scope, bind, unparse
from trigpoint.model.expression import Aggregate, Call, walk

FOLDER = Path(__file__).parents[2] / "cases" / "language"
FILES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
CASES = [(file, case) for file, content in FILES.items() for case in content["cases"]]
HOSTILE = [
    re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), line)
    for line in (FOLDER / "hostile.txt").read_text("utf-8").split("\n")
    if line and not line.startswith("# ")
]
PYTHON = {"text": str, "boolean": bool, "date": str, "timestamp": str, "integer": int, "number": (int, float)}


def scope(file, case):
    """What a case may name."""
    content = FILES[file]
    return Scope(columns=content["columns"], aggregates="rows" in case, in_force="in_force" in content)


@pytest.mark.parametrize("file", FILES)
def test_cases_bind_with_their_type(file):
    """Each line binds, has the type it states, and its canonical text means the same."""
    for case in FILES[file]["cases"]:
        bound = bind(case["expression"], scope(file, case))
        assert bound.type == case["type"], case
        assert bind(unparse(bound.tree), scope(file, case)).tree == bound.tree, case


@pytest.mark.parametrize("file", FILES)
def test_cases_are_well_formed(file):
    """Values are of the declared types; a line says nothing the format does not know."""
    columns = FILES[file]["columns"]
    for case in FILES[file]["cases"]:
        assert set(case) <= {"expression", "given", "rows", "type", "expect", "why"}, case
        assert ("given" in case) != ("rows" in case), case
        for row in case.get("rows", [case.get("given")]):
            for name, value in row.items():
                assert isinstance(value, PYTHON[columns[name]]), case
                if columns[name] == "date" and value:
                    dt.date.fromisoformat(value)
        assert case["expect"] == "no data" or isinstance(case["expect"], PYTHON[case["type"]]), case


def test_every_function_and_operator_has_cases_with_and_without_data():
    """The table covers the language: each function and operator gives a value somewhere, and no data somewhere."""
    seen = {True: set(), False: set()}
    for file, case in CASES:
        missing = case["expect"] == "no data"
        words = set(
            re.findall(r"[a-z_]+(?=\()|\b(?:and|or|not|in|between|is|case)\b|<>|<=|>=|[-+*/=<>]", case["expression"])
        )
        seen[missing] |= words
        tree = bind(case["expression"], scope(file, case)).tree
        seen[missing] |= {node.function for node in walk(tree) if isinstance(node, Call | Aggregate)}
    others = {"previous", "ago", "lookup"}  # they need metrics and tables: tests/unit/compile and the oracle
    assert set(FUNCTIONS) - others <= seen[False]
    assert set(FUNCTIONS) - others - {"in_force", "contains", "starts_with"} <= seen[True]
    assert {"+", "-", "*", "/", "=", "<>", "<", ">=", "and", "or", "not", "in", "between", "case"} <= seen[True] & seen[
        False
    ]
    assert len(CASES) >= 250


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stop_at_the_second_wall(text):
    """No text that reaches out of the rules binds in any scope."""
    for name in ("formula", "table", "where", "gate"):
        with pytest.raises(ExpressionError):
            bind(text, SCOPES[name])


def test_there_are_enough_hostile_texts():
    """At least 150 different ones."""
    assert len(set(HOSTILE)) >= 150
