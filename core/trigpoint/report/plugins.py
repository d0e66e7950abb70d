"""Plugins: what there is, what each offers, and why one fails; as JSON, as a table, and in lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import asdict, frozen

from trigpoint.errors import Problem
from trigpoint.model.function import Function
from trigpoint.model.offer import FunctionMetric, IbisMetric, Input, MetricOffer, QueryMetric
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.model.source import Source
from trigpoint.report.lines import Line, line
from trigpoint.report.sheet import Sheet, SheetColumn

FORMAT = 1
KINDS = {FunctionMetric: "function", QueryMetric: "query", IbisMetric: "ibis"}


@frozen
class PluginReport:
    """A plugin with all it offers; nothing of that is known of one that is not loaded."""

    plugin: Plugin
    enabled: bool
    loaded: bool
    commands: tuple[str, ...]
    sources: tuple[Source, ...]
    metrics: tuple[MetricOffer, ...]
    functions: tuple[Function, ...]
    rulesets: tuple[str, ...]

    @property
    def use(self) -> str:
        """Why it may be imported, or that it may not."""
        if self.plugin.local:
            return "local"
        return "enabled" if self.enabled else "bundled" if self.plugin.bundled else "not enabled"

    @property
    def state(self) -> str:
        """Whether it was imported, and how that ended."""
        return "failed" if self.plugin.failure is not None else "loaded" if self.loaded else "not loaded"


def report_of(plugin: Plugin, registry: Registry, commands: Sequence[str], *, enabled: bool) -> PluginReport:
    """What a registry knows of a plugin."""

    def own(kind: str, of: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(each for name, each in of.items() if registry.owners[kind, name] == plugin)

    return PluginReport(
        plugin,
        enabled=enabled,
        loaded=registry.plugins.get(plugin.name) == plugin and plugin.failure is None,
        commands=tuple(commands),
        sources=own("source", registry.sources),
        metrics=own("metric", registry.metrics),
        functions=own("function", registry.functions),
        rulesets=own("ruleset", {name: name for name in registry.rulesets}),
    )


def plugins_as_json(found: Sequence[PluginReport], problems: Sequence[Problem] = ()) -> dict[str, object]:
    """The JSON object; `problems` are those that keep everything, or a command, from running."""
    return {
        "format": FORMAT,
        "plugins": [_object(each) for each in found],
        "problems": [asdict(each) for each in problems],
    }


def plugins_sheet(found: Sequence[PluginReport]) -> Sheet:
    """A row for each plugin."""
    columns = [SheetColumn(name) for name in ("plugin", "package", "version", "use", "state")]
    milliseconds = SheetColumn("load ms", "right")
    rows = tuple(
        (
            each.plugin.name,
            each.plugin.owner,
            each.plugin.version,
            each.use,
            each.state,
            f"{each.plugin.seconds * 1000:.1f}" if each.loaded else "",
            "; ".join(_summary(each)) or (each.plugin.failure.text if each.plugin.failure else ""),
        )
        for each in found
    )
    return Sheet((*columns, milliseconds, SheetColumn("offers", wraps=True)), rows)


def plugin_lines(found: PluginReport) -> Iterator[Line]:
    """All there is to say of one."""
    plugin = found.plugin
    yield (
        ("plugin ", ""),
        (plugin.name, "bold"),
        (f"  {plugin.owner} {plugin.version}, {found.use}, {found.state}", ""),
    )
    yield line(f"  {plugin.file}", "dim")
    if plugin.failure is not None:
        yield line(f"  {plugin.failure}", "red")
    if found.use == "not enabled":
        yield line(f'  to use it, write enabled = ["{plugin.name}"] in [plugins] of trigpoint.toml')
    if found.use == "bundled" and found.functions:
        yield line(f'  for its functions, write enabled = ["{plugin.name}"] in [plugins] of trigpoint.toml')
    if found.loaded:
        yield line(f"  hooks: {', '.join(plugin.hooks) or 'none'}; loaded in {plugin.seconds * 1000:.1f} ms")
    for source in found.sources:
        yield from _titled("source", source.name, "")
        yield from _options(source.schema)
    for metric in found.metrics:
        yield from _metric_lines(f"{plugin.name}.{metric.name}", metric)
    for function in found.functions:
        yield from _titled("function", function.signature, function.meaning)
    for ruleset in found.rulesets:
        yield from _titled("rules", ruleset, "")
    for name in found.commands:
        yield from _titled("command", f"trigpoint {name}", "")


def _metric_lines(name: str, metric: MetricOffer) -> Iterator[Line]:
    yield from _titled("metric", name, metric.meaning)
    better = {"higher": "higher is better", "lower": "lower is better"}.get(metric.better or "")
    at = f"at {', '.join(metric.subjects)}" if metric.subjects else None
    window = "needs a window" if metric.windowed else None
    facts = (metric.type, metric.unit, better, at, window, "kept while nothing changes" if _pure(metric) else None)
    yield line(f"      {', '.join(filter(None, facts))}")
    yield line(f"      no data: {metric.no_data}")
    for each in metric.inputs:
        yield line(f"      {each.name}: {', '.join(filter(None, _input_facts(each)))}")
    yield from _options(metric.settings)


def _input_facts(of: Input) -> tuple[str | None, ...]:
    types = " or ".join(sorted(of.types))
    default = f"{of.default} without it" if of.default is not None else None
    return f"a column or expression ({types})", default, "optional" if of.optional else None, of.meaning or None


def _options(schema: Mapping[str, Any]) -> Iterator[Line]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        known = each if isinstance(each, Mapping) else {}
        default = f"{_shown(known['default'])} without it" if "default" in known else None
        secret = "a secret" if known.get("writeOnly") else None
        facts = (_kind(known), default, secret, "required" if name in required else None, known.get("description"))
        yield line(f"      {name}: {', '.join(filter(None, facts))}")


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    found = schema.get("type", "anything")
    return " or ".join(found) if isinstance(found, list) else str(found)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _titled(kind: str, name: str, text: str) -> Iterator[Line]:
    yield line()
    yield ((f"  {kind} ", ""), (name, "bold"))
    if text:
        yield line(f"      {text}")


def _summary(found: PluginReport) -> Iterator[str]:
    """'source files', 'metrics slope, p_value'."""
    names = {
        "source": [each.name for each in found.sources],
        "metric": [each.name for each in found.metrics],
        "function": [each.name for each in found.functions],
        "rule file": [each.partition(":")[2] for each in found.rulesets],
        "command": list(found.commands),
    }
    for kind, each in names.items():
        if each:
            yield f"{kind}{'s' if len(each) > 1 else ''} {', '.join(each)}"


def _pure(metric: MetricOffer) -> bool | None:
    return None if isinstance(metric, QueryMetric) else metric.pure


def _object(found: PluginReport) -> dict[str, object]:
    plugin = found.plugin
    return {
        "name": plugin.name,
        "owner": plugin.owner,
        "version": plugin.version,
        "file": plugin.file,
        "use": found.use,
        "state": found.state,
        "failure": asdict(plugin.failure) if plugin.failure is not None else None,
        "hooks": list(plugin.hooks),
        "milliseconds": round(plugin.seconds * 1000, 1) if found.loaded else None,
        "sources": [{"name": each.name, "schema": each.schema} for each in found.sources],
        "metrics": [_metric_object(plugin.name, each) for each in found.metrics],
        "functions": [{"signature": each.signature, "meaning": each.meaning} for each in found.functions],
        "rulesets": list(found.rulesets),
        "commands": list(found.commands),
    }


def _metric_object(plugin: str, metric: MetricOffer) -> dict[str, object]:
    return {
        "id": f"{plugin}.{metric.name}",
        "kind": KINDS[type(metric)],
        "meaning": metric.meaning,
        "no_data": metric.no_data,
        "type": metric.type,
        "unit": metric.unit,
        "better": metric.better,
        "subjects": list(metric.subjects),
        "table": metric.table,
        "pure": _pure(metric),
        "windowed": metric.windowed,
        "inputs": [{**asdict(each), "types": sorted(each.types)} for each in metric.inputs],
        "settings": metric.settings,
    }
