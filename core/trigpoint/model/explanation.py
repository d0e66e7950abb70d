"""Explanations: why a score is what it is, as one tree of frozen records that any report can print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.model.expression import Scalar, ValueType
from trigpoint.model.metric import Text
from trigpoint.model.scorecard import Combine, Missing, Outcome, Stale

# How a measure stands. "no data" includes an unlisted choice and a scale that makes no sense for this subject: there
# is a value then, but no points.
State = Literal["data", "stale", "no data", "too few", "unscalable", "not applicable"]
ScaleKind = Literal["linear", "steps", "upto", "curve", "target", "choices", "rank"]
# "true": the condition holds, but the guard only flags, or the outcome does not let it act, or another one decided.
GuardState = Literal["acted", "true", "not judged", "false"]
Effect = Literal["set", "floor", "cap", "flag"]
Origins = Mapping[str, str]  # setting -> file:line
MOST_CHILDREN = 5  # that a rollup is explained by


@frozen
class Quantity:
    """A value with what is needed to show it, and what it was computed from.

    `formula` is how, `inputs` are the values in it by the names they have there, as far as they were kept; `parts` are
    numerator and denominator of a plain quotient.
    """

    value: Scalar | None
    type: ValueType = "number"
    unit: str | None = None
    parts: tuple[Scalar, Scalar] | None = None
    formula: str | None = None
    inputs: Mapping[str, Quantity] = field(factory=dict)


@frozen
class Knot:
    """One entry of a scale: the value `at` which there are `points`. None at an open end; `formula` if it is computed."""

    at: Scalar | None
    points: float | None
    formula: str | None = None


@frozen
class ScaleExplained:
    """A scale with its numbers as they are for this subject. `parent` and `peers` belong to a rank."""

    kind: ScaleKind
    knots: tuple[Knot, ...] = ()
    otherwise: float | None = None  # of choices
    most: float | None = None  # of a target: max_points
    parent: str | None = None
    peers: int | None = None
    better: Literal["higher", "lower"] | None = None


@frozen
class ChildExplained:
    """One child of a rollup: `upper` (None: no data) of `lower` is its part, `without` what the whole would be without it."""

    key: str
    label: str
    upper: float | None
    lower: float
    without: float | None


@frozen
class OneMore:
    """What one more of `n`, of average size, would do: to the value, the points, the score and its band.

    `opens` are the groups whose gates would open by it.
    """

    n: int
    value: float
    points: float | None
    score: float | None
    band: str | None
    opens: tuple[str, ...] = ()


@frozen
class MeasureExplained:
    """One measure: from the raw value to what it gave the score.

    `attainment` is the share of its target, where it has one; `children` of a rollup are those that hold it back most.

    `weight` is as declared; `share` (0-1) is its part of the whole tree, `share_used` that part after what has no data
    was shared out, None without a score. `points` are its own (None without data), `counted` those that were combined: a stand-in's, too.
    `contribution` and `lost` are in points of the score before guards, None where there is none. `stale` is set whatever
    was made of it. `cause` says why there are no points, where that is known.
    """

    name: str
    text: Text
    formula: str
    quantity: Quantity
    n: int | None
    newest: str | None
    scale: ScaleExplained
    points: float | None
    counted: float | None
    weight: float
    share: float
    share_used: float | None
    contribution: float | None
    lost: float | None
    state: State
    missing: Missing
    cause: str | None = None
    stale: bool = False
    valid_for: str | None = None
    when_stale: Stale | None = None
    min_n: float | None = None
    when: str | None = None
    worth: tuple[float, float] | None = None
    reason: str | None = None
    attainment: float | None = None
    children: tuple[ChildExplained, ...] = ()
    one_more: OneMore | None = None
    origins: Origins = field(factory=dict)


@frozen
class GateExplained:
    """A gate: its condition, what it looked at, and what it did.

    `closed` is None where it could not be judged, and so stayed open.
    """

    when: str
    closed: bool | None
    most: float | None
    lost: float | None
    values: Mapping[str, Quantity] = field(factory=dict)


@frozen
class GroupExplained:
    """One group: its members and what they were combined to."""

    name: str
    text: Text
    combine: Combine
    points: float | None
    weight: float
    share: float
    share_used: float | None
    contribution: float | None
    lost: float | None
    members: tuple[GroupExplained | MeasureExplained, ...]
    gate: GateExplained | None = None
    maximum: float | None = None
    origins: Origins = field(factory=dict)


@frozen
class GuardExplained:
    """One guard: its condition, the values it looked at, and what it did. `amount` is the cap, floor or score set.

    `cause` says why it could not be judged, where that is known.
    """

    name: str
    when: str
    effect: Effect
    amount: float | None
    state: GuardState
    cause: str | None = None
    reason: str | None = None
    kind: str | None = None
    values: Mapping[str, Quantity] = field(factory=dict)
    origins: Origins = field(factory=dict)


@frozen
class ReasonExplained:
    """A measure or gate and the points it cost, with what to say and what to do about it."""

    name: str
    points: float | None
    lost: float
    text: str
    advice: str | None = None


@frozen
class ConditionExplained:
    """A condition and what it looked at."""

    text: str
    values: Mapping[str, Quantity] = field(factory=dict)


@frozen
class Explanation:
    """Everything about one score. `eligible` and `when` decide whether the subject is scored by it at all."""

    scorecard: str
    text: Text
    subject: str
    key: str
    label: str
    as_of: dt.date
    run: int
    ruleset: str
    outcome: Outcome
    score: float | None
    score_before_guards: float | None
    band: str | None
    coverage: float | None
    combine: Combine
    members: tuple[GroupExplained | MeasureExplained, ...] = ()
    guards: tuple[GuardExplained, ...] = ()
    reasons: tuple[ReasonExplained, ...] = ()
    bands: Mapping[str, float] = field(factory=dict)
    band_before: str | None = None
    hold: float = 0.0
    held: bool = False  # without `hold` the band would be another
    base: float = 0.0
    min_coverage: float = 0.0
    missing: Missing = "skip"
    eligible: ConditionExplained | None = None
    in_force: bool = True  # False: of a subject with history no stretch holds on the as-of date
    when: ConditionExplained | None = None
    applies_instead: str | None = None  # the scorecard of its family that is used for this subject
    findings: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()  # metrics of plugins that it needs, and that failed
    origins: Origins = field(factory=dict)
    period: str | None = None  # for which the scores of its last day are final
    final: bool | None = None
    published: str | None = None  # both in words

    @property
    def measures(self) -> tuple[MeasureExplained, ...]:
        """All measures, in the order of the tree."""
        return tuple(_leaves(self.members))


def _leaves(members: tuple[GroupExplained | MeasureExplained, ...]) -> list[MeasureExplained]:
    found: list[MeasureExplained] = []
    for member in members:
        found += _leaves(member.members) if isinstance(member, GroupExplained) else [member]
    return found
