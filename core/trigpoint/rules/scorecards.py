"""Scorecards of the rules: groups, measures, guards and bands, and how they fit together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

from attrs import evolve

from trigpoint.model.expression import Expression, Points, walk
from trigpoint.model.scorecard import RESERVED, Gate, Group, Guard, Measure, Scorecard
from trigpoint.rules.bands import read_bands
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.families import check_families, check_names
from trigpoint.rules.graph import circles, shown
from trigpoint.rules.limits import highest_scale
from trigpoint.rules.measures import Setup, read_measure, weight_of
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.scales import points_of
from trigpoint.rules.scopes import AtSubject
from trigpoint.rules.weights import check_weights

_MISSING = 'write "skip" (its weight is shared out), "middle" (50 points), "worst" (0 points) or "fail" (no score)'


def read_scorecards(draft: Draft) -> None:
    """Every scorecard, then what families have in common."""
    check_names(draft)
    for name, reader in draft.readers("scorecards"):
        with draft.making("scorecard", name):
            draft.scorecards[name] = _scorecard(name, reader, draft)
    check_families(draft)


def _scorecard(name: str, reader: Reader, draft: Draft) -> Scorecard:
    faults = len(reader.problems.found)
    if not reader.has("missing"):
        text = f"{reader.what} does not say what happens to a measure without data"
        reader.problems.add("TP107", text, reader.setting.key, _MISSING)
    subject = reader.known(reader.need("subject"), draft.declared("subjects"), "subject")
    if subject not in draft.subjects:
        raise Unusable
    card = Scorecard(name, subject, "skip", ())
    for key in ("missing", "combine"):
        with going_on():
            card = evolve(card, **{key: reader.word(key, getattr(card, key))})
    at = AtSubject.of(draft, subject)
    card = _head(card, reader, at)
    names = _names(reader)
    setup = Setup(at, card.combine, _groups(reader, names))
    inside = evolve(setup, at=at.with_points(names))
    card = evolve(card, groups=_whole_groups(reader, inside), measures=_measures(reader, setup))
    card = evolve(card, guards=_guards(reader, inside))
    _check_limits(card, reader)
    _check_gates(card, reader)
    if len(reader.problems.found) == faults and len(card.measures) + len(card.groups) == len(names):
        check_weights(card, reader)
    with going_on():
        card = evolve(card, bands=read_bands(card, reader))
    if len(reader.problems.found) > faults:
        raise Unusable
    return card


def _head(card: Scorecard, reader: Reader, at: AtSubject) -> Scorecard:
    """The settings of the scorecard itself."""
    if reader.has("base") and card.combine != "sum":
        text = "'base' belongs to scorecards with combine = \"sum\""
        reader.problems.add("TP146", text, reader.setting.table["base"].key)
    if reader.has("priority") and not reader.has("family"):
        reader.problems.add("TP130", "'priority' has no meaning without 'family'", reader.setting.table["priority"].key)
    with going_on():
        card = evolve(card, when=at.read(reader, "when", "boolean"))
    with going_on():
        card = evolve(
            card,
            base=reader.number("base", 0.0),
            min_coverage=reader.number("min_coverage", 0.0),
            hold=reader.number("hold", 0.0),
            family=reader.text("family"),
            priority=reader.number("priority", 0.0),
            every=reader.word("every", card.every),
            text=reader.words(),
        )
    return card


def _names(reader: Reader) -> tuple[str, ...]:
    """The names of groups and measures, which share one set of columns in the results."""
    names: dict[str, str] = {}
    for key in ("groups", "measures"):
        with going_on():
            for name, setting in reader.entries(key):
                if name in RESERVED:
                    text = f"a {key[:-1]} cannot be called '{name}': every result has a column of that name"
                    reader.problems.add("TP116", text, setting.key, "choose another name")
                if name in names:
                    text = f"'{name}' is a group and a measure"
                    reader.problems.add("TP115", text, setting.key, "rename one of them")
                names[name] = key
    return tuple(names)


def _groups(reader: Reader, names: tuple[str, ...]) -> tuple[str, ...]:
    groups = reader.setting.table.get("groups")
    return () if groups is None else tuple(name for name in groups.table if name in names)


def _whole_groups(reader: Reader, setup: Setup) -> tuple[Group, ...]:
    groups = []
    with going_on():
        for name, each in reader.below("groups"):
            with going_on():
                groups.append(_group(name, each, setup))
    needs = {group.name: [group.parent] if group.parent else [] for group in groups}
    for circle in circles(needs):
        place = reader.setting.table["groups"].table[circle[0]].table["group"].place
        reader.problems.add("TP114", f"groups lie in each other in a circle: {shown(circle)}", place)
    return tuple(groups)


def _group(name: str, reader: Reader, setup: Setup) -> Group:
    keys, model = (("weight", "combine"), "sum") if setup.combine == "sum" else (("max",), "other")
    for key in keys:
        if reader.has(key):
            text = (
                f"'{key}' has no meaning for a group of a sum scorecard"
                if model == "sum"
                else f"'{key}' belongs to groups of a scorecard with combine = \"sum\""
            )
            reader.refuse("TP146", text, reader.setting.table[key].key)
    found = reader.get("max")
    return Group(
        name,
        parent=reader.name("group", setup.groups, "group"),
        weight=weight_of(reader),
        combine=reader.word("combine", "mean"),
        maximum=None if found is None else reader.finite(found, "max"),
        gate=_gate(reader, setup),
        text=reader.words(),
    )


def _gate(reader: Reader, setup: Setup) -> Gate | None:
    found = reader.get("gate")
    if found is None:
        return None
    inner = Reader("the gate", found, reader.problems)
    inner.need("when")
    otherwise = inner.need("else", "write else = 0: the group's points while the gate is closed")
    when = cast(Expression, setup.at.read(inner, "when", "boolean"))
    return Gate(when, points_of(inner, otherwise, setup.at, "else"))


def _measures(reader: Reader, setup: Setup) -> tuple[Measure, ...]:
    measures = []
    with going_on():
        if not any(True for _ in reader.entries("measures")):
            reader.refuse("TP154", f"{reader.what} has no measures", reader.setting.key)
        for name, each in reader.below("measures"):
            with going_on():
                measures.append(read_measure(name, each, setup))
    return tuple(measures)


def _guards(reader: Reader, setup: Setup) -> tuple[Guard, ...]:
    guards = []
    with going_on():
        for name, each in reader.below("guards"):
            with going_on():
                guards.append(_guard(name, each, setup))
    return tuple(guards)


def _guard(name: str, reader: Reader, setup: Setup) -> Guard:
    reader.need("when", "a guard is a condition")
    when = cast(Expression, setup.at.read(reader, "when", "boolean"))
    limits: dict[str, Expression | None] = {}
    for key in ("set", "floor", "cap"):
        limits[key] = setup.at.read(reader, key, "number")
    return Guard(name, when, limits["set"], limits["floor"], limits["cap"], reader.text("kind"), reader.text("reason"))


def _check_limits(card: Scorecard, reader: Reader) -> None:
    """The numbers of guards lie where scores lie."""
    measures, written = reader.setting.table.get("measures"), reader.setting.table.get("guards")
    whole = measures is not None and len(card.measures) == len(measures.table)
    best = highest_scale(card) if whole else math.inf  # a measure that was refused may have more max_points
    scores = "scores are 0 or more" if math.isinf(best) else f"scores go from 0 to {best:g}"
    for guard in card.guards:
        for key, limit in (("set", guard.set), ("floor", guard.floor), ("cap", guard.cap)):
            if limit is not None and isinstance(limit.constant, float) and not 0 <= limit.constant <= best:
                place = written.table[guard.name].table[key].place if written is not None else reader.setting.key
                text = f"{scores}, '{key}' is {limit.constant:g}"
                reader.problems.add("TP153", text, place, "a guard's limit is a score, not a size or an amount")


def _check_gates(card: Scorecard, reader: Reader) -> None:
    """A gate may not wait for points that wait for the gate."""
    needs: dict[str, list[str]] = {measure.name: [] for measure in card.measures}
    for group in card.groups:
        needs[group.name] = [member.name for member in card.members(group.name)]
    looks: Mapping[str, list[str]] = {
        group.name: [node.name for node in walk(group.gate.when.tree) if isinstance(node, Points)]
        for group in card.groups
        if group.gate is not None
    }
    for circle in circles({name: [*needs[name], *looks.get(name, [])] for name in needs}):
        gated = next((name for name in circle if name in looks), None)
        if gated is not None:  # else it is a circle of groups, which was told
            place = reader.setting.table["groups"].table[gated].table["gate"].table["when"].place
            reader.problems.add("TP114", f"a gate waits for its own group: {shown(circle)}", place)
