"""Layers: rule files one over the other, key by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from attrs import evolve, frozen

from trigpoint.errors import Place, Problems
from trigpoint.rules.graph import circles, in_order, shown
from trigpoint.rules.setting import Broken, Removed, Setting
from trigpoint.rules.wording import did_you_mean

Path = tuple[str, ...]
BASED = ("metrics", "scorecards")  # whose entries may be based on another
SCALES = ("linear", "steps", "upto", "curve", "target", "choices", "rank")
COMPANIONS = {"target": ("zero_at", "max_points"), "rank": ("peers",)}


def empty(place: Place) -> Setting:
    """A table without entries."""
    return Setting({}, place, place)


def normal(root: Setting) -> Setting:
    """A file with its short forms written out: a group that is a number is its weight, `replace = true` is a mark."""
    root = _with_marks(root)
    cards = {name: _normal_card(card) for name, card in root.table.get("scorecards", empty(root.place)).table.items()}
    if not cards:
        return root
    return evolve(root, value={**root.table, "scorecards": evolve(root.table["scorecards"], value=cards)})


def _with_marks(setting: Setting) -> Setting:
    if not isinstance(setting.value, dict):
        return setting
    entries = {key: _with_marks(each) for key, each in setting.value.items()}
    replaces = "replace" in entries and entries["replace"].value is True
    if replaces:
        del entries["replace"]
    return evolve(setting, value=entries, replaces=replaces)


def _normal_card(card: Setting) -> Setting:
    groups = card.table.get("groups")
    if groups is None or not groups.table:
        return card
    long = {
        name: evolve(each, value={"weight": each}) if type(each.value) in (int, float) else each
        for name, each in groups.table.items()
    }
    return evolve(card, value={**card.table, "groups": evolve(groups, value=long)})


def union(files: Iterable[Setting], problems: Problems) -> Setting:
    """The files of one layer as one: nothing may be set in two of them."""
    return reduce(lambda one, other: _united(one, other, problems), files)


def _united(one: Setting, other: Setting, problems: Problems) -> Setting:
    entries = dict(one.table)
    for key, each in other.table.items():
        first = entries.get(key)
        if first is None:
            entries[key] = each
        elif isinstance(first.value, dict) and isinstance(each.value, dict):
            entries[key] = _united(first, each, problems)
        elif not isinstance(first.value, Broken) and not isinstance(each.value, Broken):
            text = f"'{key}' is set twice within one layer, first at {first.key}"
            problems.add("TP103", text, each.key, "keep one, or put the files into two entries of `rules`")
    return evolve(one, value=entries, replaces=one.replaces or other.replaces)


def merged(layers: Iterable[Setting], problems: Problems) -> Setting:
    """All layers as one table, the later over the earlier, and what is based on something else filled in."""
    start = empty(Place("rules"))
    return _Merge(problems).based(reduce(lambda under, over: _Merge(problems).over(under, over, ()), layers, start))


@frozen
class _Merge:
    problems: Problems

    def over(self, under: Setting | None, over: Setting, path: Path, waits: bool = False) -> Setting:
        """`over` laid over `under`. Removals are kept where the table `waits` for what it is based on."""
        if _whole(path) or under is None or not isinstance(under.value, dict) or over.replaces:
            entries: dict[str, Setting] = {}
        else:
            entries = _without_old_slots(under.table, over.table, path)
        waits = waits or (len(path) == 2 and path[0] in BASED and _is_based(entries, over.table))
        for key, each in over.table.items():
            if (each.value is False and not _free(path)) or isinstance(each.value, Removed):
                self.remove(entries, key, each, waits)
            elif isinstance(each.value, dict) and not (_free(path) and _is_secret(each.value)):
                entries[key] = self.over(entries.get(key), each, (*path, key), waits)
            else:
                entries[key] = each
        keeps = waits and under is not None and under.replaces
        return Setting(entries, over.place, over.key, replaces=over.replaces or keeps)

    def remove(self, entries: dict[str, Setting], key: str, each: Setting, waits: bool) -> None:
        there = key in entries and not isinstance(entries[key].value, Removed)
        done = there or (isinstance(each.value, Removed) and each.value.done)
        if waits:
            entries[key] = evolve(each, value=Removed(done))
            return
        if not done:
            text = f"'{key} = false' removes nothing: nothing before sets it"
            self.problems.add("TP112", text, each.key, did_you_mean(key, entries))
        entries.pop(key, None)

    def based(self, root: Setting) -> Setting:
        """The table with each entry that is `based_on` another laid over that one."""
        entries = dict(root.table)
        for section in BASED:
            if section in entries:
                entries[section] = evolve(entries[section], value=self.section(section, entries[section].table))
        return evolve(root, value=entries)

    def section(self, section: str, named: dict[str, Setting]) -> dict[str, Setting]:
        bases = {name: each.table["based_on"] for name, each in named.items() if _base(each.table)}
        needs = {name: [str(bases[name].value)] if name in bases else [] for name in named}
        for circle in circles(needs):
            text = f"{section} are based on each other in a circle: {shown(circle)}"
            self.problems.add("TP114", text, bases[circle[0]].place)
        for name, base in bases.items():
            if isinstance(base.value, str) and base.value not in named:
                text = f"'{name}' is based on '{base.value}', which is not there"
                self.problems.add("TP104", text, base.place, did_you_mean(base.value, named))
        whole = {name: evolve(each, value=Broken()) for name, each in named.items()}
        for name in in_order(needs):
            whole[name] = self.filled(section, named[name], whole.get(needs[name][0]) if name in bases else None)
        return whole

    def filled(self, section: str, own: Setting, base: Setting | None) -> Setting:
        if base is None:
            return self.over(None, own, (section, "")) if isinstance(own.value, dict) else own
        if isinstance(base.value, Broken):
            return evolve(own, value=Broken())
        entries = {key: each for key, each in own.table.items() if key != "based_on"}
        return self.over(base, evolve(own, value=entries), (section, ""))


def _base(entries: Mapping[str, Setting]) -> bool:
    return "based_on" in entries and not isinstance(entries["based_on"].value, Removed)


def _is_based(under: Mapping[str, Setting], over: Mapping[str, Setting]) -> bool:
    """Whether a table is based on another: then what it removes is removed when that one is laid under it."""
    return _base(under) or (_base(over) and over["based_on"].value is not False)


def _whole(path: Path) -> bool:
    """Bands are replaced as a whole: half of the old edges and half of the new ones would be a third scorecard."""
    return len(path) == 3 and path[0] == "scorecards" and path[2] == "bands"


def _free(path: Path) -> bool:
    """The settings of a plugin's metric: `false` is a value there, and removes nothing."""
    return len(path) >= 3 and path[0] == "metrics" and path[2] == "settings"


def _is_secret(value: Mapping[str, Setting]) -> bool:
    """Where a secret is kept is one value: half of it over half of another would be a third place."""
    return len(value) == 1 and next(iter(value)) in ("env", "file")


def _without_old_slots(under: dict[str, Setting], over: dict[str, Setting], path: Path) -> dict[str, Setting]:
    """What stays of a measure when a new scale, or a new value, takes the place of the inherited one."""
    if len(path) != 4 or path[0] != "scorecards" or path[2] != "measures":
        return dict(under)
    gone = set(_replaced(under, over, SCALES)) | set(_replaced(under, over, ("metric", "value")))
    gone |= {key for scale in gone for key in COMPANIONS.get(scale, ())}
    return {key: each for key, each in under.items() if key not in gone}


def _replaced(under: dict[str, Setting], over: dict[str, Setting], slot: Iterable[str]) -> Iterator[str]:
    keys = tuple(slot)
    if any(key in over and over[key].value is not False and key not in under for key in keys):
        yield from (key for key in keys if key in under and key not in over)
