"""What is read from the store: runs, rulesets as they were, scores and values, as frozen records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import field, frozen

from trigpoint.errors import Place
from trigpoint.model.publication import Publication, publication
from trigpoint.model.ruleset import Calendar, Path
from trigpoint.model.run import Status
from trigpoint.model.scorecard import Outcome
from trigpoint.model.window import Period

Scalar = str | int | float | None
Counts = Mapping[str, Mapping[str, Mapping[str, int]]]  # scorecard -> "outcomes" | "bands" -> name -> subjects


@frozen
class Run:
    """One run. `published_at` is None unless it is published; times are UTC, 'YYYY-MM-DD HH:MM:SS'."""

    id: int
    as_of: dt.date
    ruleset: str  # the fingerprint
    status: Status
    started_at: str
    published_at: str | None = None
    first_published_at: str | None = None  # earlier than `published_at` where the date was run again
    exit_code: int | None = None
    counts: Counts = field(factory=dict)
    seconds: Mapping[str, float] = field(factory=dict)
    error: str | None = None
    version: str = ""
    warehouse: str = ""


@frozen
class Published:
    """What a publish did. `run` may be an older number: that of the run of the same date which it replaced."""

    run: int
    counts: Counts
    replaced: bool
    current: bool  # whether it is the run that is shown when no date is asked for


@frozen
class KeptRuleset:
    """A ruleset as it was: `rules.build_ruleset(settings, calendar, origins)` makes it whole again."""

    fingerprint: str
    settings: Mapping[str, object]
    calendar: Calendar
    origins: Mapping[Path, Place]
    first_seen: str


@frozen
class KeptScorecard:
    """What reading needs to know of a scorecard, without building the rules.

    `measures` maps each measure to its share of the score (0 to 1) while everything has data; of a `sum` scorecard, the
    points of score that 1 point of the measure is worth. `inputs` are the value columns its rules look at. Scores are
    final on the last day of each period `every`.
    """

    name: str
    subject: str
    family: str | None
    bands: Mapping[str, float]
    groups: tuple[str, ...]
    measures: Mapping[str, float]
    inputs: tuple[str, ...]
    every: Period | None = None
    year_start: int = 1  # of the calendar of its rules

    def publication(self, as_of: dt.date) -> Publication | None:
        """Whether its scores of a day are final or provisional, and for which period."""
        return publication(self.every, as_of, self.year_start)


@frozen
class KeptReason:
    """A measure, its points and what it cost: `lost`, in points of the score before guards."""

    measure: str
    points: float | None
    lost: float
    text: str | None = None


@frozen
class ScoreRow:
    """The judgement of one subject. `points` holds every group and measure, None where there is no data."""

    scorecard: str
    key: str
    label: str | None
    outcome: Outcome
    score: float | None
    score_before_guards: float | None
    band: str | None
    coverage: float | None
    points: Mapping[str, float | None] = field(factory=dict)
    guards: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()  # guards whose condition, or number, had no data
    reasons: tuple[KeptReason, ...] = ()


@frozen
class ValueRow:
    """All values of one subject, by column: `arr`, and its `arr__n` and `arr__newest`; see docs/reference/store.md."""

    key: str
    label: str | None
    columns: Mapping[str, Scalar] = field(factory=dict)

    def value(self, metric: str) -> Scalar:
        """The value of a metric or own column; None is no data. Booleans are 0 and 1, dates are text."""
        return self.columns[metric]

    def n(self, metric: str) -> int | None:
        """How many rows with data a metric was computed from; None where that has no meaning."""
        count = self.columns.get(f"{metric}__n")
        return None if count is None else int(count)

    def newest(self, metric: str) -> str | None:
        """The date or moment of the newest fact that a metric counts."""
        newest = self.columns.get(f"{metric}__newest")
        return None if newest is None else str(newest)
