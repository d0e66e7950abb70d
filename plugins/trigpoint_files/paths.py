"""Which files a source means: one path or a pattern, and what lies nearby when there is none."""

from __future__ import annotations

import difflib
import glob
import os
from pathlib import Path

from trigpoint import InputError, Problem, SourceRequest

ALIKE = 0.7  # how alike two names must be to be told: below, a hint misleads
MAGIC = frozenset("*?[")


def find_files(request: SourceRequest) -> tuple[Path, ...]:
    """The files, sorted by name. Raises InputError (TP401) if there is none."""
    written = str(request.settings.options["path"])
    path = request.root / written
    if path.is_file():
        return (path,)
    if not MAGIC.isdisjoint(written):
        found = sorted(name for name in glob.glob(str(path), recursive=True) if Path(name).is_file())
        if found:
            return tuple(Path(name) for name in found)
        raise _missing(request, f"no file matches '{written}'", _near(path))
    if path.is_dir():
        raise _missing(
            request, f"'{written}' is a folder", f'write a pattern, e.g. path = "{written.rstrip("/")}/*.csv"'
        )
    raise _missing(request, f"there is no file '{written}'", _near(path))


def shown(path: Path, request: SourceRequest) -> str:
    """The path as messages and the quarantine show it: as seen from the project's folder."""
    return os.path.relpath(path, request.root)


def _missing(request: SourceRequest, text: str, hint: str) -> InputError:
    return InputError(Problem("TP401", f"source '{request.settings.name}': {text}", request.settings.place, hint))


def _near(path: Path) -> str:
    """What could have been meant: the closest names in the folder, or the folder that is missing."""
    folder = path.parent
    while not folder.is_dir():
        if folder.parent == folder or not MAGIC.isdisjoint(folder.name):
            return f"looked in {folder.parent}"
        folder = folder.parent
    if folder != path.parent and MAGIC.isdisjoint(str(path.parent)):
        return f"there is no folder {path.parent}"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith("."))
    stem = path.name.partition(".")[0]  # endings are alike anyhow
    alike = [name for name in names if difflib.SequenceMatcher(None, name.partition(".")[0], stem).ratio() >= ALIKE]
    if close := difflib.get_close_matches(path.name, alike, 3, 0):
        return f"did you mean {' or '.join(repr(name) for name in close)}?"
    few = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return f"{folder} holds {few}" if names else f"{folder} is empty"
