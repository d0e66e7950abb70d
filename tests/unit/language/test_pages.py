"""The pages about the language say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve

from support.scopes import FORMULA, SCOPES
from trigpoint import language
from trigpoint.language import FUNCTIONS, ExpressionError, Scope, bind
from trigpoint.language.offered import check_function
from trigpoint.model.expression import NUMERIC
from trigpoint.model.function import Function, Parameter

DOCS = Path(__file__).parents[3] / "docs"
RESULTS = {"first": "as the first argument", "common": "as the arguments", "column": "as the column"}
_CUBE = Function("cube", (Parameter("x", NUMERIC),), "first", "x * x * x.", templates={"*": "x * x * x"}, oracle=pow)
_ELSEWHERE = evolve(_CUBE, name="elsewhere", templates={"duckdb": "x"})
_PLUGGED = Scope(columns={"arr": "number"}, functions={**FUNCTIONS, "cube": _CUBE, "elsewhere": _ELSEWHERE})
SHOWN = {
    "TP201": ("live && live", FORMULA, "any"),
    "TP202": ("(" * 33 + "1" + ")" * 33, FORMULA, "any"),
    "TP203": ("arr; drop", FORMULA, "any"),
    "TP204": ("arr > 1 open_p1 > 1", FORMULA, "any"),
    "TP205": ("arr > 100k", FORMULA, "any"),
    "TP206": ("SUM(arr)", FORMULA, "any"),
    "TP210": ("seat_utilzation", Scope(metrics={"seat_utilisation": "number"}), "any"),
    "TP211": ("arr", Scope(columns={"arr": "number"}, metrics={"arr": "number"}), "any"),
    "TP212": ("ifnull(arr, 0)", FORMULA, "any"),
    "TP213": ("start_date", Scope(owners={"subscription": {"start_date": "date"}}), "any"),
    "TP220": ("live + 1", FORMULA, "any"),
    "TP221": ("percentile(events, 90)", SCOPES["table"], "any"),
    "TP222": ("arr", FORMULA, "boolean"),
    "TP230": ("sum(arr)", FORMULA, "any"),
    "TP231": ("events", SCOPES["table"], "any"),
    "TP233": ("lookup(prise, plan, name)", FORMULA, "any"),
    "TP234": ("lookup(price, plan)", FORMULA, "any"),
    "TP235": ("lookup(fx_then, plan)", FORMULA, "any"),
    "TP232": ("previous(arr)", Scope(metrics={"arr": "number"}, shifts=True), "any"),
    "TP238": ("cube(" * 8 + "arr" + ")" * 8, _PLUGGED, "any"),
    "TP239": ("elsewhere(arr)", _PLUGGED, "any"),
}
OFFERED = {
    "TP236": evolve(_CUBE, oracle=None),
    "TP237": evolve(_CUBE, templates={"*": "x * y"}),
}


def test_the_table_of_functions_is_that_of_the_program():
    """docs/reference/functions.md has one line for each function, with its result and its meaning, and no other."""
    page = (DOCS / "reference" / "functions.md").read_text("utf-8")
    wanted = [
        f"| `{function.signature}` | {RESULTS.get(function.result, function.result)} | {function.meaning} |"
        for aggregate in (False, True)
        for function in FUNCTIONS.values()
        if function.aggregate == aggregate
    ]
    assert [line for line in page.splitlines() if re.match(r"\| `[a-z_]+\([^`]*` \|", line)] == wanted


@pytest.mark.parametrize("code", SHOWN)
def test_pages_of_errors_show_a_message_as_it_is(code):
    """The message on an error's page is the one the program prints."""
    text, scope, expect = SHOWN[code]
    with pytest.raises(ExpressionError) as caught:
        bind(text, scope, expect)
    page = " ".join((DOCS / "errors" / f"{code}.md").read_text("utf-8").split())
    assert str(caught.value.problems[0]) in page


@pytest.mark.parametrize("code", OFFERED)
def test_pages_of_what_is_offered_show_a_message_as_it_is(code):
    """The message about a plugin's function is the one that is told when the plugin is loaded."""
    (problem,) = check_function(OFFERED[code])
    page = " ".join((DOCS / "errors" / f"{code}.md").read_text("utf-8").split())
    assert str(problem) in page


def test_every_code_of_the_language_has_a_page():
    """The codes in the source are the pages in docs/errors."""
    source = "".join(path.read_text("utf-8") for path in Path(language.__file__).parent.glob("*.py"))
    pages = {path.stem for path in (DOCS / "errors").glob("TP2*.md")}
    assert set(re.findall(r'"(TP2\d\d)"', source)) == pages == {*SHOWN, *OFFERED}
