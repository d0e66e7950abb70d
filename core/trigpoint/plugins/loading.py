"""Loads one plugin by itself: whatever happens in its code is caught here and told with its name."""

from __future__ import annotations

import importlib
import inspect
import re
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy
from attrs import evolve, frozen

from trigpoint import hookspecs
from trigpoint.errors import ConfigError, Place, Problem, TrigpointError
from trigpoint.model.function import Function
from trigpoint.model.offer import MetricOffer
from trigpoint.model.plugin import Plugin, RuleFile
from trigpoint.model.source import Source
from trigpoint.plugins.deadline import LateError, within
from trigpoint.plugins.local import import_file
from trigpoint.plugins.misspelt import misspelt_hooks, other_api
from trigpoint.plugins.offers import faults_of
from trigpoint.plugins.printed import stdout_kept
from trigpoint.plugins.texts import encodable
from trigpoint.plugins.tracing import Trace
from trigpoint.signals import asked_to_end

if TYPE_CHECKING:
    import click

KINDS = ("sources", "metrics", "functions", "rulesets")  # what is asked for when a plugin is loaded
MOST = 1_000  # things of one kind that a plugin may offer
LOAD_SECONDS = 30.0  # for importing a plugin, and again for each of its hooks
SILENT = Trace()
_strangers: set[str] = set()  # whatever they left running, or to be called at the end, is in this process
_ALONE = "install it; or, if it is a file beside this one, make them one: a local plugin is a single file"
_MISFIT = re.compile(r"for hook '(\w+)'")  # in what pluggy says of a hook that does not fit


class PluginLoadError(TrigpointError):
    """A plugin cannot be loaded (TP707); a run goes on without it."""

    exit_code = ConfigError.exit_code
    faults: tuple[str, ...] = ()  # all that it offers and that cannot be used; the problem tells the first


class PluginRefusedError(ConfigError):
    """A plugin must not be used as it is: a misspelt hook (TP703), or a version of the hooks we do not speak (TP706)."""


@frozen
class Offers:
    """What one plugin offers, looked over; `hooks` are the names of those it has, those of its commands too."""

    sources: tuple[Source, ...] = ()
    metrics: tuple[MetricOffer, ...] = ()
    functions: tuple[Function, ...] = ()
    rulesets: tuple[RuleFile, ...] = ()
    hooks: tuple[str, ...] = ()


def load_offers(plugin: Plugin, trace: Trace = SILENT) -> Offers:
    """Import a plugin and ask it for all it offers, but for its commands. Raises PluginLoadError or PluginRefusedError.

    Only its name, owner, version, reference and whether it is local are needed: any process can load it again.
    """
    manager = _manager(plugin, trace)
    given: dict[str, Any] = {kind: _asked(plugin, manager, f"trigpoint_{kind}") for kind in KINDS}
    with _guarded(plugin, "offers what cannot be used"):
        faults = faults_of(given, ours=plugin.bundled)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        error = PluginLoadError(_failure(plugin, f"offers what cannot be used: {faults[0]}{more}"))
        error.faults = tuple(faults)
        raise error
    return Offers(**given, hooks=_hooks(manager))


def load_commands(plugin: Plugin, trace: Trace = SILENT) -> Sequence[click.Command]:
    """The commands of a plugin. Raises PluginLoadError or PluginRefusedError."""
    import click

    commands = _asked(plugin, _manager(plugin, trace), "trigpoint_commands")
    for each in commands:
        if not isinstance(each, click.Command) or not each.name:
            text = f"offers what cannot be used: {type(each).__name__} is no click command with a name"
            raise PluginLoadError(_failure(plugin, text))
    for name, count in Counter(each.name for each in commands).items():
        if count > 1:
            text = f"command '{name}' is offered {'twice' if count == 2 else f'{count} times'}, all by {plugin}"
            raise PluginRefusedError(Problem("TP704", text, Place(plugin.file), "its author must rename one"))
    return commands


def _manager(plugin: Plugin, trace: Trace) -> pluggy.PluginManager:
    """A manager that knows this plugin alone, so that its faults are its own."""
    began = time.perf_counter()
    with _guarded(plugin, "cannot be imported"):
        module = _imported(plugin)
    trace.imported(plugin, time.perf_counter() - began)
    manager = pluggy.PluginManager(hookspecs.GROUP)
    manager.add_hookspecs(hookspecs)
    with _guarded(plugin, "has a hook that does not fit"):
        manager.register(module, plugin.name)
        refused = other_api(plugin, module) or misspelt_hooks(plugin, module, manager)
    if refused is not None:
        raise PluginRefusedError(refused)
    trace.watch(manager, plugin)
    return manager


