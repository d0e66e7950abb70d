"""Statement 2, values -> judgements: points, groups, guards, bands and reasons of one scorecard, from the value rows alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from trigpoint.compile import sql
from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter, Reference
from trigpoint.compile.failures import decisive, failed, plugged
from trigpoint.compile.judgements.groups import Tree
from trigpoint.compile.judgements.guards import Guards
from trigpoint.compile.judgements.points import Scales
from trigpoint.compile.judgements.row import columns, outputs
from trigpoint.compile.lookups import lookup_column
from trigpoint.compile.occurrences import measured, score_column, value_column
from trigpoint.compile.rounding import round9
from trigpoint.compile.sql import Level
from trigpoint.compile.statement import (
    IN_FORCE,
    SCRATCH,
    Statement,
    band_before,
    own_column,
    parent_column,
    scores_table,
    values_table,
)
from trigpoint.model.expression import Column, Expression, LookupValue, MetricValue, Points, ScoreValue, walk
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Group, Measure, Rank, Scorecard, scale_numbers


def judgements(
    ruleset: Ruleset,
    engine: Engine,
    dates: Dates,
    card: Scorecard,
    detail: bool = False,
    stratum: int | None = None,
) -> Statement:
    """The statement that writes `scores_<scorecard>`; with `detail`, every column on the way is kept.

    `stratum` names value rows that are not complete, where this scorecard is what others wait for.
    """
    return _Judgements(ruleset, engine, dates, card, Tree(card, engine), stratum).statement(detail)


def unusable(ruleset: Ruleset, engine: Engine, dates: Dates, card: Scorecard, measure: Measure) -> str:
    """The question how often the computed numbers of a measure's scale cannot be used: (count, example key)."""
    return _Judgements(ruleset, engine, dates, card, Tree(card, engine)).unusable(measure)


