"""The scores of one subject over time, with the changes of rules marked, and why each score moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import evolve, field, frozen

from trigpoint.errors import UsageError
from trigpoint.model.publication import Publication
from trigpoint.model.scorecard import Outcome
from trigpoint.rules.changes import SettingChange, changed_settings
from trigpoint.store.connection import Store
from trigpoint.store.read import dates, ruleset_of, run_of, score_columns, scorecards_of, scores, values
from trigpoint.store.records import KeptScorecard, Run, Scalar, ScoreRow

Cause = Literal["nothing", "data", "rules", "data and rules"]
# Values that the passing of time or the run before gives, not the facts.
_NO_FACTS = ("band_before__",)


@frozen
class Mover:
    """A measure whose points changed. `effect` is roughly what that did to the score, in points of it.

    Roughly, for the shares are those while everything has data, and a measure without data is taken to score like the
    rest; guards, gates and caps come on top. Movers are ranked by it.
    """

    measure: str
    before: float | None
    after: float | None
    effect: float


@frozen
class Change:
    """Why a score moved since the run before.

    `cause`: with the same rules it is the data (or the date); with other rules and the same values, the rules; with
    both different, both, and no one can say how much of it is whose.
    """

    cause: Cause
    score: float | None  # after - before, None where one of the two is no score
    movers: tuple[Mover, ...] = ()
    guards_new: tuple[str, ...] = ()
    guards_gone: tuple[str, ...] = ()
    values: tuple[tuple[str, Scalar, Scalar], ...] = ()  # the inputs that differ: column, before, after
    rules: tuple[SettingChange, ...] = ()  # the settings that differ, those of the scorecard first


@frozen
class Moment:
    """The judgement of a subject in one run. `change` is None in the first run that knows the subject."""

    run: int
    as_of: dt.date
    ruleset: str
    rules_changed: bool
    judged: ScoreRow
    change: Change | None = None
    publication: Publication | None = None

    @property
    def score(self) -> float | None:
        """The score, None if there is none."""
        return self.judged.score

    @property
    def band(self) -> str | None:
        """The band, None if there is no score."""
        return self.judged.band

    @property
    def coverage(self) -> float | None:
        """The share of the weight that had data, 0 to 1."""
        return self.judged.coverage

    @property
    def outcome(self) -> Outcome:
        """What came of it: scored, insufficient data, ..."""
        return self.judged.outcome


@frozen
class _Sight:
    """All that one run says of the subject."""

    run: Run
    judged: ScoreRow
    card: KeptScorecard
    inputs: Mapping[str, Scalar] = field(factory=dict)


def history(store: Store, scorecard: str, key: str) -> tuple[Moment, ...]:
    """The judgements of one subject by a scorecard or family, in order of their dates.

    UsageError if no published run knows the scorecard, or the subject in it.
    """
    found: list[Moment] = []
    before: _Sight | None = None
    for sight in _sights(store, scorecard, key):
        changed = before is not None and before.run.ruleset != sight.run.ruleset
        change = None if before is None else _change(before, sight)
        if changed and change is not None and before is not None:
            change = evolve(change, rules=_rules(store, before, sight))
        published = sight.card.publication(sight.run.as_of)
        found.append(Moment(sight.run.id, sight.run.as_of, sight.run.ruleset, changed, sight.judged, change, published))
        before = sight
    if not found:
        score_columns(store, run_of(store), scorecard)  # tells of a scorecard that is not there
        text = f"no published run has a score of '{key}' in {scorecard}"
        raise UsageError.of("TP614", text, hint="keys are written as in the source")
    return tuple(found)


def _sights(store: Store, scorecard: str, key: str) -> Iterator[_Sight]:
    for day in dates(store):
        run = run_of(store, day)
        cards = scorecards_of(store, run)
        if not any(scorecard in (card.name, card.family) for card in cards.values()):
            continue
        for judged in scores(store, run, scorecard, key=key):
            card = cards[judged.scorecard]
            yield _Sight(run, judged, card, _inputs(store, run, card, key))


def _inputs(store: Store, run: Run, card: KeptScorecard, key: str) -> dict[str, Scalar]:
    """The value columns that the scorecard's rules look at."""
    names = tuple(f"{name}__" for name in card.inputs)
    row = next(values(store, run, card.subject, key))
    return {
        column: value
        for column, value in row.columns.items()
        if (column in card.inputs or column.startswith(names)) and not column.startswith(_NO_FACTS)
    }


def _change(before: _Sight, after: _Sight) -> Change:
    old, new = before.judged, after.judged
    differing = tuple(
        (column, before.inputs.get(column), after.inputs.get(column))
        for column in sorted(before.inputs.keys() & after.inputs.keys())
        if before.inputs[column] != after.inputs[column]
    )
    moved = None if old.score is None or new.score is None else new.score - old.score
    return Change(
        cause=_cause(before, after, bool(differing)),
        score=moved,
        movers=_movers(before, after),
        guards_new=tuple(guard for guard in new.guards if guard not in old.guards),
        guards_gone=tuple(guard for guard in old.guards if guard not in new.guards),
        values=tuple(each for each in differing if not each[0].endswith(("__n", "__newest"))),
    )


def _rules(store: Store, before: _Sight, after: _Sight) -> tuple[SettingChange, ...]:
    old, new = ruleset_of(store, before.run), ruleset_of(store, after.run)
    return changed_settings(old.settings, new.settings, ("scorecards", after.card.name))


def _cause(before: _Sight, after: _Sight, values_differ: bool) -> Cause:
    if evolve(before.judged, label=None) == evolve(after.judged, label=None):
        return "nothing"
    if before.run.ruleset == after.run.ruleset:
        return "data"
    ranked = any(name.startswith("parent__") for name in after.card.inputs)  # then it hangs on the values of others too
    return "data and rules" if values_differ or ranked else "rules"


def _movers(before: _Sight, after: _Sight) -> tuple[Mover, ...]:
    """The measures whose points changed, greatest effect first, ties in order of declaration."""
    found = []
    for measure in dict.fromkeys([*before.card.measures, *after.card.measures]):
        old, new = before.judged.points.get(measure), after.judged.points.get(measure)
        if old != new:
            found.append(Mover(measure, old, new, _effect(before, after, measure)))
    return tuple(sorted(found, key=lambda mover: -abs(mover.effect)))


def _effect(before: _Sight, after: _Sight, measure: str) -> float:
    def part(sight: _Sight) -> float:
        points = sight.judged.points.get(measure)
        rest = sight.judged.score_before_guards or 0.0
        return sight.card.measures.get(measure, 0.0) * (rest if points is None else points)

    return part(after) - part(before)
