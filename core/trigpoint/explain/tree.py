"""The tree of a score: groups and measures with what each weighs, gives and costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from trigpoint.compile.judgements.groups import STAND_INS
from trigpoint.compile.occurrences import measured
from trigpoint.explain.causes import Causes
from trigpoint.explain.children import Behind
from trigpoint.explain.levels import Levels
from trigpoint.explain.one_more import one_more
from trigpoint.explain.origins import origins_under
from trigpoint.explain.quantities import quantity_of, values_read
from trigpoint.explain.scales import scale_of
from trigpoint.model.explanation import (
    GateExplained,
    GroupExplained,
    MeasureExplained,
    OneMore,
    Quantity,
    ScaleExplained,
    State,
)
from trigpoint.model.metric import Text
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Group, Measure, Scorecard

Node = Group | Measure


@frozen
class Tree:
    """One scorecard, explained for one subject."""

    ruleset: Ruleset
    card: Scorecard
    levels: Levels
    causes: Causes
    behind: Behind

    def members(self, group: str | None = None, share: float = 1.0) -> tuple[GroupExplained | MeasureExplained, ...]:
        """What is combined in a group (None: at the root) that is `share` of the whole."""
        nodes = self.card.members(group)
        return tuple(self._member(node, share * part) for node, part in zip(nodes, self._parts(nodes), strict=True))

    def _member(self, node: Node, share: float) -> GroupExplained | MeasureExplained:
        return self._group(node, share) if isinstance(node, Group) else self._measure(node, share)

    def _parts(self, nodes: Sequence[Node]) -> list[float]:
        """Each node's part of the weight that applies, before missing data is shared out."""
        weights = [self._weight(node) if self._applies(node) else 0.0 for node in nodes]
        total = self._total_worth() if self.card.combine == "sum" else sum(weights)
        return [weight / total if total else 0.0 for weight in weights]

    def _weight(self, node: Node) -> float:
        """As declared; in a sum the largest score that it can move."""
        if self.card.combine != "sum":
            return node.weight
        return sum(max(abs(low), abs(high)) for low, high in self._worths(node))

    def _worths(self, node: Node) -> Iterator[tuple[float, float]]:
        if isinstance(node, Measure):
            if self._applies(node):
                yield node.worth or (0.0, 0.0)
            return
        for member in self.card.members(node.name):
            yield from self._worths(member)

    def _total_worth(self) -> float:
        return sum(self._weight(node) for node in self.card.members(None))

    def _applies(self, node: Node) -> bool:
        if isinstance(node, Measure):
            return node.when is None or self.levels.number(f"on__{node.name}") != 0
        return any(self._applies(member) for member in self.card.members(node.name))

    def _group(self, group: Group, share: float) -> GroupExplained:
        points, used = self.levels.number(f"points__{group.name}"), self._used(group.name)
        # In a sum the shares of members are parts of the whole already, not of the group.
        members = self.members(group.name, 1.0 if self.card.combine == "sum" else share)
        lost = [each.lost for each in members if each.lost is not None]
        gate = self._gate(group)
        if gate and gate.lost:
            lost.append(gate.lost)
        return GroupExplained(
            name=group.name,
            text=group.text,
            combine="sum" if self.card.combine == "sum" else group.combine,
            points=points,
            weight=group.weight,
            share=share,
            share_used=used,
            contribution=self._group_gives(points, used),
            lost=sum(lost) if lost and self._is_scored() else None,
            members=members,
            gate=gate,
            maximum=group.maximum,
            origins=origins_under(self.ruleset, ("scorecards", self.card.name, "groups", group.name)),
        )

    def _gate(self, group: Group) -> GateExplained | None:
        if group.gate is None:
            return None
        is_open = self.levels.truth(f"open__{group.name}")
        most = group.gate.otherwise.constant
        return GateExplained(
            when=group.gate.when.text,
            closed=None if is_open is None else not is_open,
            most=float(most) if isinstance(most, int | float) else None,
            lost=self.levels.number(f"lost__{group.name}"),
            values=values_read(self.ruleset, group.gate.when, self.levels),
        )

    def _used(self, name: str) -> float | None:
        """Its part of the whole after what has no data was shared out; None where there is no score by the measures."""
        return self.levels.number(f"share__{name}") or 0.0 if self._is_scored() else None

    def _measure(self, measure: Measure, share: float) -> MeasureExplained:
        column, levels = measured(self.card, measure), self.levels
        own = levels.number(f"points__{measure.name}")
        stands_in = self.card.missing_of(measure) in STAND_INS
        counted = levels.number(f"p__{measure.name}") if stands_in else own
        used = self._used(measure.name)
        quantity = quantity_of(self.ruleset, self.card, measure, levels)
        stale = bool(levels.truth(f"stale__{measure.name}"))
        state, scale = self._state(measure, quantity, own, stale), scale_of(measure, levels)
        least = measure.min_n.constant if measure.min_n else None
        return MeasureExplained(
            name=measure.name,
            text=text_of(self.ruleset, measure),
            formula=measure.metric or measure.value.text,
            quantity=quantity,
            n=levels.row.n(column),
            newest=levels.row.newest(column),
            scale=scale,
            points=own if state != "stale" or measure.stale == "keep" else None,
            counted=counted,
            weight=measure.weight,
            share=share,
            share_used=share if self._is_scored() and self.card.combine == "sum" and counted is not None else used,
            contribution=self._gives(measure, counted, used),
            lost=levels.number(f"lost__{measure.name}") if self._is_scored() else None,
            state=state,
            missing=self.card.missing_of(measure),
            cause=self.causes.of_measure(self.card, measure, state, quantity, scale),
            stale=stale and quantity.value is not None,
            valid_for=str(measure.valid_for) if measure.valid_for else None,
            when_stale=measure.stale,
            min_n=float(least) if isinstance(least, int | float) else None,
            when=measure.when.text if measure.when else None,
            worth=measure.worth,
            reason=measure.reason,
            attainment=_attainment(quantity, scale),
            children=self.behind.holding_back(measure) if quantity.value is not None else (),
            one_more=self._one_more(measure, state),
            origins=self._origins(measure),
        )

    def _one_more(self, measure: Measure, state: State) -> OneMore | None:
        if state != "data":
            return None
        return one_more(self.behind.store, self.behind.run, self.ruleset, self.card, measure, self.levels)

    def _is_scored(self) -> bool:
        """Whether there is a score before guards that something could give to, or cost."""
        return self.levels.number("total__before") is not None

    def _group_gives(self, points: float | None, used: float | None) -> float | None:
        if points is None or not self._is_scored():
            return None
        if self.card.combine == "sum":
            return points
        return None if used is None else used * points

    def _gives(self, measure: Measure, counted: float | None, used: float | None) -> float | None:
        if counted is None or not self._is_scored():
            return None
        if measure.worth is not None:
            low, high = measure.worth
            return low + (high - low) * counted / 100
        return None if used is None else used * counted

    def _state(self, measure: Measure, quantity: Quantity, own: float | None, stale: bool) -> State:
        if not self._applies(measure):
            return "not applicable"
        if quantity.value is None:
            return "no data"
        if self.levels.steps.get(f"x__{measure.name}") is None:
            return "too few" if self._is_too_few(measure) else "no data"
        if stale and measure.stale in ("skip", "worst"):
            return "stale"
        return "unscalable" if own is None else "data"

    def _is_too_few(self, measure: Measure) -> bool:
        """A value that does not count: for want of rows, or because `when` has no data."""
        if measure.min_n is None:
            return False
        n, least = self.levels.row.n(measured(self.card, measure)), measure.min_n.constant
        return measure.when is None or (n is not None and isinstance(least, int | float) and n < least)

    def _origins(self, measure: Measure) -> dict[str, str]:
        own = origins_under(self.ruleset, ("scorecards", self.card.name, "measures", measure.name))
        if measure.metric is None:
            return own
        metric = origins_under(self.ruleset, ("metrics", measure.metric))
        return own | {f"metric {name}".rstrip(): place for name, place in metric.items()}


def _attainment(quantity: Quantity, scale: ScaleExplained) -> float | None:
    """The share of the target that was reached, where more is better and 0 means none."""
    if scale.kind != "target":
        return None
    zero, target = (knot.at for knot in scale.knots)
    value = quantity.value
    if not all(isinstance(each, int | float) for each in (zero, target, value)) or not 0 <= zero < target:  # type: ignore[operator]  # numbers all
        return None
    return float(value) / float(target)  # type: ignore[arg-type]  # as above


def text_of(ruleset: Ruleset, measure: Measure) -> Text:
    """The measure's texts; where it has none, those of its metric."""
    metric = ruleset.metrics.get(measure.metric or "")
    own, below = measure.text, metric.text if metric else Text()
    return Text(own.title or below.title, own.why or below.why, own.advice or below.advice, own.unit or below.unit)