def strangers_ran() -> bool:
    """Whether code of a plugin that does not come with trigpoint ran in this process."""
    return bool(_strangers)


def _imported(plugin: Plugin) -> object:
    if not plugin.bundled:
        _strangers.add(plugin.name)
    if plugin.local:
        return import_file(Path(plugin.reference), plugin.version)
    module, _, attribute = plugin.reference.partition(":")
    found: object = importlib.import_module(module.strip())
    for name in filter(None, attribute.strip().split(".")):
        found = getattr(found, name)
    return found


def _hooks(manager: pluggy.PluginManager) -> tuple[str, ...]:
    known = (name for name in vars(hookspecs) if name.startswith("trigpoint_"))
    return tuple(name for name in known if getattr(manager.hook, name).get_hookimpls())


def _asked(plugin: Plugin, manager: pluggy.PluginManager, hook: str) -> tuple[Any, ...]:
    """What a hook gives. A hook may be a generator, so its code runs until the last thing was taken."""
    caller = getattr(manager.hook, hook)
    with _guarded(plugin, f"failed in {hook}"):
        answers = caller()
        offered = tuple(islice((each for answer in answers for each in answer), MOST + 1))
    asked = [each for each in caller.get_hookimpls() if not (each.wrapper or each.hookwrapper)]
    if len(answers) < len(asked):  # pluggy leaves out what is None: a function without `return`
        place = _place_of(asked[-1].function)
        raise PluginLoadError(_failure(plugin, f"failed: {hook} returned nothing: return a list", place))
    if len(offered) > MOST:
        raise PluginLoadError(_failure(plugin, f"failed in {hook}: it gave more than {MOST} things"))
    return offered


@contextmanager
def _guarded(plugin: Plugin, doing: str) -> Iterator[None]:
    """A stranger's code runs inside. stdout is ours: it is data that other programs read."""
    try:
        with stdout_kept(foreign=not plugin.bundled), within(LOAD_SECONDS):
            yield
    except BaseException as error:
        if asked_to_end(error):
            raise
        problem = _failure(plugin, f"{doing}: {_told(error)}", _where(error, plugin))
        if plugin.local and isinstance(error, ModuleNotFoundError):
            problem = evolve(problem, hint=_ALONE)
        raise PluginLoadError(problem) from error


def _failure(plugin: Plugin, text: str, place: Place | None = None) -> Problem:
    named = "[plugins] local" if plugin.local else "[plugins] enabled"
    way = "reinstall trigpoint" if plugin.bundled else f"mend or update it, or take it out of {named}"
    return Problem("TP707", f"{plugin} {text}", place or Place(plugin.file), way)


def _told(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return encodable(f"it tried to end the program (SystemExit: {error.code})")
    if isinstance(error, LateError):
        return f"it took longer than {LOAD_SECONDS:g} seconds"
    lines = encodable(str(error)).strip().splitlines()
    if isinstance(error, pluggy.PluginValidationError) and (hook := _MISFIT.search(str(error))):
        return f"{hook[1]}: {lines[-1]}"  # the first lines say which plugin and hook, and the last one what is wrong
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"


def _where(error: BaseException, plugin: Plugin) -> Place | None:
    """The last line of the plugin's own code that was running."""
    if isinstance(error, SyntaxError) and error.filename:
        return Place(error.filename, error.lineno)
    if isinstance(error, pluggy.PluginValidationError) and (hook := _MISFIT.search(str(error))):
        return _place_of(getattr(error.plugin, hook[1], None))
    file = Path(plugin.file)
    frames = [(Path(each.filename), each.lineno) for each in traceback.extract_tb(error.__traceback__)]
    own = [(path, line) for path, line in frames if _belongs(path, file)]
    return Place(str(own[-1][0]), own[-1][1]) if own else None


def _place_of(function: object) -> Place | None:
    """Where a function begins."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    return Place(code.co_filename, code.co_firstlineno) if code is not None else None


def _belongs(path: Path, file: Path) -> bool:
    return path == file or (file.name == "__init__.py" and path.is_relative_to(file.parent))
