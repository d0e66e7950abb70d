"""Finds the enabled plugins, loads each by itself, and gathers what they offer into a Registry.

Nothing else is ever imported: a plugin is enabled by `[plugins] enabled`, as a file in `[plugins] local`, or, if it comes
with trigpoint, by being named in a source. A broken or ambiguous plugin is an error that names it and the way out.
"""

from __future__ import annotations

import difflib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pluggy
from attrs import frozen

from trigpoint import hookspecs
from trigpoint.errors import ConfigError, Place, Problems
from trigpoint.model.project import Project
from trigpoint.model.plugin import Registry
from trigpoint.model.source import Source

GROUP = "trigpoint"  # of the entry points, and the name of the distribution that brings the bundled ones


@frozen
class Plugin:
    """A plugin that was found and not yet imported: `load` imports it."""

    name: str
    owner: str  # the distribution and its version, or "this project"
    file: str
    load: Callable[[], object]

    def __str__(self) -> str:
        return f"plugin '{self.name}' ({self.owner})"


@frozen
class Listed:
    """A plugin as it is listed, without importing it."""

    name: str
    owner: str
    module: str
    bundled: bool


def installed_plugins() -> tuple[Listed, ...]:
    """Every plugin that is installed, enabled or not, by name."""
    found = {_listed(point) for point in importlib.metadata.entry_points(group=GROUP)}
    return tuple(sorted(found, key=lambda plugin: (plugin.name, plugin.owner)))


def load_plugins(project: Project) -> Registry:
    """What the enabled plugins of a project offer. Raises ConfigError with every plugin that is missing or broken."""
    problems = Problems()
    sources: dict[str, Source] = {}
    owners: dict[str, str] = {}
    broken: set[str] = set()
    for plugin in [*_enabled(project, problems), *_local(project, problems)]:
        before = len(problems.found)
        for source in _offered(plugin, problems):
            if source.name in owners:
                text = f"source '{source.name}' is offered twice: by {owners[source.name]} and by {plugin}"
                problems.add("TP704", text, Place(plugin.file), "enable only one of them")
                continue
            sources[source.name], owners[source.name] = source, str(plugin)
        if len(problems.found) > before:
            broken.add(plugin.name)
    _check_named(project, sources, broken, problems)
    if problems.errors:
        raise ConfigError(*problems.errors)
    return Registry(sources)


def _listed(point: importlib.metadata.EntryPoint) -> Listed:
    distribution = point.dist
    name, version = (distribution.name, distribution.version) if distribution else ("unknown", "?")
    return Listed(point.name, f"{name} {version}", point.value, bundled=name == GROUP)


def _enabled(project: Project, problems: Problems) -> Iterable[Plugin]:
    """The installed plugins that the project enables."""
    named = {source.plugin for source in project.sources.values()}
    place = Place(project.file.name)
    installed: dict[str, dict[Listed, importlib.metadata.EntryPoint]] = {}
    for point in importlib.metadata.entry_points(group=GROUP):
        installed.setdefault(point.name, {})[_listed(point)] = point
    wanted = [*project.plugins, *sorted(named - set(project.plugins))]
    for name in wanted:
        points = installed.get(name, {})
        if name not in project.plugins:
            points = {listed: point for listed, point in points.items() if listed.bundled}
        elif not points:
            problems.add("TP701", f"plugin '{name}' is enabled but not installed", place, _way_to_install(installed))
        if len(points) > 1:
            owners = " and ".join(sorted(listed.owner for listed in points))
            problems.add("TP704", f"plugin '{name}' is offered twice: by {owners}", place, "uninstall one of them")
            continue
        for listed, point in points.items():
            yield Plugin(name, listed.owner, _file_of(point), point.load)


def _way_to_install(installed: Mapping[str, object]) -> str:
    if not installed:
        return NOT_INSTALLED
    return f"install the package that offers it, or take it out of [plugins] enabled; installed: {', '.join(sorted(installed))}"


NOT_INSTALLED = (
    "trigpoint runs from a folder without being installed, so no plugin can be found: "
    "run `pip install -e .` in the checkout, or install the wheel"
)


