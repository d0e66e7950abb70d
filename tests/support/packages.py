"""Installed packages with plugins, as far as importlib.metadata looks."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

from attrs import field, frozen

from trigpoint.model.project import Project, SourceSettings
from trigpoint.model.ruleset import Calendar

SHEETS = """
from trigpoint import hookimpl

class Sheets:
    name = "{name}"
    schema = {{"type": "object"}}
    def read(self, request):
        return iter(())

@hookimpl
def trigpoint_sources():
    return [Sheets()]
"""


@frozen
class Packages:
    """A folder on `sys.path` in which packages are installed."""

    root: Path
    modules: list[str] = field(factory=list)

    def add(
        self,
        module: str,
        code: str,
        *,
        point: str | None = None,
        package: str | None = None,
        commands: Iterable[str] = (),
    ) -> Path:
        """Install a package of one module, with its entry point and those of its commands; answers the module's file."""
        package = package or f"{module}-trigpoint"
        info = self.root / f"{package.replace('-', '_')}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n", encoding="utf-8")
        points = f"[trigpoint]\n{point or module} = {module}\n"
        points += "[trigpoint.commands]\n" + "".join(f"{name} = {module}\n" for name in commands)
        (info / "entry_points.txt").write_text(points, encoding="utf-8")
        file = self.root / f"{module}.py"
        file.write_text(code, encoding="utf-8")
        self.modules.append(module)
        sys.modules.pop(module, None)  # another test may have left one of that name
        importlib.invalidate_caches()  # which remember folders by the second
        return file

    def forget(self) -> None:
        """What was imported of them is to be imported again."""
        for module in self.modules:
            sys.modules.pop(module, None)


def project(root: Path, *sources: str, enabled: tuple[str, ...] = (), local: tuple[str, ...] = ()) -> Project:
    """A project whose sources have the names of their plugins."""
    named = {name: SourceSettings(name, name, name) for name in sources}
    return Project(root, Calendar(), (), plugins=enabled, local_plugins=local, sources=named)
