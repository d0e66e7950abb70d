"""Functions of plugins in a ruleset: kept with the rules that call them, part of their fingerprint, gone with the last call."""

from __future__ import annotations

import json
import tomllib

import pytest
import tomli_w
from attrs import evolve

from support.acme import ACME, FUNCTIONS, AcmePlugins
from support.small import BASE
from trigpoint.errors import Place, RulesError
from trigpoint.model.function import TEXTS, TIMES, Function, Parameter
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules import build_ruleset
from trigpoint.rules.declared import with_declarations
from trigpoint.rules.functions import function_of, function_settings, functions_used
from trigpoint.rules.setting import plain, setting_of

RULES = """
[metrics.cubed]
value = "cube(seats)"
subject = "account"
[metrics.plain]
value = "seats * 2"
title = "Twice (third of six)"
"""


def ruleset(text: str, changed: Function | None = None) -> Ruleset:
    """The ruleset of the rules, with acme's functions (or one of them changed) there to be called."""
    registry = AcmePlugins().registry()
    if changed is not None:
        registry = evolve(registry, functions={**registry.functions, changed.name: changed})
    settings = setting_of(tomllib.loads(BASE + text), Place("rules.toml"))
    return build_ruleset(plain(with_declarations(settings, registry)), Calendar())


def test_a_ruleset_holds_the_functions_that_it_calls():
    """Those that an expression calls, and no others that the plugin offers."""
    assert ruleset(RULES).functions == {"cube": evolve(FUNCTIONS["cube"], oracle=None)}
    assert ruleset(RULES.replace("cube(seats)", "seats")).functions == {}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ('[tables.accounts.derived]\nmany = "cube(seats)"', "cube"),
        ('[subjects.account]\neligible = "third(seats) > 1"', "third"),
        ('[asserts.a]\nsubject = "account"\nthat = "cube(seats) > 1"', "cube"),
        ('[metrics.m]\nfrom = "accounts"\nvalue = "sum(third(seats))"\nempty = 0', "third"),
    ],
)
def test_calls_are_found_wherever_rules_have_expressions(rule, name):
    """In derived columns, eligibility, asserts and metrics; the statements could not be printed otherwise."""
    settings = tomllib.loads(BASE)
    for section, entries in tomllib.loads(rule).items():
        for key, entry in entries.items():
            settings.setdefault(section, {}).setdefault(key, {}).update(entry)
    declared = with_declarations(setting_of(settings, Place("rules.toml")), AcmePlugins().registry())
    assert list(build_ruleset(plain(declared), Calendar()).functions) == [name]


def test_a_kept_ruleset_is_whole_without_the_plugin():
    """Its settings, as the store keeps them, build the same ruleset again where no plugin is at hand."""
    first = ruleset(RULES)
    again = build_ruleset(json.loads(json.dumps(first.settings)), first.calendar)
    assert again.functions == first.functions
    assert again.fingerprint == first.fingerprint
    assert again.metrics == first.metrics


def test_without_the_plugin_the_function_is_unknown():
    """Rules that are not kept need what they call."""
    with pytest.raises(RulesError, match="TP212 unknown function 'cube'"):
        build_ruleset(tomllib.loads(BASE + RULES), Calendar())


def test_the_fingerprint_knows_what_a_function_does():
    """Another template, parameter or result is another meaning; other words about it are not."""
    cube = FUNCTIONS["cube"]
    before = ruleset(RULES, cube).fingerprint
    assert ruleset(RULES, evolve(cube, meaning="The third power.")).fingerprint == before
    assert ruleset(RULES, evolve(cube, templates={"*": "x * x"})).fingerprint != before
    assert ruleset(RULES, evolve(cube, result="number")).fingerprint != before
    assert ruleset(RULES, evolve(cube, templates={**cube.templates, "sqlite": "x * x * x"})).fingerprint != before


def test_functions_that_are_not_called_leave_the_fingerprint_alone():
    """A plugin that is enabled and not used changes nothing."""
    unused = RULES.replace("cube(seats)", "seats")
    assert ruleset(unused).fingerprint == build_ruleset(tomllib.loads(BASE + unused), Calendar()).fingerprint


def test_functions_survive_being_written_down():
    """Every field but the oracle comes back, through TOML too."""
    function = Function(
        "left",
        (Parameter("d", TIMES, into="date"), Parameter("text", TEXTS), Parameter("n", literal=True)),
        "text",
        "It's “left”.",
        templates={"*": "text", "sqlite": "substr(text, 1, n)"},
    )
    written = tomllib.loads(tomli_w.dumps(function_settings(function, ACME)))
    assert function_of("left", written) == function
    assert function_of("left", written).meaning == function.meaning
    assert (written["plugin"], written["version"]) == ("acme", "1.2")


def test_calls_are_seen_by_their_parenthesis():
    """A name before a parenthesis is a call; a part of another name is none."""
    texts = ["cube (x) + 1", "precube(x)", "cubes(x)", "a cube", "third(\n1)"]
    assert functions_used(texts, {"cube", "third", "x"}) == ("cube", "third")
