"""The names of the commands that plugins bring, from the metadata of their packages: quick, and nothing is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator

# Paths are texts here: `import pathlib` alone takes as long as the rest of the help.

GROUP = "trigpoint.commands"
PROJECT_FILE = "trigpoint.toml"
OURS = "trigpoint-"  # how the metadata folder of the package with the bundled plugins begins


def plugin_commands(core: Collection[str], given: str | None = None) -> dict[str, str]:
    """The commands of bundled plugins and of those that the project enables, with what the help says of them.

    `given` is the project folder that was named. The names of `core` cannot be taken.
    """
    found = dict.fromkeys(sorted(_bundled()), "A command of a plugin that comes with trigpoint.")
    enabled = enabled_plugins(project_folder(given))
    for name, plugin in sorted(_of_plugins(enabled)) if enabled else ():
        found.setdefault(name, f"A command of plugin '{plugin}'.")
    return {name: text for name, text in found.items() if name not in core}


def project_folder(given: str | None) -> str | None:
    """The project that a command line means; None if there is none."""
    if named := given or os.environ.get("TRIGPOINT_PROJECT"):
        return os.path.abspath(os.path.expanduser(named))
    folder = os.getcwd()
    while not os.path.isfile(os.path.join(folder, PROJECT_FILE)):
        if folder == os.path.dirname(folder):
            return None
        folder = os.path.dirname(folder)
    return folder


def enabled_plugins(root: str | None) -> tuple[str, ...]:
    """What the project file enables; nothing where it cannot be read, which whoever reads it whole will tell."""
    if root is None:
        return ()
    try:
        text = _text(os.path.join(root, PROJECT_FILE))
    except (OSError, UnicodeDecodeError):
        return ()
    if "enabled" not in text:
        return ()
    import tomllib

    try:
        named = tomllib.loads(text).get("plugins", {}).get("enabled", [])
    except (tomllib.TOMLDecodeError, AttributeError):
        return ()
    return tuple(each for each in named if isinstance(each, str)) if isinstance(named, list) else ()


def _of_plugins(enabled: Collection[str]) -> Iterator[tuple[str, str]]:
    """The commands of some plugins: those of the same package and module."""
    from importlib.metadata import entry_points

    plugins = [point for point in entry_points(group="trigpoint") if point.name in enabled]
    for point in entry_points(group=GROUP):
        for plugin in plugins:
            if plugin.value == point.value and plugin.dist and point.dist and plugin.dist.name == point.dist.name:
                yield point.name, plugin.name


def _bundled() -> Iterator[str]:
    """The commands in the metadata of our own package; to import what can read all metadata takes longer than all of help."""
    for folder in sys.path:
        try:
            names = [
                name for name in os.listdir(folder or ".") if name.startswith(OURS) and name.endswith(".dist-info")
            ]
            text = _text(os.path.join(folder, names[0], "entry_points.txt")) if names else ""
        except OSError:
            continue
        if text:
            yield from _names(text)
            return


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _names(text: str) -> Iterator[str]:
    section = text.partition(f"[{GROUP}]")[2].partition("[")[0]
    for line in section.splitlines():
        name, found, _ = line.partition("=")
        if found:
            yield name.strip()
