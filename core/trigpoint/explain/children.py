"""The children behind a rollup: those that hold it back most, read from the value rows of the run."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines import engine_of
from trigpoint.compile.occurrences import Occurrence, nodes_of
from trigpoint.compile.scores import score_tables
from trigpoint.compile.sql import identifier
from trigpoint.compile.statement import parent_column, scores_table, values_table
from trigpoint.compile.values.rollups import Children
from trigpoint.explain.shares import Share, share_of
from trigpoint.model.explanation import MOST_CHILDREN, ChildExplained
from trigpoint.model.expression import Node, ScoreValue
from trigpoint.model.metric import RollupMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Measure, Scorecard
from trigpoint.model.subject import COMPANY
from trigpoint.store import Run, Store, value_columns
from trigpoint.warehouse.functions import register


@frozen
class Behind:
    """The children of one subject in one run."""

    store: Store
    run: Run
    ruleset: Ruleset
    card: Scorecard
    key: str

    def holding_back(self, measure: Measure) -> tuple[ChildExplained, ...]:
        """Those without whom the share would be better, the dearest first; none where the children were not kept."""
        share = share_of(self.ruleset, measure.value)
        if share is None or not isinstance(share.metric, RollupMetric) or share.metric.holder != "end":
            return ()
        if self.card.subject not in (COMPANY, *self.ruleset.subjects[share.metric.over].parents):
            return ()
        rows = self._rows(share, share.metric)
        upper, lower = sum(row[2] or 0.0 for row in rows), sum(row[3] or 0.0 for row in rows)
        if not lower:
            return ()
        sign = -1 if share.metric.better == "lower" else 1
        found = []
        for key, label, above, below in rows:
            mine, whole = above or 0.0, below or 0.0
            pull = sign * (mine - whole * upper / lower)
            if pull < 0:
                without = (upper - mine) / (lower - whole) if lower > whole else None
                found.append((pull, ChildExplained(key, label or key, above, whole, without)))
        return tuple(child for _, child in sorted(found, key=lambda each: each[0])[:MOST_CHILDREN])

    def _rows(self, share: Share, metric: RollupMetric) -> Sequence[tuple[str, str | None, float | None, float | None]]:
        """(key, label, above the line, below it) of each child that counts."""
        calendar = self.ruleset.calendar
        dates = Dates(self.run.as_of, calendar.timezone, calendar.year_start)
        children = Children(self.ruleset, engine_of(self.ruleset), dates, None)
        occurrence = Occurrence(metric, self.card.subject)

        def amount(node: Node | None, is_condition: bool = False) -> str:
            if node is None:
                return "1.0"
            text = children.print(occurrence, node, 9)
            return f"CASE WHEN {text} THEN 1.0 ELSE 0.0 END" if is_condition else text

        where = ["v.run = :run", *children.passing(occurrence)]
        if self.card.subject != COMPANY:
            parent = parent_column(self.card.subject)
            if parent not in value_columns(self.store, self.run, metric.over):
                return ()
            where.append(f"v.{parent} = :key")
        scores = [node for node in nodes_of(metric) if isinstance(node, ScoreValue)]
        joins = "".join(
            f" JOIN {scores_table(name)} ON {scores_table(name)}.run = v.run AND {scores_table(name)}.key = v.key"
            for name in score_tables(self.ruleset, scores)
        )
        sql = (
            f"SELECT v.key, v.label, {amount(share.upper, share.is_condition)}, {amount(share.lower)} "  # noqa: S608  # printed from bound trees
            f"FROM {identifier(values_table(metric.over))} AS v{joins} WHERE {' AND '.join(where)} ORDER BY v.key"
        )
        register(self.store.connection, calendar.timezone)
        return self.store.connection.execute(sql, {"run": self.run.id, "key": self.key}).fetchall()
