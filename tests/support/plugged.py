"""Metrics of plugins, written out as the body of a function, and asked through workers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from trigpoint.compile.statement import Feed
from trigpoint.model.expression import Expression, Literal, ValueType
from trigpoint.model.metric import PluginMetric
from trigpoint.model.offer import FunctionMetric, Input
from trigpoint.model.plugin import Registry
from trigpoint.plugins.found import local_plugin as found_plugin

AS_OF = dt.date(2026, 3, 31)
HEAD = """
import datetime as dt
from trigpoint.hookspecs import hookimpl
from trigpoint.model.offer import FunctionMetric, Input
"""
NUMBER = {"x": "number"}


def _nobody(rows: object, request: object) -> list[tuple[str, float]]:
    raise AssertionError("a function is called in its worker alone")


def local_plugin(
    folder: Path, bodies: Mapping[str, str], kind: ValueType = "number", *, before: str = "", name: str = "acme"
) -> Registry:
    """A plugin in a file, with a metric for each body of a function `(rows, request)`; known, and not loaded here."""
    text = HEAD + before
    for metric, body in bodies.items():
        lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
        text += f"\n\ndef {metric}(rows, request):\n{lines}\n"
    offers = ", ".join(
        f"FunctionMetric({each!r}, {each}, (), 'What it means.', 'Never.', type={kind!r})" for each in bodies
    )
    text += f"\n\n@hookimpl\ndef trigpoint_metrics():\n    return [{offers}]\n"
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    plugin = found_plugin(file)
    metrics = {f"{name}.{each}": FunctionMetric(each, _nobody, (Input("x"),), "", "", kind) for each in bodies}
    return Registry(metrics=metrics, plugins={name: plugin}, owners={("metric", each): plugin for each in metrics})


def feed(
    name: str,
    inputs: Mapping[str, ValueType] = NUMBER,  # type: ignore[assignment]  # literals are read as str
    kind: ValueType = "number",
    *,
    plugin: str = "acme",
    pure: bool = True,
    settings: Mapping[str, object] | None = None,
    as_of: dt.date = AS_OF,
) -> Feed:
    """What is asked of a metric of a plugin."""
    bound = {each: Expression(each, Literal(0.0), of) for each, of in inputs.items()}
    metric = PluginMetric(name, f"{plugin}.{name}", "1.2", kind, "usage", bound, settings or {}, pure=pure)
    return Feed(f"plugin__{name}", metric, "account", as_of, None, "", f"rows -> {name}")


def numbers(*subjects: tuple[str, Sequence[float | None]]) -> Iterator[tuple[object, ...]]:
    """What the feed of a metric gives that reads x: key, how many rows, the newest of them, the cells."""
    return iter([(key, len(cells), f"2026-03-{len(cells):02d}", list(cells)) for key, cells in subjects])
