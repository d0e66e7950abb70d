"""What differs between two rulesets as they were kept: setting by setting, what is only told left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from trigpoint.model.ruleset import Path
from trigpoint.rules.setting import TOLD

_JUDGE_NOTHING = frozenset({"benchmarks"})
Settings = Mapping[str, object]


@frozen
class SettingChange:
    """One setting of the rules that is another now; None where it was not, or is not any more."""

    path: Path
    before: object
    after: object


def changed_settings(before: Settings, after: Settings, first: Path = ()) -> tuple[SettingChange, ...]:
    """The settings that differ, in order of the rules; those below `first` come first."""
    old, new = dict(_flat(before)), dict(_flat(after))
    found = [
        SettingChange(path, old.get(path), new.get(path))
        for path in dict.fromkeys([*new, *old])
        if old.get(path) != new.get(path)
    ]
    return tuple(sorted(found, key=lambda each: each.path[: len(first)] != first))


def _flat(settings: Settings, path: Path = ()) -> Iterator[tuple[Path, object]]:
    for name, value in settings.items():
        if name in TOLD or (not path and name in _JUDGE_NOTHING):
            continue
        if isinstance(value, Mapping) and path[:1] == ("plugins",) and len(path) == 2:
            # What a plugin declares goes with its version; one that failed declares nothing.
            yield (*path, name), "failed" if "failed" in value else value.get("version")
        elif isinstance(value, Mapping):
            yield from _flat(value, (*path, name))
        else:
            yield (*path, name), value
