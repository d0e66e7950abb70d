"""Runs: what came in, what was evaluated, what was published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from attrs import field, frozen

from trigpoint.errors import Severity
from trigpoint.model.ruleset import Ruleset

FindingKind = Literal[
    "orphans",
    "unlisted choice",
    "unusable scale",
    "tie",
    "stale source",
    "skipped source",
    "no source",
    "nothing to score",
    "not fresh",
    "assert",
    "assert not judged",
    "no parent",
    "two parents",
    "overlap",
    "never in force",
    "plugin failed",
    "plugin values",  # nan and inf among what a plugin answered
    "plugin cache",
]
Status = Literal["started", "loaded", "evaluated", "published", "failed", "interrupted"]


@frozen
class Finding:
    """Something a person should know about a run's facts: how often it was seen, and one example."""

    kind: FindingKind
    where: str  # the table, metric or `scorecard.measure` it concerns
    text: str
    count: int = 1
    severity: Severity = "warning"  # an error degrades the run: a source that is not fresh any more


@frozen
class Load:
    """How the load of one source ended."""

    source: str
    table: str
    status: Literal["loaded", "stale", "skipped", "failed"]
    rows: int = 0
    quarantined: int = 0
    newest: str | None = None  # the greatest `time` of the table
    loaded_at: str | None = None  # UTC
    seconds: float = 0.0
    error: str | None = None
    findings: tuple[Finding, ...] = ()  # about its table: orphans, not fresh
    unused: tuple[str, ...] = ()  # names of the source that fill no column
    read: int | None = None  # rows that the source was read for, where it brings only what is new


@frozen
class Evaluation:
    """A ruleset applied to a warehouse as of a date: scratch tables in a file of their own, nothing published."""

    ruleset: Ruleset
    as_of: dt.date
    scratch: Path
    findings: tuple[Finding, ...] = ()
    seconds: Mapping[str, float] = field(factory=dict)
