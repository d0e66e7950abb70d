"""What the code of a plugin has read, beside what is known of it when answers are kept: its own files, and installed packages."""

from __future__ import annotations

import os
import site
import sys
from types import ModuleType

import trigpoint
from trigpoint.model.plugin import Plugin
from trigpoint.workers.places import home_of

_SYSTEM = ("/dev", "/proc", "/sys", "/etc/localtime", "/usr/share/zoneinfo")


class Reads:
    """Watches this process from when it is made. Modules of a compiled library are seen; files that one reads by itself are not."""

    def __init__(self, folder: str) -> None:
        installed = (os.path.dirname(os.__file__), *site.getsitepackages(), site.getusersitepackages())
        own = (folder, os.path.dirname(trigpoint.__file__))
        self._known = {os.path.realpath(each) for each in (*_SYSTEM, *installed, *own)}
        self._paths: set[str] = set()
        self._modules = 0
        sys.addaudithook(self._heard)

    def allow(self, plugin: Plugin) -> None:
        """Know the files of a plugin."""
        self._known.add(os.path.realpath(home_of(plugin)))

    def all_known(self) -> bool:
        """Whether nothing else was read or imported so far."""
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            files = (vars(each).get("__file__") for each in list(sys.modules.values()) if isinstance(each, ModuleType))
            self._paths.update(file for file in files if isinstance(file, str))
        self._paths = {each for each in self._paths if not self._is_known(each)}
        return not self._paths

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            self._paths.add(os.path.abspath(os.fsdecode(arguments[0])))

    def _is_known(self, path: str) -> bool:
        real = os.path.realpath(path)
        return any(real == each or real.startswith(f"{each}/") for each in self._known)
