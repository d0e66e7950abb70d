"""Where a plugin's code lies, and where in it something happened."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trigpoint.errors import Place
from trigpoint.model.plugin import Plugin


def own_place(frames: Iterable[tuple[str, int | None]], plugin: Plugin) -> Place | None:
    """The first of the frames, innermost first, that is a line of the plugin's own code."""
    home = Path(plugin.file)
    for name, line in frames:
        file = Path(name)
        if file == home or (home.name == "__init__.py" and file.is_relative_to(home.parent)):
            return Place(name, line)
    return None


def home_of(plugin: Plugin) -> Path:
    """The folder of a plugin's package, the outermost one; or the file, of a plugin that is one."""
    file = Path(plugin.file)
    depth = plugin.reference.partition(":")[0].count(".") + (file.name == "__init__.py")
    return file if plugin.local or depth == 0 else file.parents[depth - 1]
