"""What a plugin offers is looked over before anything trusts it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, ClassVar

import pytest
from attrs import evolve

from support.packages import Packages, project
from trigpoint import Function, FunctionMetric, Input, Parameter, QueryMetric, RuleFile, rows
from trigpoint.model.offer import IbisMetric
from trigpoint.plugins import installed_plugins, load_offers, load_plugins
from trigpoint.plugins.offers import faults_of

NOTHING: dict[str, tuple[object, ...]] = {"sources": (), "metrics": (), "functions": (), "rulesets": ()}


def compute(_rows: object, _request: object) -> list[tuple[str, float]]:
    return []


class Sheets:
    """A source, as good as any."""

    name = "sheets"
    schema: ClassVar[dict[str, Any]] = {"type": "object", "properties": {"sheet": {"type": "string"}}}

    def read(self, _request: object) -> list[object]:
        return []


METRIC = FunctionMetric("slope", compute, (Input("x"),), meaning="The slope.", no_data="No rows.")
QUERY = QueryMetric("least", rows().value("min(x)"), (Input("x"),), meaning="The least.", no_data="No rows.")


def faults(kind: str, *offered: object) -> list[str]:
    """What is wrong with some offers of one kind."""
    return list(faults_of({**NOTHING, kind: offered}, ours=False))


def test_what_fits_is_taken() -> None:
    """Sound records have no faults."""
    settings = {"type": "object", "properties": {"quantile": {"type": "number"}}}
    assert faults("sources", Sheets()) == []
    assert faults("metrics", METRIC, QUERY, evolve(METRIC, name="other", compute=max, settings=settings)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Slope"}, "metric 'Slope' has no fitting name: small letters, digits and _, at most 60"),
        ({"name": 7}, "metric 7 has no fitting name"),
        ({"type": "float"}, "metric 'slope' has the type 'float'; there is: boolean, date, integer"),
        ({"better": "more"}, "metric 'slope' has better = 'more'; there is: higher, lower, none"),
        ({"meaning": " "}, "metric 'slope' does not say its `meaning`"),
        ({"no_data": None}, "metric 'slope' does not say its `no_data`"),
        ({"unit": 3}, "metric 'slope' has a `unit` that is no text"),
        ({"subjects": "account"}, "metric 'slope' has `subjects` that are no tuple of names"),
        ({"inputs": [Input("x")]}, "metric 'slope' has `inputs` that are no tuple of Input"),
        ({"inputs": (Input("X"),)}, "metric 'slope': input 'X' has no fitting name"),
        ({"inputs": (Input("x"), Input("x"))}, "metric 'slope': input 'x' is there 2 times"),
        (
            {"inputs": (Input("x", frozenset({"float"})),)},
            "metric 'slope': input 'x' has the types frozenset({'float'})",
        ),
        (
            {"inputs": (Input("x", default=0),)},
            "metric 'slope': input 'x' has a default that is no expression in a text",
        ),
        ({"compute": lambda rows: rows}, "metric 'slope': `compute` must be a function of two arguments"),
        ({"compute": "slope"}, "metric 'slope': `compute` must be a function of two arguments"),
        ({"settings": "none"}, "metric 'slope' has `settings` that are no JSON Schema"),
        ({"settings": {"type": "array"}}, "metric 'slope' has `settings` that are no JSON Schema of an object"),
        (
            {"settings": {"type": "object", "properties": {"x": {}}}},
            "metric 'slope': 'x' is both an input and a setting",
        ),
        ({"settings": {"type": "object", "properties": {"A": {}}}}, "metric 'slope': setting 'A' has no fitting name"),
        ({"inputs": (Input("replace"),)}, "metric 'slope': no input can be called 'replace': rules say with it how"),
        (
            {"settings": {"type": "object", "properties": {"based_on": {"type": "string"}}}},
            "metric 'slope': no setting can be called 'based_on': rules say with it how they are laid over others",
        ),
        (
            {"settings": {"type": "object", "properties": {"how": {"properties": {"replace": {"type": "boolean"}}}}}},
            "metric 'slope': no setting can be called 'replace'",
        ),
        (
            {"settings": {"type": "object", "properties": {"since": {"default": dt.date(2026, 1, 1)}}}},
            "metric 'slope' has a JSON Schema that is no JSON: Object of type date is not JSON serializable",
        ),
        (
            {"settings": {"type": "object", "properties": {"most": {"default": float("inf")}}}},
            "metric 'slope' has a JSON Schema that is no JSON: Out of range float values are not JSON compliant",
        ),
        (
            {"settings": {"type": "object", "properties": {"n": {"type": "float"}}}},
            "metric 'slope' has a JSON Schema that is none, at $.properties.n.type: 'float' is not valid",
        ),
    ],
)
def test_a_metric_that_does_not_fit(changes: dict[str, Any], told: str) -> None:
    """Each part of a metric's declaration is looked at, and what is wrong is told with the name."""
    (fault,) = faults("metrics", evolve(METRIC, **changes))
    assert fault.startswith(told)


