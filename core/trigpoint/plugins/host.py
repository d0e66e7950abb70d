"""The host: loads the plugins of a project, each once, and gathers what they offer."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

from attrs import define, evolve, field

from trigpoint.errors import ConfigError, Place, Problem, Problems
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.model.project import Project
from trigpoint.plugins.found import Points, entry_points, local_plugin, plugin_of
from trigpoint.plugins.gathering import gathered
from trigpoint.plugins.hints import way_to_install
from trigpoint.plugins.loading import Offers, PluginLoadError, PluginRefusedError, load_offers
from trigpoint.plugins.offers import NAME
from trigpoint.plugins.tracing import Trace, trace_from_environment

NO_OFFERS = Offers()


class PluginsRefusedError(ConfigError):
    """Nothing runs with these plugins. `registry` is what could be loaded all the same; `refused` are those that cannot,
    each with the reason in `failure`.
    """

    registry: Registry
    refused: tuple[Plugin, ...] = ()


def open_plugins(project: Project, *, foreign: bool = True) -> Host:
    """The plugins of a project, none of them loaded yet.

    With `foreign=False` those that do not come with trigpoint are never imported, and count as failed.
    """
    return Host(project, foreign, trace_from_environment())


def load_plugins(project: Project) -> Registry:
    """What the enabled plugins of a project offer. Raises ConfigError with all that is refused."""
    return open_plugins(project).registry()


@define
class Host:
    """Loads plugins when they are first asked for, and keeps what they offer."""

    project: Project
    foreign: bool = True
    trace: Trace = field(factory=Trace)
    _loaded: dict[str, tuple[Plugin, Offers]] = field(factory=dict, init=False)
    _problems: Problems = field(factory=Problems, init=False)
    _refused: list[Plugin] = field(factory=list, init=False)
    _points: Points | None = field(default=None, init=False)

    def registry(self, names: Collection[str] = ()) -> Registry:
        """What the enabled plugins offer, and the bundled ones among `names` and the project's sources.

        Raises PluginsRefusedError with all that is refused: an enabled plugin that is not installed (TP701), one that is not
        there or cannot be called that (TP702), a misspelt hook (TP703), a name with two owners (TP704), another version of
        the hooks (TP706).
        """
        if self._points is None:
            self._points = entry_points()
            self._load_enabled(self._points)
        named = {source.plugin for source in self.project.sources.values()}
        for name in sorted({*named, *names} - self._loaded.keys()):
            self._load_bundled(self._points.get(name, ()))
        found = Problems(list(self._problems.found))
        registry = gathered(self._loaded.values(), found)
        registry = evolve(registry, idle=tuple(sorted(self._points.keys() - self._loaded.keys())))
        if found.errors:
            error = PluginsRefusedError(*found.errors)
            error.registry, error.refused = registry, tuple(self._refused)
            raise error
        return registry

    def _load_enabled(self, points: Points) -> None:
        if not self.foreign:
            self._switch_off(points)
            return
        chosen = [*self._installed(points), *self._local()]
        for plugin in chosen:
            bundled = self._bundled(points.get(plugin.name, ()))  # whose names are taken, enabled or not
            doubles = list(dict.fromkeys(each for each in (*chosen, *bundled) if each.name == plugin.name))
            if len(doubles) == 1:
                self._load(plugin)
            elif plugin is doubles[0]:
                self._double(plugin.name, doubles)

    def _installed(self, points: Points) -> Iterator[Plugin]:
        """The plugin of each name that is enabled, and of no other."""
        for name in dict.fromkeys(self.project.plugins):
            found = sorted({plugin_of(point) for point in points.get(name, ())}, key=lambda each: each.owner)
            if not found:
                text = f"plugin '{name}' is enabled but not installed"
                missing = Plugin(name, "not installed", "?", name, self.project.file.name)
                self._refuse("TP701", text, way_to_install(name, points), missing)
            elif len(found) > 1:
                self._double(name, found)
            elif not NAME.fullmatch(name):
                text = f"{found[0]} has a name that no rule can write: small letters, digits and _, at most 60"
                self._refuse("TP702", text, "its author must rename the entry point", found[0])
            else:
                yield found[0]

    def _local(self) -> Iterator[Plugin]:
        """The files of `[plugins] local`; they lie inside the project."""
        root = self.project.root.resolve()
        for entry in dict.fromkeys(self.project.local_plugins):
            path = (root / entry).resolve()
            if not path.is_relative_to(root):
                text, way = f"local plugin '{entry}' lies outside the project", "move it into the folder"
            elif not path.is_file():
                text, way = f"local plugin '{entry}' is missing", f"no such file: {path}"
            elif path.suffix != ".py" or not NAME.fullmatch(path.stem):
                text, way = f"local plugin '{entry}' has no fitting name", "call it after the plugin, such as sheets.py"
            else:
                yield local_plugin(path)
                continue
            missing = Plugin(path.stem, "this project", "?", str(path), str(path), local=True)
            self._refuse("TP702", text, way, missing)

    def _switch_off(self, points: Points) -> None:
        """Those that do not come with trigpoint fail, whatever they are."""
        for name in dict.fromkeys(self.project.plugins):
            if bundled := self._bundled(points.get(name, ())):
                self._load(bundled[0])
            else:
                found = [plugin_of(point) for point in points.get(name, ())]
                self._fail(found[0] if found else Plugin(name, "not installed", "?", name, self.project.file.name))
        for entry in self.project.local_plugins:
            path = self.project.root / entry
            if self._bundled(points.get(path.stem, ())):
                continue  # its name is taken: it could not be loaded anyway
            missing = Plugin(path.stem, "this project", "?", str(path), str(path), local=True)
            self._fail(local_plugin(path) if path.is_file() else missing)  # reading a file runs nothing

    def _fail(self, plugin: Plugin) -> None:
        hint = "run it without --no-plugins"
        problem = Problem("TP707", f"{plugin} is switched off by --no-plugins", Place(plugin.file), hint)
        self._loaded[plugin.name] = evolve(plugin, failure=problem), NO_OFFERS

    def _load_bundled(self, points: Iterable[EntryPoint]) -> None:
        for plugin in self._bundled(points):
            self._load(plugin)

    @staticmethod
    def _bundled(points: Iterable[EntryPoint]) -> list[Plugin]:
        return [plugin for plugin in map(plugin_of, points) if plugin.bundled][:1]

    def _load(self, plugin: Plugin) -> None:
        began = time.perf_counter()
        try:
            offers, failure = load_offers(plugin, self.trace), None
        except PluginLoadError as error:
            offers, failure = NO_OFFERS, error.problems[0]
        except PluginRefusedError as error:
            self._problems.found.extend(error.problems)
            offers, failure = NO_OFFERS, error.problems[0]
        took = time.perf_counter() - began
        self._loaded[plugin.name] = evolve(plugin, hooks=offers.hooks, seconds=took, failure=failure), offers

    def _double(self, name: str, owners: Iterable[Plugin]) -> None:
        owners = tuple(owners)
        told = " and ".join(self._shown(each) if each.local else f"{each.owner} {each.version}" for each in owners)
        text = f"plugin '{name}' is offered twice: by {told}"
        if all(each.local for each in owners):
            way = "rename one"
        else:
            way = "rename the file" if any(each.local for each in owners) else "uninstall one of them"
        self._refuse("TP704", text, way, *owners)

    def _shown(self, plugin: Plugin) -> str:
        """A file of the project, as the project file names it."""
        return f"{Path(plugin.file).relative_to(self.project.root.resolve()).as_posix()} (this project)"

    def _refuse(self, code: str, text: str, way: str, *plugins: Plugin) -> None:
        problem = Problem(code, text, self._place, way)
        self._problems.found.append(problem)
        self._refused += [evolve(each, failure=problem) for each in plugins]

    @property
    def _place(self) -> Place:
        return Place(self.project.file.name)
