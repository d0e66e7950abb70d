"""Looks over what a plugin offers, before anything trusts it: a record may be made with anything in it."""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from trigpoint.model.expression import ValueType
from trigpoint.model.function import Function
from trigpoint.model.metric import Better
from trigpoint.model.offer import FunctionMetric, IbisMetric, Input, MetricOffer, QueryMetric
from trigpoint.model.plugin import RuleFile
from trigpoint.model.query import Query

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
LAYERED = ("replace", "based_on")
TYPES = frozenset(get_args(ValueType))


def faults_of(offered: Mapping[str, Iterable[object]], *, ours: bool) -> tuple[str, ...]:
    """All that is wrong with what the hooks of a plugin gave, by "sources", "metrics", ...; a sentence each.

    The schemas of plugins that are `ours` are looked at by the tests: it takes 50 ms to import what can.
    """
    checks: Mapping[str, Callable[[Any, bool], Iterator[str]]] = {
        "sources": _source_faults,
        "metrics": _metric_faults,
        "functions": _function_faults,
        "rulesets": _ruleset_faults,
    }
    found = [fault for kind, check in checks.items() for each in offered[kind] for fault in check(each, ours)]
    return tuple(found or [fault for kind in checks for fault in _doubled(kind.removesuffix("s"), offered[kind])])


def _doubled(kind: str, offered: Iterable[Any]) -> Iterator[str]:
    for name, count in Counter(each.name for each in offered).items():
        if count > 1:
            yield f"{kind} '{name}' is there {count} times"


def _source_faults(source: Any, ours: bool) -> Iterator[str]:
    kind = type(source).__name__
    if not isinstance(getattr(source, "name", None), str):
        yield f"source {kind} has no `name`"
        return
    yield from _name_faults("source", source.name)
    if not isinstance(getattr(source, "schema", None), Mapping):
        yield f"source {kind} has no `schema` (a JSON Schema of its options)"
    elif not ours:
        yield from _schema_faults(f"source '{source.name}'", source.schema)
    if not callable(getattr(source, "read", None)):
        yield f"source {kind} has no method `read`"


def _metric_faults(metric: Any, ours: bool) -> Iterator[str]:
    if not isinstance(metric, MetricOffer):
        yield f"{type(metric).__name__} is no FunctionMetric, QueryMetric or IbisMetric"
        return
    what = f"metric '{metric.name}'"
    yield from _name_faults("metric", metric.name)
    yield from (f"{what} {fault}" for fault in _declaration_faults(metric))
    yield from _input_faults(what, metric.inputs)
    yield from _setting_faults(what, metric, ours)
    if isinstance(metric, FunctionMetric) and not _takes_two(metric.compute):
        yield f"{what}: `compute` must be a function of two arguments, compute(rows, request)"
    if isinstance(metric, IbisMetric) and not _takes_two(metric.expression):
        yield f"{what}: `expression` must be a function of two arguments, expression(rows, request)"
    if isinstance(metric, QueryMetric) and not isinstance(metric.query, Query):
        yield f"{what}: `query` must begin with rows()"
    elif isinstance(metric, QueryMetric) and metric.query.result is None:
        yield f"{what}: `query` must end with .value(...)"


def _declaration_faults(metric: MetricOffer) -> Iterator[str]:
    if metric.type not in TYPES:
        yield f"has the type {metric.type!r}; there is: {', '.join(sorted(TYPES))}"
    if metric.better not in (None, *get_args(Better)):
        yield f"has better = {metric.better!r}; there is: {', '.join(get_args(Better))}"
    for key in ("meaning", "no_data"):
        if not isinstance(text := getattr(metric, key), str) or not text.strip():
            yield f"does not say its `{key}`"
    for key in ("unit", "table"):
        if not isinstance(getattr(metric, key), str | None):
            yield f"has a `{key}` that is no text"
    if not isinstance(metric.subjects, tuple) or not all(isinstance(each, str) for each in metric.subjects):
        yield "has `subjects` that are no tuple of names"