def test_other_things_that_do_not_fit(tmp_path: Path) -> None:
    """Sources, queries, functions and rule files have to be what they are called."""
    assert faults("metrics", compute) == ["function is no FunctionMetric, QueryMetric or IbisMetric"]
    (fault,) = faults("metrics", IbisMetric("mean", len, (Input("x"),), meaning="The mean.", no_data="No rows."))
    assert fault.startswith("metric 'mean': `expression` must be a function of two arguments")
    assert faults("metrics", evolve(QUERY, query="min(x)")) == ["metric 'least': `query` must begin with rows()"]
    assert faults("metrics", evolve(QUERY, query=rows())) == ["metric 'least': `query` must end with .value(...)"]
    assert faults("metrics", METRIC, METRIC) == ["metric 'slope' is there 2 times"]
    assert faults("functions", compute) == ["function is no Function"]
    assert faults("rulesets", "usage") == ["str is no RuleFile"]
    (fault,) = faults("rulesets", RuleFile("usage", Path("usage.toml")))
    assert fault.startswith("ruleset 'usage' needs a whole path: Path(__file__).parent")
    (fault,) = faults("rulesets", RuleFile("usage", tmp_path / "usage.toml"))
    assert fault.startswith("ruleset 'usage' is missing: there is no file ")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "source Odd has no `name`"),
        ({"name": "X-Y", "schema": {}, "read": compute}, "source 'X-Y' has no fitting name"),
        ({"name": "odd", "read": compute}, "source Odd has no `schema` (a JSON Schema of its options)"),
        (
            {"name": "odd", "schema": {"properties": {"at": {"default": dt.date(2026, 1, 1)}}}, "read": compute},
            "source 'odd' has a JSON Schema that is no JSON: Object of type date",
        ),
        (
            {"name": "odd", "schema": {"type": 3}, "read": compute},
            "source 'odd' has a JSON Schema that is none, at $.type",
        ),
        ({"name": "odd", "schema": {}}, "source Odd has no method `read`"),
    ],
)
def test_a_source_that_does_not_fit(body: dict[str, object], told: str) -> None:
    """A source has a name, a JSON Schema and a method `read`."""
    (fault,) = faults("sources", type("Odd", (), body)())
    assert fault.startswith(told)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (Function("round", (), "number", "One.", templates={"*": "1.0"}, oracle=float), "TP236 function 'round'"),
        (Function("like", (), "number", "One.", templates={"*": "1.0"}, oracle=float), "TP236 function 'like': a name"),
        (Function("one", (), "number", "One.", oracle=float), "TP236 function 'one'"),
        (
            Function("one", (Parameter("x"),), "number", "X.", templates={"*": "y"}, oracle=float),
            "TP237 function 'one'",
        ),
    ],
)
def test_a_function_is_looked_over_by_the_language(function: Function, told: str) -> None:
    """A name that is taken, a missing template, one that cannot be read: told with the code of its page."""
    assert faults("functions", function)[0].startswith(told)


def test_what_does_not_fit_is_a_failure_of_its_plugin(tmp_path: Path, packages: Packages) -> None:
    """A plugin with unfit offers is not used at all; the first fault is told, and how many more there are."""
    packages.add("acme", "from trigpoint import hookimpl\n@hookimpl\ndef trigpoint_metrics():\n    return [1, 'a']\n")
    registry = load_plugins(project(tmp_path, enabled=("acme",)))
    failure = registry.failed["acme"].failure
    assert failure is not None
    told = "offers what cannot be used: int is no FunctionMetric, QueryMetric or IbisMetric (and 1 more)"
    assert failure.text == f"plugin 'acme' (acme-trigpoint 1.2) {told}"


def test_a_record_that_bites_is_a_failure_of_its_plugin(tmp_path: Path, packages: Packages) -> None:
    """A source whose attributes raise when they are looked at takes nothing else down."""
    code = (
        "from trigpoint import hookimpl\nclass Odd:\n    @property\n    def name(self):\n        return 1 / 0\n"
        "@hookimpl\ndef trigpoint_sources():\n    return [Odd()]\n"
    )
    file = packages.add("acme", code)
    failure = load_plugins(project(tmp_path, enabled=("acme",))).failed["acme"].failure
    assert failure is not None
    assert failure.text.endswith("offers what cannot be used: ZeroDivisionError: division by zero")
    assert str(failure.place) == f"{file}:5"


@pytest.mark.parametrize("plugin", [each for each in installed_plugins() if each.bundled], ids=lambda each: each.name)
def test_the_bundled_ones_offer_what_fits(plugin: Any) -> None:
    """What comes with trigpoint is held to the same, schemas too, which are not looked at when it is loaded."""
    offers = load_offers(plugin)
    assert offers.hooks
    assert faults_of({kind: getattr(offers, kind) for kind in NOTHING}, ours=False) == ()
