"""Plugins that are a file of the project: their version is what is in it, and nothing else is ever run."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path


def version_of(content: bytes) -> str:
    """The version of a file with this content."""
    return hashlib.sha256(content).hexdigest()[:12]


def import_file(path: Path, version: str) -> object:
    """The module that a file makes. Raises ImportError if there is another version in it, and whatever its code raises."""
    name = f"trigpoint_local_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_AsItIs(name, path, version))
    assert spec is not None  # noqa: S101  # it has a loader
    assert spec.loader is not None  # noqa: S101  # likewise
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]  # a half-run module must not be found by the next import
        raise
    return module


class _AsItIs(SourceFileLoader):
    """Compiles what the file holds now: a kept .pyc is told from it by its size and the second of its time alone."""

    def __init__(self, name: str, path: Path, version: str) -> None:
        super().__init__(name, str(path))
        self._version = version

    def get_code(self, fullname: str) -> object:  # type: ignore[override]  # a code object, as there
        path = self.get_filename(fullname)
        content = self.get_data(path)
        if version_of(content) != self._version:
            raise ImportError("its file has changed since the run began; run again")
        return self.source_to_code(content, path)
