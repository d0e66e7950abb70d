"""Which plugins there are, by the metadata of the installed packages and the files of the project: nothing is imported."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import importlib.util
from collections.abc import Mapping
from pathlib import Path

from trigpoint.hookspecs import GROUP
from trigpoint.model.plugin import Plugin
from trigpoint.plugins.local import version_of

COMMANDS = "trigpoint.commands"  # the group in which a package names the commands of its plugins
Points = Mapping[str, tuple[importlib.metadata.EntryPoint, ...]]


def entry_points(group: str = GROUP) -> Points:
    """All entry points of a group by name. Their packages' names and versions are read when they are asked for."""
    found: dict[str, tuple[importlib.metadata.EntryPoint, ...]] = {}
    for point in importlib.metadata.entry_points(group=group):
        found[point.name] = (*found.get(point.name, ()), point)
    return found


def installed_plugins() -> tuple[Plugin, ...]:
    """Every plugin that is installed, enabled or not, by name."""
    found = {plugin_of(point) for points in entry_points().values() for point in points}
    return tuple(sorted(found, key=lambda plugin: (plugin.name, plugin.owner)))


def plugin_of(point: importlib.metadata.EntryPoint) -> Plugin:
    """What the metadata of its package tells of a plugin."""
    owner, version = (point.dist.name, point.dist.version) if point.dist else ("unknown", "?")
    file = file_of(point.module) or point.value
    return Plugin(point.name, owner, version, point.value, file, bundled=owner == GROUP)


def plugins_with_command(name: str) -> tuple[Plugin, ...]:
    """The installed plugins that bring a command of that name: those of the same package and module."""
    points = entry_points(COMMANDS).get(name, ())
    brought = {(plugin.owner, plugin.reference) for plugin in map(plugin_of, points)}
    return tuple(each for each in installed_plugins() if (each.owner, each.reference) in brought) if brought else ()


def commands_of(plugin: Plugin) -> tuple[str, ...]:
    """The names of the commands that a plugin brings."""
    points = (point for points in entry_points(COMMANDS).values() for point in points)
    found = map(plugin_of, points)
    return tuple(each.name for each in found if (each.owner, each.reference) == (plugin.owner, plugin.reference))


def file_of(module: str) -> str | None:
    """Where the code of a module lies, looked up without running it, or its package."""
    top, *parts = module.split(".")
    name = top
    try:
        spec = importlib.util.find_spec(top)
        for part in parts:
            name = f"{name}.{part}"
            spec = importlib.machinery.PathFinder.find_spec(name, spec.submodule_search_locations if spec else None)
    except (ImportError, ValueError):
        return None
    return spec.origin if spec else None


def local_plugin(path: Path) -> Plugin:
    """A Python file of the project; its version is what is in it."""
    version = version_of(path.read_bytes())
    return Plugin(path.stem, "this project", version, str(path), str(path), local=True)