def _file_of(point: importlib.metadata.EntryPoint) -> str:
    """Where the plugin's code lies, looked up without running it."""
    try:
        spec = importlib.util.find_spec(point.module.split(".")[0])
    except (ImportError, ValueError):
        spec = None
    return spec.origin if spec and spec.origin else point.value


def _local(project: Project, problems: Problems) -> Iterable[Plugin]:
    """The files of `[plugins] local`; they lie inside the project."""
    root = project.root.resolve()
    for entry in project.local_plugins:
        path = (root / entry).resolve()
        place = Place(project.file.name)
        if not path.is_relative_to(root):
            problems.add("TP702", f"local plugin '{entry}' lies outside the project", place, "move it into the folder")
        elif not path.is_file():
            problems.add("TP702", f"local plugin '{entry}' is missing", place, f"no such file: {path}")
        else:
            yield Plugin(entry, "this project", str(path), lambda path=path: _import_file(path))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def _import_file(path: Path) -> ModuleType:
    name = f"trigpoint_local_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]  # a half-run module must not be found by the next import
        raise
    return module


def _offered(plugin: Plugin, problems: Problems) -> Sequence[Source]:
    """The sources of one plugin; whatever goes wrong in it becomes a problem with its name."""
    place = Place(plugin.file)
    way = f"mend or update it, or take '{plugin.name}' out of trigpoint.toml"
    try:
        module = plugin.load()
    except Exception as error:  # noqa: BLE001  # a stranger's code may raise anything
        problems.add("TP702", f"{plugin} cannot be imported: {_told(error)}", place, way)
        return ()
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module, plugin.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        hooks = ", ".join(name for name in vars(hookspecs) if name.startswith("trigpoint_"))
        problems.add(
            "TP703", f"{plugin} has a hook that does not fit: {_told(error)}", place, f"the hooks are: {hooks}"
        )
        return ()
    try:
        answers = manager.hook.trigpoint_sources()
        offered = [source for answer in answers for source in answer]
    except Exception as error:  # noqa: BLE001  # as above
        problems.add("TP702", f"{plugin} failed in trigpoint_sources: {_told(error)}", place, way)
        return ()
    for source in offered:
        if fault := _fault(source):
            problems.add("TP703", f"{plugin} offers something that is no source: {fault}", place, way)
    return [source for source in offered if not _fault(source)]


def _fault(source: object) -> str | None:
    """What an offered source lacks."""
    if not isinstance(getattr(source, "name", None), str):
        return f"{type(source).__name__} has no `name`"
    if not isinstance(getattr(source, "schema", None), Mapping):
        return f"{type(source).__name__} has no `schema` (a JSON Schema of its options)"
    if not callable(getattr(source, "read", None)):
        return f"{type(source).__name__} has no method `read`"
    return None


def _check_named(project: Project, sources: Mapping[str, Source], broken: set[str], problems: Problems) -> None:
    """Each source of the project names a plugin that is there; a broken one has been told already."""
    installed = {plugin.name: plugin for plugin in installed_plugins()}
    missing = {name for name in project.plugins if name not in installed}
    for source in project.sources.values():
        if source.plugin not in {*sources, *broken, *missing}:
            text = f"source '{source.name}' asks for plugin '{source.plugin}', which no enabled plugin offers"
            place = source.place or Place(project.file.name)
            problems.add("TP701", text, place, _way_to_enable(source.plugin, sources, installed))


def _way_to_enable(name: str, sources: Mapping[str, Source], installed: Mapping[str, Listed]) -> str:
    if not installed:
        return NOT_INSTALLED
    if name in installed:
        return f"'{name}' comes with {installed[name].owner}: write enabled = [\"{name}\"] in [plugins]"
    known = sorted({*sources, *(plugin.name for plugin in installed.values() if plugin.bundled)})
    close = difflib.get_close_matches(name, known, 1)
    return (
        f"did you mean '{close[0]}'?"
        if close
        else f"there is: {', '.join(known)}; others must be named in [plugins] enabled"
    )


def _told(error: Exception) -> str:
    text = str(error) or "no message"
    return f"{type(error).__name__}: {text.splitlines()[0]}"
