"""What plugins declare, as settings: kept with the rules that use it, so that these are whole without the plugin.

The section `plugins` of the merged settings has `metrics` and `functions`, those that the rules name. Rule files cannot
write it; a kept ruleset brings it along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from attrs import evolve, field, frozen

from trigpoint.errors import Place
from trigpoint.model.expression import ValueType
from trigpoint.model.metric import Better
from trigpoint.model.offer import NO_SETTINGS, IbisMetric, Input, MetricOffer, QueryMetric
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.model.query import Query
from trigpoint.rules.functions import function_settings, functions_used, meant_functions, missing_functions, texts_of
from trigpoint.rules.queries import query_of, query_settings
from trigpoint.rules.setting import Setting, plain, setting_of

SECTION = "plugins"


@frozen
class Declared:
    """What a plugin says of one of its metrics. `failed` instead, where it could not be loaded."""

    id: str
    version: str
    type: ValueType = "number"
    inputs: tuple[Input, ...] = ()
    settings: Mapping[str, Any] = NO_SETTINGS
    query: Query | None = None
    subjects: tuple[str, ...] = ()
    table: str | None = None
    unit: str | None = None
    better: Better | None = None
    no_data: str = ""
    pure: bool = True
    printed: bool = False
    windowed: bool = False
    failed: str | None = field(default=None)


def plugins_named(settings: Setting) -> frozenset[str]:
    """The plugins whose metrics the rules name."""
    return frozenset(name.partition(".")[0] for name in _metrics_named(settings))


def with_declarations(settings: Setting, registry: Registry) -> Setting:
    """The settings with the declarations of those metrics and functions of plugins that they use."""
    metrics: dict[str, object] = {}
    for name in dict.fromkeys(_metrics_named(settings)):
        plugin = name.partition(".")[0]
        if name in registry.metrics:
            metrics[name] = _metric_settings(registry.metrics[name], registry.owners["metric", name])
        elif plugin in registry.failed:
            metrics[name] = _failed_settings(registry.failed[plugin])
    queries = {name: each["query"] for name, each in metrics.items() if isinstance(each, Mapping) and "query" in each}
    texts = [*texts_of(settings), *texts_of(setting_of(queries, Place("plugins")))]
    functions: dict[str, object] = {
        name: function_settings(registry.functions[name], registry.owners["function", name])
        for name in (*functions_used(texts, registry.functions), *meant_functions(texts, registry.functions))
    }
    if registry.failed:
        told = "; ".join(str(each.failure) for each in registry.failed.values() if each.failure)
        for name in missing_functions(texts, registry.functions):
            functions[name] = {"result": "number", "failed": f"{name}() is unknown, perhaps because {told}"}
    found = {key: each for key, each in (("metrics", metrics), ("functions", functions)) if each}
    if not found:
        return settings
    return evolve(settings, value={**settings.table, SECTION: setting_of(found, Place("plugins"))})


def without_metrics(registry: Registry) -> dict[str, str]:
    """The plugins that were loaded and offer no metrics, with what they do offer: "functions exp, ln"."""
    found: dict[str, dict[str, list[str]]] = {name: {} for name in registry.plugins if name not in registry.failed}
    for (kind, name), owner in registry.owners.items():
        if owner.name in found:
            found[owner.name].setdefault(kind, []).append(name)
    return {
        name: "; ".join(f"{kind}{'s' if len(names) > 1 else ''} {', '.join(names)}" for kind, names in each.items())
        or "nothing that rules can name"
        for name, each in found.items()
        if "metric" not in each
    }


def declared_metrics(settings: Setting) -> dict[str, Declared]:
    """The declarations in the settings, by id."""
    section = settings.table.get(SECTION)
    found = {} if section is None else cast(Mapping[str, Any], plain(section)).get("metrics", {})
    return {name: _declared(name, each) for name, each in found.items()}


def failed_declarations(settings: Setting) -> Iterator[tuple[str, str, str]]:
    """Of metrics and functions whose plugins failed: the way to the type that stands in for theirs."""
    section = settings.table.get(SECTION)
    for kind, key in (("metrics", "type"), ("functions", "result")):
        entries = section.table.get(kind) if section is not None else None
        for name, each in entries.table.items() if entries is not None else ():
            if "failed" in each.table:
                yield kind, name, key


def with_type(settings: Setting, way: tuple[str, ...], kind: ValueType) -> Setting:
    """The settings with another type where nobody knows it."""

    def changed(setting: Setting, steps: tuple[str, ...]) -> Setting:
        if not steps:
            return evolve(setting, value=kind)
        below = changed(setting.table[steps[0]], steps[1:])
        return evolve(setting, value={**setting.table, steps[0]: below})

    return changed(settings, (SECTION, *way))


def _metrics_named(settings: Setting) -> Iterator[str]:
    section = settings.table.get("metrics")
    for each in section.table.values() if section is not None else ():
        found = each.table.get("plugin")
        if found is not None and isinstance(found.value, str):
            yield found.value


def _metric_settings(offer: MetricOffer, plugin: Plugin) -> dict[str, object]:
    found: dict[str, object] = {
        "version": plugin.version,
        "type": offer.type,
        "inputs": {each.name: _input_settings(each) for each in offer.inputs},
        "settings": _strict(offer.settings),
        "subjects": list(offer.subjects),
        "no_data": offer.no_data,
    }
    if isinstance(offer, QueryMetric):
        found["query"] = query_settings(offer.query)
    else:
        found["pure"] = offer.pure
    if isinstance(offer, IbisMetric):
        found["printed"] = True
    optional = {"table": offer.table, "unit": offer.unit, "better": offer.better, "windowed": offer.windowed or None}
    return found | {key: each for key, each in optional.items() if each is not None}


def _strict(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema that does not say whether it takes other settings takes none: most of them would be mistyped."""
    said = "additionalProperties" in schema or "unevaluatedProperties" in schema
    return schema if said else {**schema, "additionalProperties": False}


def _failed_settings(plugin: Plugin) -> dict[str, object]:
    return {"version": plugin.version, "type": "number", "failed": str(plugin.failure) if plugin.failure else "failed"}


def _input_settings(given: Input) -> dict[str, object]:
    found: dict[str, object] = {"types": sorted(given.types), "meaning": given.meaning, "optional": given.optional}
    return found if given.default is None else found | {"default": given.default}


def _declared(name: str, found: Mapping[str, Any]) -> Declared:
    inputs = tuple(
        Input(key, frozenset(each["types"]), each["meaning"], each.get("default"), each["optional"])
        for key, each in found.get("inputs", {}).items()
    )
    return Declared(
        name,
        found["version"],
        found["type"],
        inputs,
        found.get("settings", NO_SETTINGS),
        query_of(found["query"]) if "query" in found else None,
        tuple(found.get("subjects", ())),
        found.get("table"),
        found.get("unit"),
        found.get("better"),
        found.get("no_data", ""),
        found.get("pure", True),
        found.get("printed", False),
        found.get("windowed", False),
        found.get("failed"),
    )
