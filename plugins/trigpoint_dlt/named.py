"""Finds what a project file names: dlt's own sources by a short name, others by the module and function."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from dlt.extract.reference import SourceFactory
from dlt.extract.resource import DltResource
from dlt.extract.source import DltSource

from trigpoint import InputError, Problem, SourceRequest

SHORT = {
    "rest_api": "dlt.sources.rest_api:rest_api_resources",
    "filesystem": "dlt.sources.filesystem:readers",
    "sql_database": "dlt.sources.sql_database:sql_database",
}
REST_API = "dlt.sources.rest_api"
Named = Callable[..., object]


def named(request: SourceRequest) -> Named:
    """The function or resource that `source` names. Raises InputError (TP435) if it is not there, or not dlt's."""
    written = str(request.settings.options["source"])
    path, _, name = (SHORT.get(written, written)).replace(":", ".").rpartition(".")
    if not path:
        hint = _close(written, SHORT) or f"write one of {', '.join(SHORT)}, or package.module:function"
        raise missing("TP435", f"there is no source '{written}'", hint, request)
    if path == REST_API and written not in SHORT:  # it would ask whomever it is led to
        raise missing("TP435", f"'{written}' has a name of its own here", 'write source = "rest_api"', request)
    module = _imported(path, request)
    found = getattr(module, name, None)
    if found is None or not callable(found):
        offered = [each for each, value in vars(module).items() if is_of_dlt(value, module)]
        hint = _close(name, offered) or f"sources and resources in it: {', '.join(sorted(offered)) or 'none'}"
        raise missing("TP435", f"module '{path}' has no source '{name}'", hint, request)
    if not is_of_dlt(found, module):
        hint = "only what is marked with @dlt.source or @dlt.resource is called, or a function beside imports of dlt"
        raise missing("TP435", f"'{written}' is no source of dlt", hint, request)
    called: Named = found
    return called


def is_of_dlt(value: object, module: ModuleType) -> bool:
    """Whether something in a module is a source or resource of dlt, or a function of the module's own that may make one.

    A project file could else call any function of any installed package.
    """
    if isinstance(value, SourceFactory | DltResource) or hasattr(value, "_factory"):
        return True
    if not inspect.isfunction(value) or value.__module__ != module.__name__:
        return False
    return any(_home(each).partition(".")[0] == "dlt" for each in vars(module).values())


def chosen(source: DltSource, request: SourceRequest) -> str:
    """The name of the resource that is to be read. Raises InputError (TP436)."""
    names = list(source.resources)
    wanted = request.settings.options.get("resource")
    listed = f"its resources are: {', '.join(names) or 'none'}"
    if wanted is None:
        if len(names) == 1:
            return names[0]
        text = f"'{request.settings.options['source']}' has {len(names)} resources"
        raise missing("TP436", text, f'write resource = "..."; {listed}', request)
    if wanted not in names:
        text = f"'{request.settings.options['source']}' has no resource '{wanted}'"
        raise missing("TP436", text, _close(str(wanted), names) or listed, request)
    return str(wanted)


def check_arguments(function: Named, arguments: Iterable[str], request: SourceRequest) -> None:
    """InputError (TP436) if the function does not take one of these arguments, or needs another one."""
    what, parameters = request.settings.options["source"], inspect.signature(function).parameters
    given = set(arguments)
    for name, each in parameters.items():
        if (
            each.default is each.empty
            and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
            and name not in given
        ):
            raise missing(
                "TP436", f"'{what}' lacks an argument: {name}", f"write arguments = {{ {name} = ... }}", request
            )
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return
    for name in sorted(given - parameters.keys()):
        hint = _close(name, parameters) or f"it takes {', '.join(parameters) or 'none'}"
        raise missing("TP436", f"'{what}' takes no argument '{name}'", hint, request)


def missing(code: str, text: str, hint: str, request: SourceRequest) -> InputError:
    """Something that the project file names is not there."""
    return InputError(Problem(code, f"source '{request.settings.name}': {text}", request.settings.place, hint))


def _imported(path: str, request: SourceRequest) -> ModuleType:
    try:
        return importlib.import_module(path)
    except ImportError as error:
        lacking = (error.name or path).partition(".")[0]
        text = f"module '{path}' cannot be imported: {error}"
        own = path.startswith("dlt.")
        hint = f"pip install '{_EXTRAS.get(path, lacking)}'" if own else f"install the package that has '{lacking}'"
        raise missing("TP435", text, hint, request) from error


_EXTRAS = {"dlt.sources.sql_database": "trigpoint[dlt,sql]", "dlt.sources.filesystem": "dlt[filesystem]"}


def _home(value: object) -> str:
    return value.__name__ if isinstance(value, ModuleType) else str(getattr(value, "__module__", ""))


def _close(name: str, known: Iterable[str]) -> str | None:
    found: list[Any] = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean '{found[0]}'?" if found else None
