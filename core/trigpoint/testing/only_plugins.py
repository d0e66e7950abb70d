"""A plugin host that has the plugins under test, and no other but those that come with trigpoint."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from types import ModuleType

from attrs import evolve

from trigpoint.errors import ConfigError, Problems
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.plugins.found import entry_points, local_plugin, plugin_of
from trigpoint.plugins.gathering import gathered
from trigpoint.plugins.loading import Offers, load_offers

Given = ModuleType | Path | str


class OnlyPlugins:
    """Can be given to whatever takes `plugins`: `run_project(project, plugins=OnlyPlugins(acme=acme_plugin))`.

    Each plugin is given by its name, as a module, as the path of a local one, or as the name of an installed one. What
    cannot be loaded raises, and is not noted as in a run.
    """

    def __init__(self, *installed: str, **given: Given) -> None:
        self._given: dict[str, Given] = {**{name: name for name in installed}, **given}
        self._loaded: dict[str, tuple[Plugin, Offers]] = {}

    def registry(self, names: Collection[str] = ()) -> Registry:
        """What they offer. Raises ConfigError, or PluginLoadError, for one that is missing or broken."""
        for name, given in self._given.items():
            self._load(name, given)
        points = entry_points()
        for name in sorted({"files", *names} - self._given.keys()):
            if any(plugin_of(point).bundled for point in points.get(name, ())):
                self._load(name, name)
        problems = Problems()
        registry = gathered(self._loaded.values(), problems)
        if problems.errors:
            raise ConfigError(*problems.errors)
        return registry

    def _load(self, name: str, given: Given) -> None:
        if name not in self._loaded:
            plugin = plugin_under_test(name, given)
            offers = load_offers(plugin)
            self._loaded[name] = evolve(plugin, hooks=offers.hooks), offers


def plugin_under_test(name: str, given: Given) -> Plugin:
    """The plugin that a test means. Raises ConfigError if there is none."""
    if isinstance(given, ModuleType):
        return _of_module(name, given)
    if isinstance(given, Path):
        if not given.is_file():
            raise ConfigError.of("TP702", f"local plugin '{name}' is missing", hint=f"no such file: {given.resolve()}")
        return evolve(local_plugin(given.resolve()), name=name)  # its process has another working folder
    found = entry_points().get(given, ())
    if not found:
        hint = "install the package with `pip install -e .`, or give the module or the file"
        raise ConfigError.of("TP701", f"plugin '{given}' is not installed", hint=hint)
    return evolve(plugin_of(found[0]), name=name)


def _of_module(name: str, module: ModuleType) -> Plugin:
    """A plugin's process imports the module by its name where it can, and else from its file."""
    for point in entry_points().get(name, ()):
        if point.module == module.__name__:
            return plugin_of(point)
    if not getattr(module, "__file__", None):
        raise ConfigError.of("TP702", f"module '{module.__name__}' has no file", hint="give a module with code in it")
    file = Path(str(module.__file__))
    root = file.parents[module.__name__.count(".") + (file.name == "__init__.py")]
    if any(Path(each).resolve() == root.resolve() for each in sys.path if each):
        return evolve(local_plugin(file), name=name, reference=module.__name__, local=False)
    return evolve(local_plugin(file), name=name)