@frozen
class _Judgements:
    ruleset: Ruleset
    engine: Engine
    dates: Dates
    card: Scorecard
    tree: Tree
    stratum: int | None = None

    def statement(self, detail: bool) -> Statement:
        levels = list(self._levels())
        written = outputs(self.ruleset, self.engine, self.card)
        last = Level("level__scores", written, f"one row for each {self.card.subject}", carry=detail)
        return Statement(
            table=scores_table(self.card.name),
            columns=columns(self.card),
            select=sql.query([*levels, last], self.engine.fence, carry_all=detail),
            title=f"values -> judgements of {self.card.name}",
            stage="judgements",
        )

    # The route of the data, level by level.
    def _levels(self) -> list[Level]:
        tree, guards = self.tree, self._guards()
        levels = [
            Level("level__measured", self._measured(), "what is scored, rounded once", self._source()),
            Level("level__points", self._points(), "scales: value -> points"),
            Level("level__combined", tree.combined(), "stand-ins for missing data"),
        ]
        for k, rung in enumerate(tree.rungs(), start=1):
            columns = {name: text for group in rung for name, text in tree.group(group).items()}
            levels.append(Level(f"level__groups_{k}", columns, "groups: " + ", ".join(group.name for group in rung)))
            levels.append(Level(f"level__gates_{k}", self._gates(rung), "gates"))
        levels += [
            Level("level__total", tree.total(), "the whole scorecard"),
            Level("level__before_guards", self._before_guards(), "enough data for a score?"),
            Level("level__judged", guards.judged(self._later), "guards that look at points"),
            Level("level__carriers", tree.carriers(), "which member a worst or best group took"),
            *tree.shares(),
            Level("level__lost", tree.lost(), "points of the score that each cost"),
            Level("level__set", guards.settle(), "lowest set, then highest floor, then lowest cap"),
            Level("level__score", self._score(), "the score"),
            Level("level__reasons", self._reasons(), "the three dearest"),
        ]
        return [level for level in levels if level.columns]

    def _guards(self) -> Guards:
        return Guards(self.card, self.engine)

    def unusable(self, measure: Measure) -> str:
        """Counts the rows in which a measure has a value, but computed numbers that make no scale."""
        scale = " AND ".join(Scales(self.engine, self._scale_number).conditions(measure))
        broken = f"row__state = 'ok' AND x__{measure.name} IS NOT NULL AND ({scale}) IS NOT TRUE"
        measured = Level("level__measured", self._measured(), "", self._source())
        source = f"level__measured\nWHERE {broken}"
        last = Level("level__unusable", {"many": "count(*)", "example": "min(row__key)"}, "", source, carry=False)
        return sql.query([measured, last], self.engine.fence)

    def _source(self) -> str:
        return f"{SCRATCH}.{values_table(self.card.subject, self.stratum)} AS v"

    # ---- references

    def _refer(self, node: Reference) -> str:
        """On the value row."""
        match node:
            case Column():
                return f"v.{sql.identifier(own_column(node.name))}"
            case MetricValue():
                return f"v.{sql.identifier(value_column(node.metric, node.shift))}"
            case ScoreValue():
                return f"v.{score_column(node)}"
            case LookupValue():
                return f"v.{lookup_column(node)}"
        raise TypeError(f"no {type(node).__name__} on the value row")

    def _refer_later(self, node: Reference) -> str:
        """Above it, where points are known: value columns were carried up under the name `value__...`."""
        if isinstance(node, Points):
            return f"({self.engine.round9(f'points__{node.name}')})"
        return "value__" + self._refer(node).removeprefix("v.").strip('"')

    def _now(self, expression: Expression, binding: int = 0) -> str:
        return self._emitter(self._refer).print(expression.tree, binding)

    def _later(self, expression: Expression) -> str:
        return self._emitter(self._refer_later).print(expression.tree)

    def _emitter(self, refer: Callable[[Reference], str]) -> Emitter:
        return Emitter(self.engine, self.dates.as_of, self.dates.year_start, refer)

    # ---- levels

    def _measured(self) -> dict[str, str]:
        columns = {"row__key": "v.key", "row__label": "v.label", "row__state": self._state()}
        if self.card.bands and self.card.hold:
            columns["row__band_before"] = f"v.{band_before(self.card.series)}"
        for measure in self.card.measures:
            columns |= self._measure(measure)
        columns |= self._guards().measured(self._now)
        columns |= self._carried()
        return columns

    def _state(self) -> str:
        """Not eligible, not applicable, error (a tie in the family, a metric that failed), or ok."""
        branches = []
        if needed := decisive(self.ruleset, self.card):
            branches.append(f"WHEN {failed(needed)} THEN 'error'")
        if (eligible := self.ruleset.subjects[self.card.subject].eligible) is not None:
            branches.append(f"WHEN ({self._now(eligible)}) IS NOT TRUE THEN 'not_eligible'")
        if self.ruleset.subjects[self.card.subject].history:
            branches.append(f"WHEN v.{IN_FORCE} = 0 THEN 'not_eligible'")
        if self.card.when is not None:
            branches.append(f"WHEN ({self._now(self.card.when)}) IS NOT TRUE THEN 'not_applicable'")
        family = self.ruleset.families.get(self.card.family or "", ())
        earlier = [other for other in family if other.priority < self.card.priority]
        equal = [other for other in family if other.priority == self.card.priority and other != self.card]
        branches += [f"WHEN {self._applies(other)} THEN 'not_applicable'" for other in earlier]
        branches += [f"WHEN {self._applies(other)} THEN 'error'" for other in equal]
        if needed := plugged(self.ruleset, self.card.expressions):
            branches.append(f"WHEN {failed(needed)} THEN 'error'")
        return f"CASE {' '.join(branches)} ELSE 'ok' END" if branches else "'ok'"

    def _applies(self, card: Scorecard) -> str:
        return self.engine.truth(True) if card.when is None else self._now(card.when)

    def _measure(self, measure: Measure) -> dict[str, str]:
        name, column = measure.name, f"v.{sql.identifier(measured(self.card, measure))}"
        rounded = self.engine.round9(column) if measure.value.type in ("integer", "number") else column
        having = []
        found = {}
        if measure.when is not None:
            having.append(f"({self._now(measure.when)})")
            found[f"on__{name}"] = f"CASE WHEN ({self._now(measure.when)}) IS FALSE THEN 0 ELSE 1 END"
        if measure.min_n is not None:
            least = self._number(measure.min_n)
            having.append(f"v.{measured(self.card, measure)}__n >= {least}")
        found[f"x__{name}"] = f"CASE WHEN {' AND '.join(having)} THEN {rounded} END" if having else rounded
        if measure.valid_for is not None:
            edge = sql.text(measure.valid_for.after(self.dates.as_of, -1).isoformat())
            newest = f"v.{measured(self.card, measure)}__newest"
            found[f"stale__{name}"] = f"CASE WHEN {newest} <= {edge} THEN 1 ELSE 0 END"
        for k, number in enumerate(scale_numbers(measure.scale)):
            if number.constant is None:
                found[f"number__{name}__{k}"] = self._number(number)
        if isinstance(measure.scale, Rank):
            parent = parent_column(measure.scale.parent)
            found[parent] = f"v.{parent}"
        return found

    def _number(self, expression: Expression) -> str:
        """A number of a scale, guard or gate: a literal, or an expression rounded like a value."""
        if isinstance(expression.constant, float):
            return self.engine.number(round9(expression.constant))
        return self.engine.finite(self.engine.round9(f"({self._now(expression)})"))

    def _carried(self) -> dict[str, str]:
        """The value columns that gates, and guards with points, look at; those that nobody reads are left out in print."""
        nodes = [node for expression in self.card.conditions for node in walk(expression.tree)]
        seen = [node for node in nodes if isinstance(node, Column | MetricValue | ScoreValue | LookupValue)]
        return {self._refer_later(node): self._refer(node) for node in seen}

    def _points(self) -> dict[str, str]:
        scales = Scales(self.engine, self._scale_number)
        found = {}
        for measure in self.card.measures:
            points, name = scales.points(measure), measure.name
            if measure.valid_for and measure.stale == "skip":
                points = f"CASE WHEN stale__{name} = 0 THEN {points} END"
            if measure.valid_for and measure.stale == "worst":
                points = f"CASE WHEN stale__{name} = 1 AND x__{name} IS NOT NULL THEN 0.0 ELSE {points} END"
            found[f"points__{name}"] = points
        return found

    def _scale_number(self, measure: Measure, k: int, expression: Expression) -> str:
        if isinstance(expression.constant, float):
            return self.engine.number(round9(expression.constant))
        return f"number__{measure.name}__{k}"

    def _gates(self, rung: Sequence[Group]) -> dict[str, str]:
        """While the condition is false the points are at most `else`; unknown (or no `else`): open, and told so."""
        found = {}
        for group in rung:
            if group.gate is None:
                continue
            raw, shut = f"raw__{group.name}", f"({self._later(group.gate.when)}) IS FALSE"
            most = self._later(group.gate.otherwise)
            if group.gate.otherwise.constant is None:
                shut += f" AND ({most}) IS NOT NULL"
                most = self.engine.round9(f"({most})")
            capped = self.engine.least(f"({self.engine.round9(raw)})", most)
            found[f"points__{group.name}"] = f"CASE WHEN {shut} THEN {capped} ELSE {raw} END"
            found[f"open__{group.name}"] = f"CASE WHEN {shut} THEN 0 WHEN ({self._later(group.gate.when)}) THEN 1 END"
        return found

    def _before_guards(self) -> dict[str, str]:
        coverage = self.engine.round9("total__coverage")
        enough = ["row__state = 'ok'", "total__coverage > 0.0"]
        if self.card.min_coverage > 0:
            enough.append(f"({coverage}) >= {self.engine.number(self.card.min_coverage)}")
        enough += [f"NOT ({failed})" for failed in self.tree.fails()]
        return {"total__before": f"CASE WHEN {' AND '.join(enough)} THEN {self.engine.round9('total__raw')} END"}

    def _score(self) -> dict[str, str]:
        return {"total__score": self.engine.round9("total__guarded")}

    def _reasons(self) -> dict[str, str]:
        names = [name.removeprefix("lost__") for name in self.tree.lost()]
        rows = [(name, f"points__{name}", f"lost__{name}") for name in names]
        return {"total__reasons": f"CASE WHEN total__before IS NOT NULL THEN {self.engine.reasons(rows)} ELSE '[]' END"}
