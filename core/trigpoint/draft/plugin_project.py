"""The first files of a plugin: a package with a metric that works, its tests, and what builds and checks them."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from string import Template

from trigpoint import __version__
from trigpoint.draft.skeleton import write_new
from trigpoint.errors import UsageError

TEMPLATES = Path(__file__).parent / "new_plugin"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PLACES = {  # of the files in the project, by the names of their templates
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "workflow.yml": ".github/workflows/test.yml",
    "plugin.py": "src/{package}/__init__.py",
    "longest_gap.py": "src/{package}/longest_gap.py",
    "gaps.toml": "src/{package}/gaps.toml",
    "test_longest_gap.py": "tests/test_longest_gap.py",
}


def write_plugin(name: str, folder: Path | None = None, taken: Collection[str] = ()) -> tuple[Path, ...]:
    """Write the files of a plugin of that name, by default into `trigpoint-NAME`; answer their paths.

    `taken` are the names of the plugins that there are. No file that exists is touched. Raises UsageError or WriteError.
    """
    _check_name(name, taken)
    package, distribution = f"{name}_plugin", f"trigpoint-{name.replace('_', '-')}"
    words = {"name": name, "package": package, "distribution": distribution, "version": __version__}
    texts = {
        place.format(package=package): Template((TEMPLATES / f"{file}.in").read_text("utf-8")).substitute(words)
        for file, place in _PLACES.items()
    }
    texts[f"src/{package}/py.typed"] = ""
    root = folder or Path(distribution)
    write_new(root, texts)
    return tuple(root / each for each in texts)


def _check_name(name: str, taken: Collection[str]) -> None:
    if not _NAME.fullmatch(name):
        fitting = _fitting(name)
        rule = "take small letters, digits and _, a letter first, at most 40"
        hint = f"did you mean '{fitting}'?" if fitting else rule
        raise UsageError.of("TP387", f"'{name}' is no name for a plugin", hint=hint)
    if name in taken:
        hint = f'take another name: rules say `plugin = "{name}.METRIC"`, and must mean one plugin'
        raise UsageError.of("TP388", f"there is a plugin '{name}' already", hint=hint)


def _fitting(name: str) -> str:
    """The nearest name that would do; '' if there is none."""
    plain = re.sub(r"^trigpoint[-_]|[-_]plugin$", "", name.strip().lower())
    small = re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")
    return small[:40]