def _input_faults(what: str, inputs: object) -> Iterator[str]:
    if not isinstance(inputs, tuple) or not all(isinstance(each, Input) for each in inputs):
        yield f"{what} has `inputs` that are no tuple of Input"
        return
    for each in inputs:
        yield from (f"{what}: {fault}" for fault in _name_faults("input", each.name))
        if each.name in LAYERED:
            yield f"{what}: no input can be called '{each.name}': rules say with it how they are laid over others"
        if not isinstance(each.types, frozenset) or not each.types or not each.types <= TYPES:
            yield f"{what}: input '{each.name}' has the types {each.types!r}; there is: {', '.join(sorted(TYPES))}"
        if not isinstance(each.default, str | None):
            yield f"{what}: input '{each.name}' has a default that is no expression in a text"
    yield from (f"{what}: {fault}" for fault in _doubled("input", inputs))


def _setting_faults(what: str, metric: MetricOffer, ours: bool) -> Iterator[str]:
    """The settings of a rule are the inputs and these, side by side."""
    if not isinstance(metric.settings, Mapping):
        yield f"{what} has `settings` that are no JSON Schema"
        return
    properties = metric.settings.get("properties", {})
    if metric.settings.get("type") != "object" or not isinstance(properties, Mapping):
        yield f"{what} has `settings` that are no JSON Schema of an object"
        return
    yield from _layered_faults(what, properties)
    for name in properties:
        yield from (f"{what}: {fault}" for fault in _name_faults("setting", name))
        if isinstance(metric.inputs, tuple) and name in [getattr(each, "name", None) for each in metric.inputs]:
            yield f"{what}: '{name}' is both an input and a setting"
    if properties and not ours:
        yield from _schema_faults(what, metric.settings)


def _layered_faults(what: str, properties: Mapping[Any, Any]) -> Iterator[str]:
    """In tables of a table, too: `replace = true` of any of them never reaches the plugin."""
    for name, each in properties.items():
        if name in LAYERED:
            yield f"{what}: no setting can be called '{name}': rules say with it how they are laid over others"
        below = each.get("properties") if isinstance(each, Mapping) else None
        yield from _layered_faults(what, below) if isinstance(below, Mapping) else ()


def _function_faults(function: Any, ours: bool) -> Iterator[str]:  # noqa: ARG001  # all of these take the same
    if not isinstance(function, Function):
        yield f"{type(function).__name__} is no Function"
        return
    from trigpoint.language.offered import check_function

    yield from (f"{each.code} {each.text}" for each in check_function(function))


def _ruleset_faults(file: Any, ours: bool) -> Iterator[str]:  # noqa: ARG001  # all of these take the same
    if not isinstance(file, RuleFile):
        yield f"{type(file).__name__} is no RuleFile"
        return
    yield from _name_faults("ruleset", file.name)
    if not isinstance(file.path, Path) or not file.path.is_absolute():
        yield f"ruleset '{file.name}' needs a whole path: Path(__file__).parent / \"{file.name}.toml\""
    elif not file.path.is_file():
        yield f"ruleset '{file.name}' is missing: there is no file {file.path}"


def _name_faults(kind: str, name: object) -> Iterator[str]:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{kind} {name!r} has no fitting name: small letters, digits and _, at most 60"


def _schema_faults(what: str, schema: Mapping[str, object]) -> Iterator[str]:
    try:
        json.dumps(schema, allow_nan=False)
    except (TypeError, ValueError) as error:
        yield f"{what} has a JSON Schema that is no JSON: {error}"
        return
    import jsonschema  # it takes 50 ms to import

    try:
        jsonschema.Draft202012Validator.check_schema(dict(schema))
    except jsonschema.SchemaError as error:
        yield f"{what} has a JSON Schema that is none, at {error.json_path}: {error.message}"


def _takes_two(function: object) -> bool:
    if not callable(function):
        return False
    try:
        inspect.signature(function).bind(None, None)
    except ValueError:  # some builtins do not tell what they take
        return True
    except TypeError:
        return False
    return True
