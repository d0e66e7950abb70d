"""Scorecards: a weighted tree of measures -> score -> band, with scales, groups, guards and bands.

Any number in a scale, guard, gate or `min_n` is an Expression over the same subject; most are constants.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import field, frozen

from trigpoint.model.expression import Expression
from trigpoint.model.metric import Text
from trigpoint.model.window import Length, Period

Combine = Literal["mean", "sum", "worst", "best"]
Missing = Literal["skip", "middle", "worst", "fail"]
Stale = Literal["keep", "skip", "worst"]
Outcome = Literal["not_eligible", "not_applicable", "error", "insufficient_data", "scored"]
OUTCOMES: tuple[Outcome, ...] = ("not_eligible", "not_applicable", "error", "insufficient_data", "scored")

# What groups and measures may not be called: a column of the results has that name.
RESERVED = frozenset(
    "key label subject scorecard run as_of ruleset score score_before_guards band outcome coverage points guards "
    "reasons reason_1 reason_2 reason_3".split()
)


@frozen
class Linear:
    """0 points at `worst`, 100 at `best`, straight between, flat outside. worst > best: lower is better."""

    worst: Expression
    best: Expression


@frozen
class Steps:
    """`points[i]` from `edges[i - 1]` to `edges[i]`; one more point than edges.

    An edge belongs to the step above it (`steps`) or below it (`upto`).
    """

    edges: tuple[Expression, ...]
    points: tuple[Expression, ...]
    edge_belongs: Literal["above", "below"]


@frozen
class Curve:
    """Straight lines between (x, points), flat outside."""

    knots: tuple[tuple[Expression, Expression], ...]


@frozen
class Target:
    """100 points at `target`, 0 at `zero_at`, at most `max_points`: 100 x (value - zero_at) / (target - zero_at)."""

    target: Expression
    zero_at: Expression
    max_points: Expression


@frozen
class Choices:
    """Points for texts or truth values; an unlisted one has `otherwise`, or no data and a finding."""

    choices: tuple[tuple[str | bool, Expression], ...]
    otherwise: Expression | None = None


@frozen
class Rank:
    """100 x those with a worse value / (their number - 1), among the subjects that share the parent."""

    parent: str
    better: Literal["higher", "lower"]
    peers: int = 10


Scale = Linear | Steps | Curve | Target | Choices | Rank


def scale_numbers(scale: Scale) -> tuple[Expression, ...]:
    """Every number of a scale, in a fixed order."""
    match scale:
        case Linear(worst, best):
            return (worst, best)
        case Steps(edges, points):
            return (*edges, *points)
        case Curve(knots):
            return tuple(number for knot in knots for number in knot)
        case Target(target, zero_at, max_points):
            return (target, zero_at, max_points)
        case Choices(choices, otherwise):
            return (*(points for _, points in choices), *([otherwise] if otherwise else []))
        case Rank():
            return ()


@frozen
class Measure:
    """A metric (or a small formula) with a scale and a weight.

    `value` is a bound expression over the subject; of a `metric = "arr"` it is that one MetricValue. `worth` are the
    scores that 0 and 100 points map to in a `sum` scorecard, which has no weights.
    """

    name: str
    value: Expression
    scale: Scale
    group: str | None = None
    metric: str | None = None
    weight: float = 1.0
    worth: tuple[float, float] | None = None
    when: Expression | None = None
    missing: Missing | None = None  # the scorecard's, where None
    valid_for: Length | None = None
    stale: Stale | None = None
    min_n: Expression | None = None
    reason: str | None = None
    text: Text = Text()


@frozen
class Gate:
    """While `when` is false the group's points are at most `otherwise`."""

    when: Expression
    otherwise: Expression


@frozen
class Group:
    """Measures that form one member of a scorecard or of another group. `maximum` caps the sum of worths."""

    name: str
    parent: str | None = None
    weight: float = 1.0
    combine: Literal["mean", "worst", "best"] = "mean"
    maximum: float | None = None
    gate: Gate | None = None
    text: Text = Text()


@frozen
class Guard:
    """A condition that caps, floors, sets or (with none of the three) flags a score, with a reason."""

    name: str
    when: Expression
    set: Expression | None = None
    floor: Expression | None = None
    cap: Expression | None = None
    kind: str | None = None
    reason: str | None = None


@frozen
class Band:
    """A named range of scores from `edge` up to the next band's edge; the edge belongs to the band."""

    name: str
    edge: float


@frozen
class Scorecard:
    """Everything that turns the value row of one subject into a score, a band and reasons."""

    name: str
    subject: str
    missing: Missing
    measures: tuple[Measure, ...]
    groups: tuple[Group, ...] = ()
    guards: tuple[Guard, ...] = ()
    bands: tuple[Band, ...] = ()  # ascending by edge
    combine: Combine = "mean"
    base: float = 0.0
    min_coverage: float = 0.0
    hold: float = 0.0
    when: Expression | None = None
    family: str | None = None
    priority: float = 0.0
    every: Period | None = None  # final on the last day of each, provisional on other days
    text: Text = field(default=Text())

    @property
    def series(self) -> str:
        """The name under which its bands are carried from run to run: the family's, or its own."""
        return self.family or self.name

    @property
    def conditions(self) -> tuple[Expression, ...]:
        """Every expression that is evaluated on the value row: all but the values of its measures."""
        optional = [self.when]
        for measure in self.measures:
            optional += [measure.when, measure.min_n, *scale_numbers(measure.scale)]
        for group in self.groups:
            optional += [group.gate.when, group.gate.otherwise] if group.gate else []
        for guard in self.guards:
            optional += [guard.when, guard.set, guard.floor, guard.cap]
        return tuple(expression for expression in optional if expression is not None)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the scorecard."""
        return (*self.conditions, *(measure.value for measure in self.measures))

    def members(self, group: str | None) -> tuple[Group | Measure, ...]:
        """What is combined directly in a group (None: at the root), groups first, in order of declaration."""
        groups = tuple(each for each in self.groups if each.parent == group)
        return (*groups, *(each for each in self.measures if each.group == group))

    def missing_of(self, measure: Measure) -> Missing:
        """What happens when the measure has no data."""
        return measure.missing or self.missing


def families(cards: Iterable[Scorecard]) -> dict[str, tuple[Scorecard, ...]]:
    """The scorecards of each family in the order in which they are tried: priority, then declaration."""
    ordered = sorted(cards, key=lambda card: card.priority)
    names = {card.family for card in ordered if card.family}
    return {name: tuple(card for card in ordered if card.family == name) for name in sorted(names)}
