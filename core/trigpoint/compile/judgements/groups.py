"""The weighted tree: from points of measures to points of groups, to the score, its coverage, and back to what each cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile.engines.base import Engine, Template
from trigpoint.compile.sql import Level
from trigpoint.model.expression import Points, walk
from trigpoint.model.scorecard import Combine, Group, Measure, Scorecard

STAND_INS = {"middle": 50.0, "worst": 0.0}


@frozen
class Member:
    """One branch of the tree as the level above sees it: columns that hold its points and its coverage."""

    name: str
    weight: float
    points: str
    cover: str
    applies: str | None  # a condition; None: always


@frozen
class Tree:
    """A scorecard's tree in SQL. Every method gives columns of one level; what they are called is said there."""

    card: Scorecard
    engine: Engine

    # ---- leaves

    def combined(self) -> dict[str, str]:
        """`p__<measure>`: the points that are combined, where they may differ from the measure's own: stand-ins."""
        found = {}
        for measure in self.card.measures:
            if (stand_in := STAND_INS.get(self.card.missing_of(measure))) is not None:
                points = f"coalesce(points__{measure.name}, {self.engine.number(stand_in)})"
                unless = ([f"on__{measure.name} = 0"] if measure.when else []) + self._skipped(measure)
                found[f"p__{measure.name}"] = (
                    f"CASE WHEN {' OR '.join(unless)} THEN NULL ELSE {points} END" if unless else points
                )
        return found

    @staticmethod
    def _skipped(measure: Measure) -> list[str]:
        """Stale with `stale = "skip"`: its weight is shared out whatever `missing` says."""
        name = measure.name
        return (
            [f"(stale__{name} = 1 AND x__{name} IS NOT NULL)"] if measure.valid_for and measure.stale == "skip" else []
        )

    def covered(self, measure: Measure) -> str:
        """The condition that the measure has data of its own."""
        has = f"points__{measure.name} IS NOT NULL"
        return f"{has} AND stale__{measure.name} = 0" if measure.valid_for and measure.stale == "worst" else has

    def fails(self) -> list[str]:
        """The conditions under which a measure with `missing = "fail"` has none."""
        found = []
        for measure in self.card.measures:
            if self.card.missing_of(measure) == "fail":
                unless = ([f"on__{measure.name} = 1"] if measure.when else []) + [
                    f"NOT {each}" for each in self._skipped(measure)
                ]
                found.append(" AND ".join([f"points__{measure.name} IS NULL", *unless]))
        return found

    def member(self, node: Group | Measure) -> Member:
        """The branch of a group or measure."""
        name = node.name
        if isinstance(node, Measure):
            stands_in = self.card.missing_of(node) in STAND_INS
            points = f"p__{name}" if stands_in else f"points__{name}"
            cover = f"CASE WHEN {self.covered(node)} THEN 1.0 ELSE 0.0 END"
            return Member(name, node.weight, points, cover, f"on__{name} = 1" if node.when else None)
        applies = f"on__{name} = 1" if self._conditional(node) else None
        return Member(name, node.weight, f"points__{name}", f"cover__{name}", applies)

    def members(self, group: str | None) -> list[Member]:
        """The branches of a group, or of the root."""
        return [self.member(node) for node in self.card.members(group)]

    def _conditional(self, group: Group) -> bool:
        """Whether a group may not apply: each of its members has a condition."""
        return all(
            node.when is not None if isinstance(node, Measure) else self._conditional(node)
            for node in self.card.members(group.name)
        )

    # ---- upwards

    def rungs(self) -> list[list[Group]]:
        """The groups by level: each after its members and after what its gate looks at."""
        rung: dict[str, int] = {}
        groups = {group.name: group for group in self.card.groups}

        def of(group: Group) -> int:
            if group.name not in rung:
                below = [node for node in self.card.members(group.name) if isinstance(node, Group)]
                below += [groups[name] for name in _gate_reads(group) if name in groups]
                rung[group.name] = 1 + max((of(each) for each in below), default=-1)
            return rung[group.name]

        ordered = sorted(self.card.groups, key=of)
        return [
            [group for group in ordered if rung[group.name] == k] for k in range(max(rung.values(), default=-1) + 1)
        ]

    def group(self, group: Group) -> dict[str, str]:
        """`raw__` (before the gate) or `points__`, `weight__`, `cover__` and `on__` of a group."""
        members, name = self.members(group.name), group.name
        column = f"raw__{name}" if group.gate else f"points__{name}"
        found = {column: self._combine(members, self._how(group))}
        if self.card.combine == "sum" and group.maximum is not None:
            found[column] = self.engine.least(found[column], self.engine.number(group.maximum))
        if self._how(group) == "mean":
            found[f"weight__{name}"] = self._weight(members)
        if self.card.combine != "sum":
            found[f"cover__{name}"] = self._coverage(members)
        if self._conditional(group):
            found[f"on__{name}"] = f"CASE WHEN {' OR '.join(each.applies or '' for each in members)} THEN 1 ELSE 0 END"
        return found

    def _how(self, group: Group | None) -> Combine:
        if self.card.combine == "sum" or group is None:
            return self.card.combine
        return group.combine

    def total(self) -> dict[str, str]:
        """`total__raw`, `total__weight` and `total__coverage` of the whole scorecard."""
        members = self.members(None)
        raw = self._combine(members, self.card.combine)
        if self.card.combine == "sum":
            base = self.engine.number(self.card.base)
            raw = self.engine.greatest("0.0", self.engine.least("100.0", f"{base} + coalesce({raw}, 0.0)"))
            return {"total__raw": raw, "total__coverage": self._worth_coverage()}
        found = {"total__raw": raw, "total__coverage": f"coalesce({self._coverage(members)}, 0.0)"}
        return found | ({"total__weight": self._weight(members)} if self.card.combine == "mean" else {})

    def _combine(self, members: Sequence[Member], how: Combine) -> str:
        points = [each.points for each in members]
        match how:
            case "mean":
                terms = [f"coalesce({self.engine.number(each.weight)} * {each.points}, 0.0)" for each in members]
                return f"({' + '.join(terms)}) / nullif({self._weight(members)}, 0.0)"
            case "sum":
                terms = [self._worth(each) for each in members]
                known = f"coalesce({', '.join(points)})" if len(points) > 1 else points[0]
                total = " + ".join(f"coalesce({term}, 0.0)" for term in terms)
                return f"CASE WHEN {known} IS NOT NULL THEN {total} END"
            case "worst":
                return self._extreme(points, self.engine.least, self.engine.number(math.inf))
            case "best":
                return self._extreme(points, self.engine.greatest, self.engine.number(-math.inf))

    @staticmethod
    def _extreme(points: Sequence[str], choose: Template, nothing: str) -> str:
        if len(points) == 1:
            return points[0]
        return f"nullif({choose(*(f'coalesce({each}, {nothing})' for each in points))}, {nothing})"

    def _weight(self, members: Sequence[Member]) -> str:
        """The sum of the weights of what is combined."""
        return " + ".join(
            f"CASE WHEN {each.points} IS NULL THEN 0.0 ELSE {self.engine.number(each.weight)} END" for each in members
        )

    def _coverage(self, members: Sequence[Member]) -> str:
        """The share of the weight that applies in which there is data."""
        covered, total = [], []
        for each in members:
            weight = self.engine.number(each.weight)
            applies = f"CASE WHEN {each.applies} THEN {{}} ELSE 0.0 END" if each.applies else "{}"
            covered.append(applies.format(f"{weight} * {each.cover}"))
            total.append(applies.format(weight))
        return f"coalesce(({' + '.join(covered)}) / nullif({' + '.join(total)}, 0.0), 0.0)"

    # ---- impact models

    def _worth(self, member: Member) -> str:
        measure = next((each for each in self.card.measures if each.name == member.name), None)
        if measure is None or measure.worth is None:
            return member.points
        low, high = measure.worth
        number = self.engine.number
        return f"({number(low)} + {number(high - low)} * {member.points} / 100.0)"

    def _worth_coverage(self) -> str:
        leaves = []
        for measure in self.card.measures:
            low, high = measure.worth or (0.0, 0.0)
            member = self.member(measure)
            leaves.append(Member(member.name, max(abs(low), abs(high)), member.points, member.cover, member.applies))
        return self._coverage(leaves)

    # ---- downwards

    def carriers(self) -> dict[str, str]:
        """`carrier__<group>` (root: `total__carrier`): the first member whose points a worst or best group took."""
        found = {}
        for group in (None, *self.card.groups):
            if self._how(group) in ("worst", "best"):
                combined = "total__raw" if group is None else f"{'raw' if group.gate else 'points'}__{group.name}"
                branches = [
                    f"WHEN {each.points} = {combined} THEN '{each.name}'"
                    for each in self.members(group.name if group else None)
                ]
                found["total__carrier" if group is None else f"carrier__{group.name}"] = (
                    f"CASE {' '.join(branches)} END"
                )
        return found

    def shares(self) -> list[Level]:
        """Levels of `share__<name>`: how much of the final score hangs on each branch, from the root down."""
        levels: list[Level] = []
        parents: list[str | None] = [None]
        while parents:
            columns: dict[str, str] = {}
            below: list[str | None] = []
            for parent in parents:
                for node in self.card.members(parent):
                    columns[f"share__{node.name}"] = self._share(parent, self.member(node))
                    if isinstance(node, Group):
                        below.append(node.name)
            if columns:
                levels.append(Level(f"level__shares_{len(levels) + 1}", columns, "how much of the score hangs on each"))
            parents = below
        return levels

    def _share(self, parent: str | None, member: Member) -> str:
        group = next((each for each in self.card.groups if each.name == parent), None)
        above = f"share__{parent}" if parent else "1.0"
        match self._how(group):
            case "mean":
                weight = f"weight__{parent}" if parent else "total__weight"
                return f"CASE WHEN {member.points} IS NOT NULL THEN {above} * {self.engine.number(member.weight)} / {weight} END"
            case "sum":
                return f"CASE WHEN {member.points} IS NOT NULL THEN 1.0 END"
        carrier = f"carrier__{parent}" if parent else "total__carrier"
        return f"CASE WHEN {carrier} = '{member.name}' THEN {above} ELSE 0.0 END"

    def lost(self) -> dict[str, str]:
        """`lost__<measure>`, and `lost__<group>` for what a gate took away, in points of the score."""
        found = {}
        for measure in self.card.measures:
            points = self.member(measure).points
            lost = f"100.0 - {points}"
            if self.card.combine == "sum" and measure.worth:
                low, high = measure.worth
                lost = f"{self.engine.number(high - low)} - {self.engine.number(high - low)} * {points} / 100.0"
            found[f"lost__{measure.name}"] = f"share__{measure.name} * ({lost})"
        for group in self.card.groups:
            if group.gate:
                found[f"lost__{group.name}"] = f"share__{group.name} * (raw__{group.name} - points__{group.name})"
        return found


def _gate_reads(group: Group) -> list[str]:
    if group.gate is None:
        return []
    trees = (group.gate.when.tree, group.gate.otherwise.tree)
    return [node.name for tree in trees for node in walk(tree) if isinstance(node, Points)]
