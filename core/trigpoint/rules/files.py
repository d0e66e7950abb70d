"""Which files the `rules` of a project name, which layers these extend, and what they say together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import define, evolve, field

from trigpoint.errors import Place, Problems
from trigpoint.model.plugin import NO_PLUGINS, Plugins, Registry
from trigpoint.resources import bundled, bundled_names
from trigpoint.rules.graph import shown
from trigpoint.rules.layers import empty, merged, normal, union
from trigpoint.rules.setting import Setting
from trigpoint.rules.shape import fit
from trigpoint.rules.toml_file import read_file
from trigpoint.rules.wording import did_you_mean

BUNDLED = "trigpoint:"
EXTENDS = "extends"
DEEPEST, LONGEST = 32, 200  # files above each other; characters of an entry
Files = Mapping[Path, str]  # with the names that messages have for them
OF_PLUGIN = re.compile(r"[a-z][a-z0-9_]*:")


def read_layers(
    root: Path,
    entries: Sequence[str],
    places: Sequence[Place],
    problems: Problems,
    plugins: Plugins = NO_PLUGINS,
) -> Setting | None:
    """All rule files over one another. A file counts once, where it is named first; what it extends lies below it.

    `plugins` are asked for the files that an entry "PLUGIN:NAME" names. None if a file is missing or cannot be read: what
    the others refer to may stand there, and would be called unknown.
    """
    layers = _Layers(root, problems, plugins)
    for entry, place in zip(entries, places, strict=True):
        layers.add(entry, place, {})
    return merged(layers.laid, problems) if layers.whole else None


@define
class _Layers:
    """The layers laid so far, the lowest first."""

    root: Path
    problems: Problems
    plugins: Plugins = NO_PLUGINS
    laid: list[Setting] = field(factory=list)
    whole: bool = True
    _placed: set[Path] = field(factory=set)
    _read: dict[Path, Setting | None] = field(factory=dict)
    _circles: set[frozenset[Path]] = field(factory=set)
    _ready_made: tuple[str, ...] = field(factory=lambda: bundled_names("rulesets"))

    def add(self, entry: str, place: Place, above: Files) -> None:
        """Lays the files of an entry as one layer, on those that they extend; `above` are the files that wait for it."""
        if len(above) > DEEPEST:
            text = f"rule files extend each other more than {DEEPEST} deep"
            self.problems.add("TP110", text, place, "name the layers in the project file")
            self.whole = False
            return
        named = self._named(entry, place, above)
        self.whole = self.whole and bool(named)
        new = {path: name for path, name in named.items() if path not in self._placed}
        waiting = {path: name for path, name in new.items() if path not in above}
        for path in new.keys() - waiting.keys():
            self._refuse_circle(path, place, above)
        for path, name in waiting.items():
            self._extend(path, name, above)
        # A file of a pattern may have been laid below another one of the same pattern.
        own = [path for path in waiting if path not in self._placed]
        self._placed.update(own)
        files = [each for each in (self._read[path] for path in own) if each is not None]
        if files or not above:
            self.laid.append(union(files, self.problems) if files else empty(place))

    def _extend(self, path: Path, name: str, above: Files) -> None:
        """Reads a file, and lays what it extends."""
        if path in self._read:
            return
        read = read_file(path, name, self.problems)
        self.whole = self.whole and read is not None
        if read is None:
            self._read[path] = None
            return
        fitting = fit(read, "rules", self.problems)
        own = {key: each for key, each in fitting.table.items() if key != EXTENDS}
        self._read[path] = normal(evolve(fitting, value=own))
        for each in fitting.table[EXTENDS].items if EXTENDS in fitting.table else ():
            self.add(str(each.value), each.place, {**above, path: name})

    def _refuse_circle(self, path: Path, place: Place, above: Files) -> None:
        """Tells a circle once, from whichever of its files it is seen."""
        circle = list(above)[list(above).index(path) :]
        if not any(path in told for told in self._circles):
            self._circles.add(frozenset(circle))
            names = shown([above[each] for each in (*circle, path)])
            self.problems.add("TP114", f"rule files extend each other in a circle: {names}", place)

    def _named(self, entry: str, place: Place, above: Files) -> Files:
        if len(entry) > LONGEST:
            self.problems.add("TP110", f"an entry of {len(entry):,} characters names no file", place)
            return {}
        if entry.startswith(BUNDLED):
            return self._bundled(entry, place)
        above_it = next(reversed(list(above.values())), "")  # whose `extends` has the entry
        if above_it.startswith(BUNDLED):
            text = f"'{entry}' is no ready-made ruleset, and a ready-made one extends no other files"
            self.problems.add("TP110", text, place, "ready-made ones are written trigpoint:NAME")
            return {}
        whose = OF_PLUGIN.match(above_it)
        if whose and not entry.startswith(whose[0]):
            text = f"'{entry}' is no rule file of plugin '{whose[0][:-1]}', and a plugin's one extends no other files"
            self.problems.add(
                "TP110", text, place, f"its own are written {whose[0]}NAME, ready-made ones trigpoint:NAME"
            )
            return {}
        if OF_PLUGIN.match(entry):
            return self._of_plugin(entry, place)
        return _own(self.root, entry, place, self.problems)

    def _of_plugin(self, entry: str, place: Place) -> Files:
        plugin = entry.partition(":")[0]
        registry = self.plugins.registry([plugin])
        if entry in registry.rulesets:
            return {registry.rulesets[entry]: entry}
        self.problems.add("TP110", *_missing(entry, plugin, registry, place))
        return {}

    def _bundled(self, entry: str, place: Place) -> Files:
        name, known = entry.removeprefix(BUNDLED), self._ready_made
        if name in known:
            return {bundled("rulesets") / f"{name}.toml": entry}
        within = [each for each in known if each.rpartition("/")[2] == name.rpartition("/")[2]]
        hint = f"did you mean '{within[0]}'?" if within else did_you_mean(name, known)
        self.problems.add("TP110", f"there is no ready-made ruleset '{name}'", place, hint)
        return {}


def _missing(entry: str, plugin: str, registry: Registry, place: Place) -> tuple[str, Place, str | None]:
    """Why a plugin's rule file is not there, and the way out."""
    found = registry.plugins.get(plugin)
    if found is None:
        idle = plugin in registry.idle
        text = f"'{entry}': plugin '{plugin}' is {'not enabled' if idle else 'not installed'}"
        hint = f'write enabled = ["{plugin}"] in [plugins]'
        return text, place, hint if idle else did_you_mean(plugin, (*registry.plugins, *registry.idle))
    if found.failure is not None:
        return f"'{entry}' is not there: {found.failure.text}", place, found.failure.hint
    names = [each.partition(":")[2] for each in registry.rulesets if each.startswith(f"{plugin}:")]
    name = entry.partition(":")[2]
    return f"{found} has no rule file '{name}'", place, did_you_mean(name, names)


def _own(root: Path, entry: str, place: Place, problems: Problems) -> Files:
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
