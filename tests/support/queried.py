"""Rulesets with metrics of plugins, without any plugin: offers put beside the rules as a project would find them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, cast

from support.small import BASE
from trigpoint.errors import Place
from trigpoint.model.offer import MetricOffer
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules import build_ruleset
from trigpoint.rules.declared import with_declarations
from trigpoint.rules.setting import plain, setting_of

ACME = Plugin("acme", "acme-trigpoint", "1.2", "acme_trigpoint", "acme_trigpoint/__init__.py")


def registry(offers: Iterable[MetricOffer], plugin: Plugin = ACME) -> Registry:
    """What an enabled plugin with these metrics offers."""
    metrics = {f"{plugin.name}.{each.name}": each for each in offers}
    return Registry(
        metrics=metrics, plugins={plugin.name: plugin}, owners={("metric", name): plugin for name in metrics}
    )


def declared(settings: Mapping[str, object], offers: Iterable[MetricOffer], plugin: Plugin = ACME) -> dict[str, Any]:
    """The settings with the declarations of those that they name."""
    made = with_declarations(setting_of(settings, Place("rules")), registry(offers, plugin))
    return cast(dict[str, Any], plain(made))


def ruleset(
    text: str, offers: Iterable[MetricOffer], *, base: str = BASE, timezone: str = "Europe/Berlin", year_start: int = 1
) -> Ruleset:
    """The ruleset of some TOML text over the accounts that most examples need, with metrics of the plugin `acme`."""
    return build_ruleset(declared(tomllib.loads(base + text), offers), Calendar(timezone, year_start))
