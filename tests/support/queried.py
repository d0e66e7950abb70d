"""Rulesets with metrics of plugins, without any plugin: offers put beside the rules as a project would find them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, cast

from support.small import BASE
from trigpoint.errors import Place
from trigpoint.model.function import Function
from trigpoint.model.offer import MetricOffer
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules import build_ruleset
from trigpoint.rules.declared import with_declarations
from trigpoint.rules.setting import plain, setting_of

ACME = Plugin("acme", "acme-trigpoint", "1.2", "acme_trigpoint", "acme_trigpoint/__init__.py")


def registry(offers: Iterable[MetricOffer], plugin: Plugin = ACME, functions: Iterable[Function] = ()) -> Registry:
    """What an enabled plugin with these metrics, and functions beside those of the language, offers."""
    metrics = {f"{plugin.name}.{each.name}": each for each in offers}
    called = {each.name: each for each in functions}
    owners = {("metric", name): plugin for name in metrics} | {("function", name): plugin for name in called}
    return Registry(metrics=metrics, functions=called, plugins={plugin.name: plugin}, owners=owners)


def declared(
    settings: Mapping[str, object],
    offers: Iterable[MetricOffer],
    plugin: Plugin = ACME,
    functions: Iterable[Function] = (),
) -> dict[str, Any]:
    """The settings with the declarations of those that they name."""
    made = with_declarations(setting_of(settings, Place("rules")), registry(offers, plugin, functions))
    return cast(dict[str, Any], plain(made))


def ruleset(
    text: str,
    offers: Iterable[MetricOffer],
    *,
    base: str = BASE,
    timezone: str = "Europe/Berlin",
    year_start: int = 1,
    functions: Iterable[Function] = (),
) -> Ruleset:
    """The ruleset of some TOML text over the accounts that most examples need, with metrics of the plugin `acme`."""
    settings = declared(tomllib.loads(base + text), offers, functions=functions)
    return build_ruleset(settings, Calendar(timezone, year_start))
