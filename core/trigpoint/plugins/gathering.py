"""Gathers what all loaded plugins offer; a name that two of them offer is refused, with both owners."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from trigpoint.errors import Place, Problems
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.plugins.loading import Offers


def gathered(loaded: Collection[tuple[Plugin, Offers]], problems: Problems) -> Registry:
    """The registry of some plugins; what is offered twice goes to `problems`."""
    plugins = {plugin.name: plugin for plugin, _ in loaded}
    owners: dict[tuple[str, str], Plugin] = {}
    things: dict[str, dict[str, object]] = {"source": {}, "metric": {}, "function": {}, "ruleset": {}}
    for plugin, offers in loaded:
        for kind, name, thing in _things(plugin, offers):
            if (kind, name) in owners:
                text = f"{kind} '{name}' is offered twice: by {owners[kind, name]} and by {plugin}"
                problems.add("TP704", text, Place(plugin.file), "enable only one of them")
                continue
            owners[kind, name], things[kind][name] = plugin, thing
    sources, metrics, functions, rulesets = things.values()
    return Registry(sources, metrics, functions, rulesets, plugins, owners)  # type: ignore[arg-type]  # one dict for each kind


def _things(plugin: Plugin, offers: Offers) -> Iterator[tuple[str, str, object]]:
    for source in offers.sources:
        yield "source", source.name, source
    for metric in offers.metrics:
        yield "metric", f"{plugin.name}.{metric.name}", metric
    for function in offers.functions:
        yield "function", function.name, function
    for file in offers.rulesets:
        yield "ruleset", f"{plugin.name}:{file.name}", file.path
