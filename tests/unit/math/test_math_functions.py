"""The plugin `math`: what its functions give, on the engine and by the oracle, alone and inside each other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random

import pytest
from attrs import evolve

import oracle
from support import conformance, engine
from support.compare import same, stored
from trigpoint.language import FUNCTIONS, ExpressionError, Scope, bind
from trigpoint.language.offered import check_function
from trigpoint.warehouse.agreement import compare_with_oracle
from trigpoint_math import trigpoint_functions

TABLE = Path(__file__).parents[2] / "cases" / "functions" / "math.toml"
TEMPLATES = [(each, name) for each in trigpoint_functions() for name in each.templates]


def by_oracle(ruleset, rows, as_of, _):
    return oracle.evaluate(ruleset, rows, as_of)


def by_sqlite(ruleset, rows, as_of, folder):
    return engine.run(folder, ruleset, rows, as_of)


@pytest.mark.parametrize("judge", [by_oracle, by_sqlite])
def test_every_case_of_the_table_holds(judge, functions, tmp_path):
    """Each expression of the conformance table gives what the table says, and has the type it states."""
    head = conformance.read(TABLE)
    ruleset = conformance.ruleset(head, functions)
    values = judge(ruleset, conformance.rows(head), head["as_of"], tmp_path)["values"]["account"]
    assert not conformance.wrong(head, values, lambda expected, value: same(stored(expected), stored(value)))
    found = [metric.value.type for metric in ruleset.metrics.values()]
    assert found == [case["type"] for case in head["cases"]]


def test_the_table_has_every_function_with_and_without_data(functions):
    """Each function gives a value in some line, and no data in another."""
    cases = conformance.read(TABLE)["cases"]
    for missing in (True, False):
        told = " ".join(each["expression"] for each in cases if (each["expect"] == "no data") == missing)
        assert {name for name in functions if f"{name}(" in told} == set(functions)


def test_every_function_can_be_offered(functions):
    """The plugin passes the check that a stranger's passes."""
    assert [problem for each in functions.values() for problem in check_function(each)] == []
    assert sorted(functions) == ["ceil", "clamp", "exp", "floor", "mod", "sign"]


@pytest.mark.parametrize(("function", "name"), TEMPLATES, ids=lambda each: getattr(each, "name", each))
def test_every_template_gives_what_the_oracle_gives(function, name):
    """Those for all engines too, which SQLite does not use: for all types, no data, and numbers at the edges."""
    assert [
        str(each)
        for each in compare_with_oracle(
            evolve(function, templates={"*": function.templates[name]} if name == "*" else function.templates)
        )
    ] == []


@pytest.mark.parametrize("seed", range(6))
def test_random_expressions_are_the_same_on_the_engine_and_by_the_oracle(seed, functions, tmp_path):
    """Functions of the plugin inside each other, among operators and functions of the language."""
    rng = Random(seed)
    expressions = [_random(rng, 3) for _ in range(30)]
    columns = {"x": "number", "y": "number", "i": "integer"}
    head = {"as_of": dt.date(2026, 3, 31), "timezone": "UTC", "year_starts": "january", "columns": columns}
    cells = [None, 0, 1, -1, 2.5, -7.25, 3, 1e6, -0.001, 40]
    cases = [
        {
            "expression": text,
            "given": {
                name: rng.choice([*cells[:4], 7] if kind == "integer" else cells) for name, kind in columns.items()
            },
        }
        for text in expressions
    ]
    head["cases"] = [
        {**case, "given": {key: cell for key, cell in case["given"].items() if cell is not None}} for case in cases
    ]
    ruleset, rows = conformance.ruleset(head, functions), conformance.rows(head)
    expected = oracle.evaluate(ruleset, rows, head["as_of"])["values"]["account"]
    found = engine.run(tmp_path, ruleset, rows, head["as_of"])["values"]["account"]
    wrong = [
        f"{expressions[int(name[1:])]} of {rows['accounts'][place]}: {found[key][name]!r}, not {value!r}"
        for place, (key, row) in enumerate(expected.items())
        for name, value in row.items()
        if name in ruleset.metrics and not same(stored(value), stored(found[key][name]))
    ]
    assert wrong == []


def _random(rng: Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(["x", "y", "i", "2", "0.5", "-3", "10"])
    a, b, c = (_random(rng, depth - 1) for _ in range(3))
    return rng.choice(
        [
            f"clamp({a}, {b}, {c})",
            f"clamp({a}, -2, 5)",
            f"sign({a})",
            f"floor({a})",
            f"ceil({a})",
            f"exp({a})",
            f"mod({a}, {b})",
            f"({a} + {b})",
            f"({a} - {b})",
            f"-{a}" if not a.startswith("-") else f"-({a})",
            f"({a}) * ({b})",
            f"({a}) / ({b})",
            f"coalesce({a}, {b})",
            f"case when {a} > {b} then {c} else {a} end",
        ]
    )


@pytest.mark.parametrize(
    ("name", "rest", "template"),
    [("clamp", ", 0, 5", "*"), ("sign", "", "sqlite"), ("sign", "", "*"), ("floor", "", "*")],
)
def test_the_deepest_nesting_that_binds_can_be_run(name, rest, template, functions, tmp_path):
    """What the limits let through, the database's parser reads: the levels within the templates are counted."""
    used = {name: evolve(functions[name], templates={"*": functions[name].templates[template]})}
    if template == "sqlite":
        used = {name: functions[name]}
    scope = Scope(columns={"x": "number"}, functions={**used, **FUNCTIONS})
    fitting = [
        text
        for text in (f"{name}(" * depth + "x" + f"{rest})" * depth for depth in range(1, 40))
        if _binds(text, scope)
    ]
    assert 2 <= len(fitting) < 30
    head = {"as_of": dt.date(2026, 3, 31), "timezone": "UTC", "year_starts": "january", "columns": {"x": "number"}}
    head["cases"] = [{"expression": fitting[-1], "given": {"x": 0.5}}]
    ruleset, rows = conformance.ruleset(head, used), conformance.rows(head)
    expected = oracle.evaluate(ruleset, rows, head["as_of"])["values"]["account"]
    found = engine.run(tmp_path, ruleset, rows, head["as_of"])["values"]["account"]
    assert same(expected[conformance.key(0)]["m0"], found[conformance.key(0)]["m0"])


def _binds(text: str, scope: Scope) -> bool:
    try:
        bind(text, scope)
    except ExpressionError:
        return False
    return True
