"""What a metric's declaration leaves out, and settings that its schema must refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trigpoint.model.offer import MetricOffer

UNKNOWN = "no_such_setting"
_WRONG: Mapping[str, object] = {
    "integer": "a text",
    "number": "a text",
    "boolean": "a text",
    "string": 7,
    "array": "a text",
    "object": "a text",
}


def gaps(metric: MetricOffer) -> list[str]:
    """All that is left unsaid, a few words each."""
    return list(_gaps(metric))


def _gaps(metric: MetricOffer) -> Iterator[str]:
    if not metric.meaning.strip().endswith((".", ")")):
        yield "has a `meaning` that is no sentence: it ends without a full stop"
    if metric.type in ("number", "integer") and metric.better is None:
        yield 'does not say what is `better`: "higher", "lower", or "none"'
    for each in metric.inputs:
        if not each.meaning.strip():
            yield f"does not say the `meaning` of its input '{each.name}'"
    for name, schema in _properties(metric).items():
        if not isinstance(schema, Mapping) or not ({"type", "enum", "const", "$ref", "oneOf", "anyOf"} & schema.keys()):
            yield f"takes anything as its setting '{name}': give it a type"


def misfits(metric: MetricOffer) -> Iterator[dict[str, object]]:
    """Settings that cannot be right: one that does not exist, and one of a wrong type for each that does."""
    yield {UNKNOWN: 1}
    for name, schema in _properties(metric).items():
        if "enum" in schema:
            yield {name: "none of the words"}
        elif isinstance(kind := schema.get("type"), str) and kind in _WRONG:
            yield {name: _WRONG[kind]}


def _properties(metric: MetricOffer) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = metric.settings.get("properties", {})  # type: ignore[assignment]  # a JSON Schema
    return found
