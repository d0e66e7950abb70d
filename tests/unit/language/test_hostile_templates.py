"""Templates that would reach out of a function are refused when the plugin is loaded; behind that, the warehouse refuses too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve

from trigpoint.compile.engines.sqlite import SQLITE
from trigpoint.errors import GateError
from trigpoint.language import natives, templates
from trigpoint.language.offered import check_function
from trigpoint.model.expression import NUMERIC
from trigpoint.model.function import ANY, TEXTS, Function, Parameter
from trigpoint.warehouse import agreement

CASES = Path(__file__).parents[2] / "cases"
PARAMETERS = (Parameter("x", NUMERIC), Parameter("t", TEXTS))


def lines(path: Path) -> list[str]:
    """The texts of a file, one a line."""
    found = [line for line in path.read_text("utf-8").split("\n") if line and not line.startswith("# ")]
    return [re.sub(r"\\u([0-9a-f]{4})", lambda each: chr(int(each[1], 16)), line) for line in found]


HOSTILE = lines(CASES / "functions" / "hostile_templates.txt")
OF_RULES = lines(CASES / "language" / "hostile.txt")


def function(template: str, engine: str = "sqlite") -> Function:
    """f(x, t), with this template."""
    return Function("f", PARAMETERS, "number", "Something.", templates={engine: template}, oracle=max)


@pytest.mark.parametrize("engine", ["sqlite", "*"])
@pytest.mark.parametrize("template", HOSTILE)
def test_no_hostile_template_is_accepted(template, engine):
    """What is no expression over the parameters and the allowed functions is a fault of the plugin."""
    assert [each.code for each in check_function(function(template, engine))] == ["TP237"]


@pytest.mark.parametrize("template", OF_RULES)
def test_what_no_rule_may_say_no_template_may_say(template):
    """Every text that is refused in a rule is refused in a template."""
    assert [each.code for each in check_function(function(template))] == ["TP237"]


def test_there_are_enough_hostile_templates():
    """The list is not emptied by mistake, and what is harmless passes the same check."""
    assert len(HOSTILE) >= 80
    assert len(OF_RULES) >= 250
    assert check_function(function("x + length(t) * floor(x)")) == ()


@pytest.mark.parametrize("template", ["x" + " + x" * 1000, "abs(" * 28 + "x" + ")" * 28, " + ".join(["x"] * 65)])
def test_templates_have_the_limits_of_rules(template):
    """A template that is too long or too deep is refused like a rule."""
    (problem,) = check_function(function(template))
    assert problem.code == "TP237"


@pytest.fixture
def nothing_is_refused(monkeypatch):
    """The second wall let all functions through: what is left is the warehouse."""

    def let_through(name: str, parameters: int) -> None:
        native = Function(name, tuple(Parameter(f"p{n}", ANY) for n in range(parameters)), "number", "")
        monkeypatch.setitem(allowed, name, native)
        printed[name] = lambda *arguments: f"{name}({', '.join(arguments)})"

    allowed, printed = dict(natives.NATIVES["sqlite"]), dict(SQLITE.native)
    monkeypatch.setattr(templates, "NATIVES", {"sqlite": allowed})
    monkeypatch.setattr(agreement, "SQLITE", evolve(SQLITE, native=printed))
    yield let_through
    templates._bound.cache_clear()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("load_extension", ["t"]),
        ("randomblob", ["x"]),
        ("zeroblob", ["x"]),
        ("printf", ["t", "x"]),
        ("hex", ["t"]),
        ("random", []),
        ("sqlite_version", []),
        ("changes", []),
        ("readfile", ["t"]),
        ("fts3_tokenizer", ["t"]),
        ("unicode", ["t"]),
        ("group_concat", ["t"]),
    ],
)
def test_without_the_allow_list_the_warehouse_refuses(name, arguments, nothing_is_refused):
    """The third wall knows the functions by name: one that no emitter prints is not run."""
    nothing_is_refused(name, len(arguments))
    offered = function(f"{name}({', '.join(arguments)})")
    assert check_function(offered) == ()
    with pytest.raises(GateError, match=r"TP505 .*(not authorized|no such function)"):
        agreement.compare_with_oracle(offered, rows=5)


def test_a_template_that_fills_the_memory_is_stopped():
    """Texts that grow tenfold with each call end at the limit of a text's length."""
    grown = "t"
    for _ in range(12):
        grown = f"replace({grown}, 'a', 'aaaaaaaaaaaaaaaaaaaa')"
    with pytest.raises(GateError, match="too big"):
        agreement.compare_with_oracle(function(f"length({grown})"))
