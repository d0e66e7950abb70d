"""What an author says in the attributes of a contract: looked over before anything is computed, and told in sentences."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

from trigpoint.errors import TrigpointError
from trigpoint.model.plugin import Registry
from trigpoint.plugins import PluginLoadError
from trigpoint.testing.only_plugins import OnlyPlugins

DAYS = {"date": "dt.date(2026, 3, 31)", "timestamp": "dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)"}
Faults = Callable[[Any], Iterator[str]]


def look_over(contract: object, base: type, faults: Faults) -> None:
    """End the test, with all that is wrong in what the class says; `faults` are those of its kind of contract."""
    found = [*_names(type(contract), base)]
    found = found or [*_kinds(contract, base)] or [*faults(contract)]
    if found:
        fail(f"{type(contract).__name__} {'; '.join(found)}")


def plugin_name(plugin: str | Path) -> str:
    """What rules call the plugin of a contract."""
    return plugin.stem if isinstance(plugin, Path) else plugin


def registry_for(plugin: str | Path) -> Registry:
    """What the plugin offers; the test ends, with each fault in a line, if it cannot be loaded."""
    name = plugin_name(plugin)
    try:
        return OnlyPlugins(**{name: plugin}).registry([name])
    except PluginLoadError as error:
        problem = error.problems[0]
        told = "\n  ".join(error.faults or [problem.text])
        fail(f"{problem.place}: {problem.code} {told}\n  (mend it; docs/reference/hooks.md has what each hook returns)")
    except TrigpointError as error:
        fail("\n".join(map(str, error.problems)))


def fail(text: str) -> NoReturn:
    """End the test by words alone: what is wrong is what the author wrote, and neither a line nor an error of ours."""
    raise pytest.fail.Exception(text, pytrace=False) from None


def no_times(columns: Mapping[str, str], row: Mapping[str, object]) -> Iterator[str]:
    """Texts where a date or a time is wanted: a table from a file may have them, rows of a test are typed."""
    for name, cell in row.items():
        if columns.get(name) in DAYS and isinstance(cell, str):
            yield f"the text {cell!r} in column '{name}': give a {columns[name]}, such as {DAYS[columns[name]]}"


def metric_faults(contract: Any) -> Iterator[str]:
    """What does not fit together in a MetricContract."""
    if "." in contract.metric:
        plain = contract.metric.rpartition(".")[2]
        yield f'names the metric with its plugin: write it without the plugin\'s name, metric = "{plain}"'
    if not isinstance(contract.as_of, dt.date) or isinstance(contract.as_of, dt.datetime):
        yield f"has as_of = {contract.as_of!r}: give a date, such as {DAYS['date']}"
    yield from _columns(contract)
    for number, row in enumerate(contract.rows, 1):
        yield from (f"has in row {number} of `rows` {fault}" for fault in _row_faults(contract.table, row))


def function_faults(contract: Any) -> Iterator[str]:
    """What does not fit in a FunctionContract."""
    for key in contract.expect:
        if not isinstance(key, tuple):
            yield f"has {key!r} as a key of `expect`: a key is a tuple of the arguments, ({key!r},)"


def source_faults(contract: Any) -> Iterator[str]:
    """What does not fit in a SourceContract."""
    for number, row in enumerate(contract.expect, 1):
        if not isinstance(row, list | tuple):
            yield f"has {row!r} as row {number} of `expect`: a row is a tuple of cells, ({row!r},)"


def _names(made: type, base: type) -> Iterator[str]:
    """Attributes that were left out, and ones that are nearly called like one of ours: a word misspelt is not heard."""
    known = base.__annotations__
    said = {name for each in made.__mro__ if each not in base.__mro__ for name in vars(each)}
    for name in sorted(each for each in said - known.keys() if not each.startswith(("_", "test"))):
        if name not in vars(base) and (close := difflib.get_close_matches(name, known, 1, 0.8)):
            yield f"has an attribute `{name}`, which means nothing: did you mean `{close[0]}`?"
    if missing := [f"`{name}`" for name in known if not hasattr(made, name)]:
        yield f"does not say {' and '.join(missing)}"


def _kinds(contract: Any, base: type) -> Iterator[str]:
    """Attributes of another kind than everything else counts on."""
    for name, kind in base.__annotations__.items():
        value, word = getattr(contract, name), str(kind).removeprefix("ClassVar[").partition("[")[0]
        if word == "Mapping" and not isinstance(value, Mapping):
            yield f"has {name} = {value!r}: give a dict"
        elif word == "Sequence" and (isinstance(value, str) or not isinstance(value, Sequence)):
            yield f"has {name} = {value!r}: give a list"
        elif word in ("str]", "str | None]") and not isinstance(value, str | None if "None" in word else str):
            yield f"has {name} = {value!r}: give a text"
    if not isinstance(contract.plugin, str | Path):
        yield f"has plugin = {contract.plugin!r}: give the name of an installed plugin, or Path(...) of a file"
    elif isinstance(contract.plugin, str) and contract.plugin.endswith(".py"):
        yield f'names a file by a text: write plugin = Path("{contract.plugin}")'


def _columns(contract: Any) -> Iterator[str]:
    """The columns that are told apart, where the table has none of that name."""
    has = f"`table` has: {', '.join(contract.table) or 'no columns'}"
    if contract.owner not in contract.table:
        yield f'has owner = "{contract.owner}", and {has}; say which column has the key of the {contract.subject}'
    if contract.time is not None and contract.time not in contract.table:
        yield f'has time = "{contract.time}", and {has}; say which column tells when, or time = None'
    for name in (contract.known, *contract.foreseen):
        if name is not None and name not in contract.table:
            yield f"names the column '{name}' in `known` or `foreseen`, and {has}"


def _row_faults(columns: Mapping[str, str], row: Any) -> Iterator[str]:
    if isinstance(row, Mapping):
        if unknown := sorted(row.keys() - columns.keys()):
            yield f"the column '{unknown[0]}', and `table` has: {', '.join(columns)}"
        yield from no_times(columns, row)
    elif isinstance(row, str) or not isinstance(row, Sequence):
        yield f"{row!r}, which is no row: give a tuple of cells, or a dict"
    elif len(row) != len(columns):
        yield f"{len(row)} cells, and `table` has {len(columns)} columns: {row!r}"
    else:
        yield from no_times(columns, dict(zip(columns, row, strict=True)))
