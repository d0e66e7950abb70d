"""Metrics that plugins compute: `plugin = "survival.duration"`, with the rows they are given and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from attrs import evolve

from trigpoint.language import Scope
from trigpoint.model.bound_query import BoundQuery
from trigpoint.model.expression import Expression, ValueType
from trigpoint.model.metric import PluginMetric
from trigpoint.model.offer import Input
from trigpoint.model.plugin import Registry
from trigpoint.model.table import Table
from trigpoint.rules.declared import Declared, without_metrics
from trigpoint.rules.downwards import check_bound, seen_from
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.options import misfits
from trigpoint.rules.queries import bind_query
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.scopes import check_row_names, row_scope
from trigpoint.rules.setting import Setting, plain
from trigpoint.rules.tables import read_via
from trigpoint.rules.windows import read_window
from trigpoint.rules.wording import closest, listed

NEEDLESS = ("value", "empty", "over", "holder")  # keys of other metrics
SECRETS = ("env", "file")


def read_plugin_metric(name: str, reader: Reader, draft: Draft) -> PluginMetric:
    """The metric, without the subjects where it is computed."""
    declared = _declared(reader, draft)
    for key in NEEDLESS:
        if reader.has(key):
            text = f"'{key}' has no meaning in {reader.what}, which a plugin computes"
            reader.problems.add("TP173", text, reader.setting.table[key].key, "leave it out")
    words = reader.words()
    words = evolve(words, unit=words.unit or declared.unit)
    metric = PluginMetric(
        name, declared.id, declared.version, declared.type, None, better=reader.word("better", declared.better), text=words,
        no_data=declared.no_data, pure=declared.pure, printed=declared.printed, failed=declared.failed,
    )  # fmt: skip
    table = _table(reader, draft, declared)
    if table is None:
        return metric
    via = read_via(reader, table, draft.subjects)
    below = seen_from(reader, draft, table, via)
    scope = row_scope(draft, table, via, below=below)
    window, at, where, inputs, settings = None, None, None, None, None
    with going_on():
        window, at = read_window(reader, table, draft)
        if declared.windowed and window is None:
            text, hint = f"{reader.what}: {declared.id} looks at a window", 'say over which days: window = "12 weeks"'
            reader.problems.add("TP172", text, reader.place("plugin"), hint)
    with going_on():
        check_row_names(draft, table, via, reader.get("where"), reader, below)
        where = reader.expression("where", scope, "boolean")
        if below:
            check_bound(reader, draft, table, below, where)
    metric = evolve(metric, table=table.name, where=where, window=window, at=at, via=via)
    if declared.failed is None:
        given = reader.get("settings")
        with going_on():
            inputs = _inputs(reader, draft, declared, given, table, via, scope, below)
        with going_on():
            settings = _settings(reader, declared, given)
        if inputs is None or settings is None:
            raise Unusable
        metric = evolve(
            metric, inputs=inputs, settings=settings, steps=_steps(reader, draft, declared, inputs, settings)
        )
    if below:
        draft.reached[name] = (below,)
        metric = evolve(metric, subjects=(below,))
    return metric


def _declared(reader: Reader, draft: Draft) -> Declared:
    found = reader.need("plugin")
    name = cast(str, found.value)
    if name in draft.plugin_metrics:
        return draft.plugin_metrics[name]
    text, hint = _unknown(name, name.partition(".")[0], draft.registry)
    reader.refuse("TP170", text, found.place, hint)


def _unknown(name: str, plugin: str, registry: Registry) -> tuple[str, str]:
    """What is told of a metric that no plugin offers, and the way out."""
    offered = sorted(registry.metrics)
    if known := [each for each in offered if each.partition(".")[0] == plugin]:
        hint = closest(name, known) or f"it offers {', '.join(known)}"
        return f"plugin '{plugin}' offers no metric '{name}'", hint
    if plugin in (others := without_metrics(registry)):
        return f"plugin '{plugin}' offers no metrics", f"it offers {others[plugin]}"
    if plugin in registry.idle:
        text = f"plugin '{plugin}', which may offer '{name}', is installed and not enabled"
        return text, f'write enabled = ["{plugin}"] in [plugins]'
    near = closest(name, offered) or closest(plugin, (*registry.idle, *registry.plugins))
    if "." not in name:
        return f"'{name}' is no metric of a plugin", near or f'name the plugin and its metric: "{name}.NAME"'
    install = "install the package that brings it, and enable it; `trigpoint plugins` lists what is installed"
    return f"no plugin '{plugin}' is there, which would offer the metric '{name}'", near or install


def _table(reader: Reader, draft: Draft, declared: Declared) -> Table | None:
    """The table of `from`, else the one that the plugin names; None for a failed one that says nothing."""
    if reader.has("from") or (declared.table is None and declared.failed is None):
        reader.need("from", "name the table whose rows it is given")
        name = cast(str, reader.name("from", draft.declared("tables"), "table"))
    elif declared.table is None:
        return None
    else:
        name = declared.table
        if name not in draft.declared("tables"):
            text = f"{reader.what} is over the table '{name}', which no rule file declares"
            reader.refuse("TP172", text, reader.place("plugin"), 'declare it, or name yours: from = "table"')
    if name not in draft.tables:
        raise Unusable
    return draft.tables[name]


def _inputs(
    reader: Reader,
    draft: Draft,
    declared: Declared,
    given: Setting | None,
    table: Table,
    via: Mapping[str, str],
    scope: Scope,
    below: str | None,
) -> dict[str, Expression]:
    """What the metric reads of each row, by the names it has for it."""
    found: dict[str, Expression] = {}
    complete = True
    for each in declared.inputs:
        setting = given.table.get(each.name) if given is not None else None
        if (
            setting is not None and setting.value is False
        ):  # an input is never a truth value: it takes out that of a layer below
            setting = None
        with going_on():
            setting = setting or _default(reader, each)
            if setting is None:
                continue
            if not isinstance(setting.value, str):
                text = f"'{each.name}' of {reader.what} must be a column, or an expression, in quotes"
                reader.refuse("TP172", text, setting.place, each.meaning or None)
            check_row_names(draft, table, via, setting, reader, below)
            found[each.name] = _typed(reader, each, setting, scope)
            continue
        complete = False
    if not complete:
        raise Unusable
    return found


def _default(reader: Reader, given: Input) -> Setting | None:
    if given.default is not None:
        return Setting(given.default, reader.place("plugin"), reader.place("plugin"))
    if given.optional:
        return None
    hint = f'write settings = {{ {given.name} = "COLUMN" }}' + (f": {given.meaning}" if given.meaning else "")
    reader.refuse("TP172", f"{reader.what} does not say what '{given.name}' is", reader.place("settings"), hint)


def _typed(reader: Reader, given: Input, setting: Setting, scope: Scope) -> Expression:
    bound = reader.bound(setting, scope)
    if bound.type not in given.types and not (bound.type == "integer" and "number" in given.types):
        text = f"'{given.name}' of {reader.what} must be {listed(sorted(given.types), 'or')}, not {bound.type}"
        reader.refuse("TP172", text, setting.place, given.meaning or None)
    return bound


def _settings(reader: Reader, declared: Declared, given: Setting | None) -> dict[str, object]:
    """The further settings, with the defaults of their schema where the rule is silent."""
    names = [each.name for each in declared.inputs]
    table = {} if given is None else given.table
    written = {key: plain(each) for key, each in table.items() if key not in names}
    properties: Mapping[str, Any] = declared.settings.get("properties", {})
    refused = False
    if written or declared.settings.get("required"):
        checked = {key: _stand_in(each) for key, each in written.items()}
        for misfit in misfits(checked, declared.settings, reader.what, names):
            refused = True
            key = next((str(step) for step in misfit.path if str(step) in table), None)
            place = reader.place("settings") if key is None else table[key].key if misfit.of_key else table[key].place
            reader.problems.add("TP171", misfit.text, place, misfit.hint)
    for key, each in table.items():
        if properties.get(key, {}).get("writeOnly") and not _is_reference(plain(each)):
            refused = True
            hint = f'write {key} = {{ env = "NAME" }} or {key} = {{ file = "path" }}'
            reader.problems.add("TP171", f"'{key}' of {reader.what} is a secret", each.place, hint)
    if refused:
        raise Unusable
    defaults = {key: each["default"] for key, each in properties.items() if "default" in each}
    return {**defaults, **written}


def _is_reference(value: object) -> bool:
    return isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in SECRETS


def _stand_in(value: object) -> object:
    """A secret is named by where it is kept; what is checked is that a text fits there."""
    return "secret" if _is_reference(value) else value


def _steps(
    reader: Reader,
    draft: Draft,
    declared: Declared,
    inputs: Mapping[str, Expression],
    settings: Mapping[str, object],
) -> BoundQuery | None:
    if declared.query is None:
        return None
    types = {each.name: inputs[each.name].type if each.name in inputs else _some(each) for each in declared.inputs}
    told = f"the query of the plugin metric '{declared.id}'"

    def refuse(code: str, text: str, hint: str | None) -> None:
        reader.problems.add(code, f"{told} cannot be used: {text}", reader.place("plugin"), hint)

    bound = bind_query(declared.query, types, settings, declared.type, draft.functions, refuse=refuse)
    if bound is None:
        raise Unusable
    return bound


def _some(given: Input) -> ValueType:
    """The type of an input that the rule leaves out: it has no data in any row."""
    return "number" if "number" in given.types else sorted(given.types)[0]
