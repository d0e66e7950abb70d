"""Which files the `rules` of a project name, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trigpoint.errors import Place, Problems
from trigpoint.resources import bundled, bundled_names
from trigpoint.rules.layers import empty, merged, normal, union
from trigpoint.rules.setting import Setting
from trigpoint.rules.shape import fit
from trigpoint.rules.toml_file import read_file
from trigpoint.rules.wording import did_you_mean

BUNDLED = "trigpoint:"


def read_layers(root: Path, entries: Sequence[str], places: Sequence[Place], problems: Problems) -> Setting | None:
    """All rule files over one another. A file counts once, in the first entry that names it.

    None if one is missing or cannot be read: what the others refer to may stand there, and would be called unknown.
    """
    seen: set[Path] = set()
    layers, whole = [], True
    for entry, place in zip(entries, places, strict=True):
        named = _bundled(entry, place, problems) if entry.startswith(BUNDLED) else _own(root, entry, place, problems)
        new = {path: name for path, name in named.items() if path not in seen}
        whole = whole and bool(named)
        seen |= new.keys()
        read = [read_file(path, name, problems) for path, name in new.items()]
        files = [normal(fit(each, "rules", problems)) for each in read if each is not None]
        whole = whole and len(files) == len(new)
        layers.append(union(files, problems) if files else empty(place))
    return merged(layers, problems) if whole else None


def _bundled(entry: str, place: Place, problems: Problems) -> dict[Path, str]:
    name = entry.removeprefix(BUNDLED)
    if name in bundled_names("rulesets"):
        return {bundled("rulesets") / f"{name}.toml": entry}
    hint = did_you_mean(name, bundled_names("rulesets"))
    problems.add("TP110", f"there is no ready-made ruleset '{name}'", place, hint)
    return {}


def _own(root: Path, entry: str, place: Place, problems: Problems) -> dict[Path, str]:
    """The files of the project that an entry names, in order of their names."""
    if Path(entry).is_absolute():
        problems.add("TP111", f"'{entry}' lies outside the project", place, "rule files stay inside the project folder")
        return {}
    home = root.resolve()
    files: dict[Path, str] = {}
    matching = root.glob(entry) if Path(entry).parts else ()  # the pattern "." is none
    for path in sorted(path for path in matching if path.is_file()):
        if path.resolve().is_relative_to(home):
            files[path.resolve()] = path.relative_to(root).as_posix()
        else:
            problems.add("TP111", f"'{path}' lies outside the project", place, "copy it into the project folder")
            return {}
    if not files:
        problems.add("TP110", f"'{entry}' matches no file", place, "paths count from the project folder")
    return files
