"""Puts one explanation together."""

from __future__ import annotations

from trigpoint.compile.failures import needed_plugins
from trigpoint.compile.judgements.row import reason
from trigpoint.compile.statement import IN_FORCE
from trigpoint.explain.causes import Causes
from trigpoint.explain.children import Behind
from trigpoint.explain.facts import Facts, unfilled_tables
from trigpoint.explain.guards import guards_of
from trigpoint.explain.levels import Levels, levels_of
from trigpoint.explain.origins import origins_under
from trigpoint.explain.quantities import values_read
from trigpoint.explain.tree import Tree, text_of
from trigpoint.model.explanation import ConditionExplained, Explanation, ReasonExplained
from trigpoint.model.expression import Expression
from trigpoint.model.publication import publication
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Scorecard
from trigpoint.rules import build_ruleset
from trigpoint.store import Run, ScoreRow, Store, findings, ruleset_of, score

JUDGED = ("scored", "insufficient_data")
PLUGIN_FAILED = "plugin failed"
OF_SOURCES = ("stale source", "skipped source", "not fresh")


def explain(store: Store, run: Run, name: str, key: str) -> Explanation:
    """The explanation of one score of a run; `name` is a scorecard or a family.

    Raises UsageError if the run has no such scorecard, or no such subject in it.
    """
    row = score(store, run, name, key)
    kept = ruleset_of(store, run)
    ruleset = build_ruleset(kept.settings, kept.calendar, kept.origins)
    card = ruleset.scorecards[row.scorecard]
    levels = levels_of(store, run, ruleset, card, key)
    causes = Causes(Facts(ruleset, ruleset.subjects[card.subject], levels, run.as_of, unfilled_tables(store, run)))
    judged = row.outcome in JUDGED
    before = levels.text("row__band_before")
    published = publication(card.every, run.as_of, ruleset.calendar.year_start)
    return Explanation(
        scorecard=card.name,
        text=card.text,
        subject=card.subject,
        key=row.key,
        label=row.label or row.key,
        as_of=run.as_of,
        run=run.id,
        ruleset=run.ruleset,
        outcome=row.outcome,
        score=row.score,
        score_before_guards=row.score_before_guards,
        band=row.band,
        coverage=row.coverage,
        combine=card.combine,
        members=Tree(ruleset, card, levels, causes, Behind(store, run, ruleset, card, key)).members() if judged else (),
        guards=guards_of(card, row, causes) if judged else (),
        reasons=tuple(_reasons(ruleset, card, levels, row)),
        bands={band.name: band.edge for band in card.bands},
        band_before=before,
        hold=card.hold,
        held=_held(card, row),
        base=card.base,
        min_coverage=card.min_coverage,
        missing=card.missing,
        in_force=levels.row.columns.get(IN_FORCE) != 0,
        eligible=_condition(ruleset, ruleset.subjects[card.subject].eligible, levels),
        when=_condition(ruleset, card.when, levels),
        applies_instead=_instead(store, run, card, key),
        findings=_findings(store, run),
        failures=_failures(store, run, ruleset, card),
        origins=origins_under(ruleset, ("scorecards", card.name), depth=1),
        period=published.period if published else None,
        final=published.final if published else None,
        published=str(published) if published else None,
    )


def _held(card: Scorecard, row: ScoreRow) -> bool:
    """Whether `hold` gave another band than the edges alone would have."""
    if row.score is None or not card.hold or not card.bands:
        return False
    reached = [band.name for band in card.bands if row.score >= band.edge] or [card.bands[0].name]
    return row.band != reached[-1]


def _reasons(ruleset: Ruleset, card: Scorecard, levels: Levels, row: ScoreRow) -> list[ReasonExplained]:
    """All that cost something, dearest first; ties in order of declaration."""
    if row.score_before_guards is None:
        return []
    found = []
    for measure in card.measures:
        lost = levels.number(f"lost__{measure.name}")
        if lost is not None and lost > 0:
            points = levels.number(f"points__{measure.name}")
            advice = text_of(ruleset, measure).advice
            found.append(ReasonExplained(measure.name, points, lost, reason(ruleset, measure), advice))
    for group in card.groups:
        lost = levels.number(f"lost__{group.name}")
        if group.gate and lost is not None and lost > 0:
            title = group.text.title or f"{group.name}: the gate is closed"
            points = levels.number(f"points__{group.name}")
            found.append(ReasonExplained(group.name, points, lost, title, group.text.advice))
    return sorted(found, key=lambda each: -each.lost)


def _condition(ruleset: Ruleset, condition: Expression | None, levels: Levels) -> ConditionExplained | None:
    if condition is None:
        return None
    return ConditionExplained(condition.text, values_read(ruleset, condition, levels))


def _instead(store: Store, run: Run, card: Scorecard, key: str) -> str | None:
    if card.family is None:
        return None
    used = score(store, run, card.family, key).scorecard
    return None if used == card.name else used


def _failures(store: Store, run: Run, ruleset: Ruleset, card: Scorecard) -> tuple[str, ...]:
    """The metrics of plugins that the scorecard needs, and that failed, each with what happened."""
    needed = needed_plugins(ruleset, card)
    failed = [each for each in findings(store, run) if each.kind == PLUGIN_FAILED and each.where in needed]
    return tuple(f"{each.where}: {each.text}" for each in failed)


def _findings(store: Store, run: Run) -> tuple[str, ...]:
    """What was wrong with the facts of the run: then all of its scores are to be taken with care."""
    return tuple(f"{each.where}: {each.text}" for each in findings(store, run) if each.kind in OF_SOURCES)
