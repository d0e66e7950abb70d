"""The points of one subject, combined up the tree of a scorecard, and what each of them cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle import functions
from oracle.expressions import evaluate

if TYPE_CHECKING:
    from oracle.scores import Judge


class Tree:
    """The groups and measures of one scorecard for one subject."""

    def __init__(self, judge: Judge, key: str) -> None:
        self.judge, self.key, self.card = judge, key, judge.card
        self.states = {measure.name: judge.state(measure, key) for measure in self.card.measures}
        self.groups = {group.name: group for group in self.card.groups}
        self.combined: dict[str, float | None] = {}

    def applies(self, member) -> bool:
        """A group of which nothing applies leaves the shares as well (semantics 16)."""
        if member.name in self.states:
            return self.states[member.name].applies
        return any(self.applies(each) for each in self.card.members(member.name))

    def brings(self, member) -> float | None:
        """The points a member brings into what is above it: stand-ins included, after its gate."""
        if member.name in self.states:
            used = self.states[member.name].used
            return None if used is None else self.worth(member, used)
        return self.after_gate(member.name)

    def worth(self, measure, points: float) -> float:
        """Semantics 17: in a sum, what 0 and 100 points map to; elsewhere points stay points."""
        if self.card.combine != "sum":
            return points
        low, high = measure.worth
        return low + (high - low) * points / 100

    def present(self, name: str | None) -> list[tuple]:
        pairs = [(member, self.brings(member)) for member in self.card.members(name)]
        return [(member, points) for member, points in pairs if points is not None]

    def how(self, name: str | None) -> str:
        if name is None or self.card.combine == "sum":
            return self.card.combine
        return self.groups[name].combine

    def before_gate(self, name: str | None) -> float | None:
        """What a group (None: the root) is combined to; None if nothing in it has data (semantics 15)."""
        if name not in self.combined:
            present = self.present(name)
            self.combined[name] = self.combine(name, present) if present else None
        return self.combined[name]

    def combine(self, name: str | None, present: list[tuple]) -> float:
        points = [each for _, each in present]
        how = self.how(name)
        if how == "sum":
            total = sum(points)
            most = self.groups[name].maximum if name else None
            return total if most is None else min(total, most)
        if how == "mean":
            return sum(member.weight * each for member, each in present) / sum(member.weight for member, _ in present)
        return min(points) if how == "worst" else max(points)

    def after_gate(self, name: str) -> float | None:
        """While its gate is closed a group's points are at most `else`; without data in the condition it is open."""
        points, gate = self.before_gate(name), self.groups[name].gate
        if points is None or gate is None:
            return points
        points = functions.rounded(points)
        context = self.judge.subject(self.key, self.shown)
        most = functions.number(evaluate(gate.otherwise.tree, context))
        closed = evaluate(gate.when.tree, context) is False and most is not None
        return min(points, most) if closed else points

    def shown(self, name: str) -> float | None:
        """Semantics 15: a measure's own points, a group's points as combined."""
        return self.states[name].own if name in self.states else self.after_gate(name)

    def score(self) -> float | None:
        total = self.before_gate(None)
        if total is None or self.card.combine != "sum":
            return total
        return min(100.0, max(0.0, self.card.base + total))

    def coverage(self) -> float:
        """Semantics 16: effective weight with data of its own / total; in a sum by the largest |worth|."""
        weights = self.effective_weights()
        total = sum(weights.values())
        return sum(w for name, w in weights.items() if self.states[name].covers) / total if total else 0.0

    def effective_weights(self, name: str | None = None, share: float = 1.0) -> dict[str, float]:
        if self.card.combine == "sum":
            measures = [each for each in self.card.measures if self.states[each.name].applies]
            return {each.name: max(abs(worth) for worth in each.worth) for each in measures}
        found: dict[str, float] = {}
        members = [member for member in self.card.members(name) if self.applies(member)]
        for member in members:
            part = share * member.weight / sum(each.weight for each in members)
            found.update(
                {member.name: part} if member.name in self.states else self.effective_weights(member.name, part)
            )
        return found

    # -- reasons

    def lost(self, name: str | None = None, share: float = 1.0) -> dict[str, float]:
        """Semantics 23: the points of the final score that each measure cost, and under its name what a gate took."""
        present = self.present(name)
        lost: dict[str, float] = {}
        for member, part in self.carriers(name, present, share):
            if member.name in self.states:
                points = self.states[member.name].used
                lost[member.name] = self.cost(member, points, part)
                continue
            gated = self.before_gate(member.name) - self.after_gate(member.name)
            if functions.rounded(gated) > 0:
                lost[member.name] = part * gated
            lost.update(self.lost(member.name, part))
        return lost

    def carriers(self, name: str | None, present: list[tuple], share: float) -> list[tuple]:
        """The members on which a change of the score hangs, with the share of the score that each carries."""
        how = self.how(name)
        if how == "sum":
            return [(member, 1.0) for member, _ in present]
        if how == "mean":
            total = sum(member.weight for member, _ in present)
            return [(member, share * member.weight / total) for member, _ in present]
        if not present:
            return []
        choose = min if how == "worst" else max
        carrier = choose(present, key=lambda pair: pair[1])  # the first of several
        return [(carrier[0], share)]

    def cost(self, measure, points: float, share: float) -> float:
        if self.card.combine == "sum":
            return measure.worth[1] - self.worth(measure, points)
        return share * (100.0 - points)

    def reasons(self) -> list[dict]:
        """What cost more than nothing, the dearest first; ties in order of declaration (semantics 23)."""
        order = [each.name for each in (*self.card.measures, *self.card.groups)]
        lost = {name: functions.rounded(points) for name, points in self.lost().items()}
        names = sorted((name for name in lost if lost[name] > 0), key=lambda name: (-lost[name], order.index(name)))
        return [{"measure": name, "points": self.shown(name), "lost": lost[name]} for name in names]
